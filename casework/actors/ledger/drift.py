"""Do machines answer otherwise lately than they did before? (drift)

The last week is held against the four weeks before it: the shares of their labels (population stability index), how
sure they are, how often people override them. Pure but for the one statement that counts; a window with too few
answers tells nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from math import log, sqrt
from typing import Final

from django.contrib.auth.models import User
from django.db import connection

from casework.access import permissions
from casework.actors.read import ActorRow, actor_list
from casework.actors.version_page import may_show
from orchestration.actors.capability import shipped

LATELY: Final = timedelta(days=7)
BEFORE: Final = timedelta(days=28)
ENOUGH, ENOUGH_JUDGED = 50, 20
"""Answers, and judged ones, that each window needs."""
STEADY, MOVED, DRIFTED, TOO_FEW = "steady", "moved", "drifted", "too few to tell"
SIGNS: Final = (STEADY, MOVED, DRIFTED)
INDEX: Final = (0.1, 0.25)
"""From which population stability index on labels have moved, and drifted (the usual rule of thumb)."""
SURE: Final = (0.05, 0.1)
"""The same of how sure they are on average."""
DEVIATIONS: Final = (2.0, 3.0)
"""The same of overrides: by how many standard deviations two shares lie apart."""
COUNTED = """
select c.actor, min(c.capability), c.started >= %(lately)s, coalesce(c.output->>'label', c.output->>'band', ''),
       count(*), coalesce(sum(c.confidence), 0), count(c.confidence), count(j.id),
       count(j.id) filter (where j.verdict <> 'accepted')
from orchestration_actorcall c left join orchestration_judgement j on j.call_id = c.id
where c.started >= %(before)s and c.actor <> '' and c.outcome in ('done', 'suggested') group by 1, 3, 4"""


@dataclass
class Window:
    """What one actor gave in a span of time; `sure` and `of`: the sum of its confidences, and of how many."""

    labels: dict[str, int] = field(default_factory=dict)
    sure: float = 0.0
    of: int = 0
    judged: int = 0
    overridden: int = 0

    @property
    def answers(self) -> int:
        return sum(self.labels.values())

    @property
    def confidence(self) -> float | None:
        return self.sure / self.of if self.of else None

    def share(self, label: str) -> float:
        return self.labels.get(label, 0) / self.answers if self.answers else 0.0


@dataclass(frozen=True, slots=True)
class Label:
    """The label whose share has moved most; `name` is empty where it is not for everybody who sees to actors."""

    name: str
    before: float
    lately: float


@dataclass(frozen=True, slots=True)
class Drift:
    """`sign`: the worst of what could be told. `index`: of the labels; None where there are none, or too few."""

    actor: str
    before: Window
    lately: Window
    index: float | None
    label: Label | None
    apart: float | None
    sign: str


def drifts(now: datetime) -> tuple[Drift, ...]:
    """Every actor that has answered in either window, what drifted first."""
    found: dict[str, tuple[str, Window, Window]] = {}
    for actor, capability, lately, label, count, sure, of, judged, overridden in _rows(now):
        windows = found.setdefault(actor, (capability, Window(), Window()))
        one = windows[2] if lately else windows[1]
        one.labels[label] = count
        one.sure, one.of = one.sure + sure, one.of + of
        one.judged, one.overridden = one.judged + judged, one.overridden + overridden
    made = (drift(actor, before, lately, _is_open(what)) for actor, (what, before, lately) in found.items())
    order = (DRIFTED, MOVED, STEADY, TOO_FEW)
    return tuple(sorted(made, key=lambda one: (order.index(one.sign), one.actor)))


def signed(rows: Iterable[ActorRow], now: datetime) -> list[ActorRow]:
    """With the sign of each whose answers have moved or drifted."""
    signs = {one.actor: one.sign for one in drifts(now) if one.sign in (MOVED, DRIFTED)}
    return [replace(row, drift=signs.get(row.key, "")) for row in rows]


def drifted(user: User, now: datetime) -> tuple[ActorRow, ...]:
    """Those that this person sees to whose answers have drifted."""
    if not permissions.may_publish(user):
        return ()
    return tuple(row for row in signed(actor_list(now), now) if row.drift == DRIFTED)


def drift(actor: str, before: Window, lately: Window, shows_labels: bool = True) -> Drift:
    """What two windows say of each other."""
    enough = min(before.answers, lately.answers) >= ENOUGH
    has_labels = set(before.labels) | set(lately.labels) != {""}
    index = stability(before.labels, lately.labels) if enough and has_labels else None
    apart = deviations(before, lately) if min(before.judged, lately.judged) >= ENOUGH_JUDGED else None
    signs = [_sign(index, INDEX), _sign(_surer(before, lately) if enough else None, SURE), _sign(apart, DEVIATIONS)]
    told = [one for one in signs if one]
    worst = max(told, key=SIGNS.index, default=TOO_FEW)
    return Drift(
        actor, before, lately, index, _most_moved(before, lately, shows_labels) if index else None, apart, worst
    )


def stability(before: Mapping[str, int], lately: Mapping[str, int]) -> float:
    """The population stability index of two sets of counts, 0 for the same shares; half a count is added to each."""
    names = before.keys() | lately.keys()
    all_before, all_lately = (sum(each.values()) + len(names) / 2 for each in (before, lately))
    pairs = (((lately.get(name, 0) + 0.5) / all_lately, (before.get(name, 0) + 0.5) / all_before) for name in names)
    return sum((new - old) * log(new / old) for new, old in pairs)


def deviations(before: Window, lately: Window) -> float:
    """By how many standard deviations the shares of overridden answers lie apart (two-proportion z-test)."""
    both = (before.overridden + lately.overridden) / (before.judged + lately.judged)
    spread = sqrt(both * (1 - both) * (1 / before.judged + 1 / lately.judged))
    return abs(lately.overridden / lately.judged - before.overridden / before.judged) / spread if spread else 0.0


def _surer(before: Window, lately: Window) -> float | None:
    if before.confidence is None or lately.confidence is None:
        return None
    return abs(lately.confidence - before.confidence)


def _sign(value: float | None, limits: tuple[float, float]) -> str:
    return "" if value is None else SIGNS[sum(value >= limit for limit in limits)]


def _most_moved(before: Window, lately: Window, shows: bool) -> Label:
    names = sorted(before.labels.keys() | lately.labels.keys())
    name = max(names, key=lambda one: abs(lately.share(one) - before.share(one)))
    return Label(name if shows else "", before.share(name), lately.share(name))


def _is_open(capability: str) -> bool:
    known = shipped().get(capability)
    return may_show(None if known is None else known.output, "label")


def _rows(now: datetime) -> Iterator[tuple[str, str, bool, str, int, float, int, int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(COUNTED, {"lately": now - LATELY, "before": now - LATELY - BEFORE})
        yield from cursor.fetchall()
