"""Does money run in a circle, or do many pay into one account at once?

Two patterns of money laundering, found in the transfers around an account: *fan-in* (many senders within a few days)
and *cycles* (what is sent comes back, hop by hop, later each time and never more than was sent on). Pure.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

LINE: Final = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)\s+(?P<source>[^>]{1,80}?)\s*->\s*(?P<target>[^>:]{1,80}?)\s*:\s*(?P<amount>\d{1,12}(\.\d\d?)?)"
)
"""A transfer as a line of a statement: `2026-10-01 Ash Ltd -> Birch Ltd: 4000.00`."""
MOST: Final = 2_000
"""Transfers that are looked at."""
STEPS: Final = 50_000
"""Hops after which a search for circles is given up."""


@dataclass(frozen=True, slots=True)
class Transfer:
    source: str
    target: str
    amount: float
    day: date


@dataclass(frozen=True, slots=True)
class Limits:
    """`senders` within `days` are a fan-in; a circle has at most `hops`, `gap` days between two of them, and passes on
    at least the share `passed` of what came."""

    senders: int = 4
    days: int = 14
    hops: int = 8
    gap: int = 30
    passed: float = 0.5


@dataclass(frozen=True, slots=True)
class FanIn:
    """The senders of one account in a span of days, and what they sent."""

    target: str
    transfers: tuple[Transfer, ...]

    @property
    def senders(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one.source for one in self.transfers))


class BadStatement(ValueError):
    """A line is no transfer; the message says which."""


def read_statement(text: str) -> tuple[Transfer, ...]:
    """Transfers, one a line or with `;` between them. Raises BadStatement."""
    lines = [line.strip() for line in re.split(r"[\n;]", text) if line.strip()]
    if len(lines) > MOST:
        raise BadStatement(f"There are more than {MOST} transfers.")
    return tuple(_transfer(number, line) for number, line in enumerate(lines, start=1))


def _transfer(number: int, line: str) -> Transfer:
    found = LINE.fullmatch(line)
    try:
        day = date.fromisoformat(found["day"]) if found else None
    except ValueError:
        day = None
    if found is None or day is None:
        raise BadStatement(f"Transfer {number} is not written as “2026-10-01 From -> To: 4000.00”.")
    return Transfer(found["source"].strip(), found["target"].strip(), float(found["amount"]), day)


def fan_in(transfers: Sequence[Transfer], account: str, limits: Limits = Limits()) -> FanIn | None:
    """The span in which most senders paid into the account; None where they are too few."""
    paid = sorted((one for one in transfers if one.target == account != one.source), key=lambda one: one.day)
    best: list[Transfer] = []
    for start, first in enumerate(paid):
        span = [one for one in paid[start:] if one.day - first.day <= timedelta(days=limits.days)]
        if len({one.source for one in span}) > len({one.source for one in best}):
            best = span
    return FanIn(account, tuple(best)) if len({one.source for one in best}) >= limits.senders else None


def cycles(
    transfers: Sequence[Transfer], account: str, limits: Limits = Limits(), most: int = 5
) -> tuple[tuple[Transfer, ...], ...]:
    """Circles that begin and end at the account, the first at the top; at most `most`."""
    sent = _by_source(transfers)
    found: list[tuple[Transfer, ...]] = []
    for circle in _circles(sent, account, limits):
        found.append(circle)
        if len(found) == most:
            break
    return tuple(found)


def _by_source(transfers: Sequence[Transfer]) -> Mapping[str, list[Transfer]]:
    sent = defaultdict[str, list[Transfer]](list)
    for one in sorted(transfers, key=lambda each: (each.day, each.target)):
        sent[one.source].append(one)
    return sent


def _circles(sent: Mapping[str, list[Transfer]], account: str, limits: Limits) -> Iterator[tuple[Transfer, ...]]:
    todo: list[tuple[Transfer, ...]] = [(one,) for one in reversed(sent.get(account, ()))]
    for _ in range(STEPS):
        if not todo:
            return
        path = todo.pop()
        if path[-1].target == account:
            if len(path) > 2:
                yield path
            continue
        if len(path) < limits.hops:
            todo += [(*path, one) for one in reversed(sent.get(path[-1].target, ())) if _goes_on(path, one, limits)]


def _goes_on(path: tuple[Transfer, ...], one: Transfer, limits: Limits) -> bool:
    last = path[-1]
    in_time = last.day <= one.day <= last.day + timedelta(days=limits.gap)
    passes_on = limits.passed * last.amount <= one.amount <= last.amount
    return in_time and passes_on and one.target not in {each.target for each in path}


def signs(found: FanIn | None, circles: Sequence[Sequence[Transfer]]) -> Iterator[str]:
    """What was found, in sentences."""
    if found is not None:
        total = sum(one.amount for one in found.transfers)
        first, last = found.transfers[0].day, found.transfers[-1].day
        yield f"{len(found.senders)} accounts paid {total:,.2f} into {found.target} from {first} to {last}."
    for circle in circles:
        way = " to ".join([circle[0].source, *(one.target for one in circle)])
        yield f"{circle[0].amount:,.2f} went in a circle and came back as {circle[-1].amount:,.2f}: {way}."
