"""What can this person add to the plan, take away from it, or do by hand, and why is a step offered or not?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Final

from casework.cases.read.case_view import Look
from casework.cases.read.decisions import titles
from orchestration.view import available_actions
from orchestration.view.planning import Condition, Entry

Json = Any


@dataclass(frozen=True, slots=True)
class Because:
    """An applicability rule as the model has it, whether it holds, and the values that it saw, as the reader may."""

    name: str
    text: str
    holds: bool
    saw: tuple[tuple[str, Json], ...]


@dataclass(frozen=True, slots=True)
class Offered:
    """A discretionary step. `within` tells tables apart; `refused` says why this reader cannot add it now, if so."""

    definition: str
    name: str
    within: int
    part: str
    roles: tuple[str, ...]
    because: tuple[Because, ...]
    refused: str


@dataclass(frozen=True, slots=True)
class Added:
    """A step that somebody added and that is not over."""

    item: int
    name: str
    part: str


@dataclass(frozen=True, slots=True)
class ByHand:
    """To be done by hand. `item` 0: to the case itself; `how`: of an `available_actions.Choice`; `label`: a button."""

    item: int
    how: str
    name: str
    label: str
    part: str


MOST: Final = 100
"""Steps of each kind that a page lists; more than that is for programs."""

LABELS: Final = {
    "start": "Start", "disable": "Not needed", "enable": "Offer it again", "reactivate": "Begin it again",
    "occur": "It has happened", "complete": "Finish", "go-on": "Go on",
}  # fmt: skip


def offered(seen: Look, now: datetime) -> tuple[Offered, ...]:
    """Every step on the planning tables of what is active, those that this reader can add first."""
    entries = available_actions.entries(seen.case_type, seen.state, now)[:MOST]
    found = (_offered(seen, entry, now) for entry in entries)
    return tuple(sorted(found, key=lambda one: bool(one.refused)))


def _offered(seen: Look, entry: Entry, now: datetime) -> Offered:
    holder = entry.holder
    if holder is None:
        where = seen.running.inside(seen.running.parts[entry.instance])
    else:
        where = " › ".join(filter(None, (seen.running.around(holder), seen.running.name(holder))))
    return Offered(
        entry.node, seen.view.text(entry.name or entry.node), available_actions.within(entry),
        seen.view.text(where), entry.roles,
        tuple(_because(seen, condition) for condition in entry.conditions if condition.text),
        _refused(seen, entry, now),
    )  # fmt: skip


def _refused(seen: Look, entry: Entry, now: datetime) -> str:
    if not entry.is_offered:
        return "Its rule does not hold."
    if available_actions.is_there(seen.case_type, seen.state, entry):
        return "It is part of the case already."
    wish = available_actions.planning(entry, roles(seen))
    refused = available_actions.rejection(seen.case_type, seen.state, wish, now)
    return "" if refused is None else refused.message


def roles(seen: Look) -> tuple[str, ...]:
    """The reader's groups, which are the roles that a model may ask for."""
    return tuple(sorted(seen.view.principal.roles))


def _because(seen: Look, condition: Condition) -> Because:
    named = titles(seen.case_type)
    shown = seen.view.payload(condition.values)
    saw = tuple(_read(condition.text, shown, named))
    return Because(condition.name, seen.view.text(condition.text.removeprefix("=").strip()), condition.holds, saw)


def _read(
    text: str, values: Mapping[str, Json], named: Mapping[str, str], path: str = ""
) -> Iterator[tuple[str, Json]]:
    """The values that the text speaks of: of an object, only the entries that it names."""
    for name, value in values.items():
        pointer = f"{path}/{name}"
        if isinstance(value, Mapping):
            spoken = {key: below for key, below in value.items() if re.search(rf"\b{re.escape(key)}\b", text)}
            yield from _read(text, spoken, named, pointer)
        else:
            yield named.get(pointer, name), value


def added(seen: Look) -> tuple[Added, ...]:
    """What was added and can be taken away again."""
    return tuple(
        Added(item.id, seen.view.text(seen.running.name(item.id)), seen.view.text(seen.running.around(item.id)))
        for item in available_actions.removable(seen.case_type, seen.state)
    )


def by_hand(seen: Look, now: datetime) -> tuple[ByHand, ...]:
    """What this reader can start, finish or let happen."""
    return tuple(
        ByHand(
            choice.item or 0, choice.how, seen.view.text(seen.running.name(choice.item, seen.case_type.name)),
            LABELS[choice.how], seen.view.text(seen.running.around(choice.item)),
        )
        for choice in islice(available_actions.choices(seen.case_type, seen.state, roles(seen), now), MOST)
    )  # fmt: skip
