"""What do the pages of keeping and erasing show?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from audit.models import ErasedChain
from casework.cases.read.actor_names import actor_names
from casework.cases.read.timeline import actor_name
from casework.erasure.finding import Traces
from casework.erasure.keeping import Rule, Standing
from casework.erasure.models import ErasureOrder, LegalHold
from casework.erasure.orders import due_cases
from casework.erasure.rules import all_rules, standings
from casework.models import Case
from orchestration.ground import clock
from orchestration.models import Definition

SHOWN: Final = 50


@dataclass(frozen=True, slots=True)
class Kept:
    """A case type: how long its cases are kept, and how many have to go."""

    key: str
    name: str
    rule: Rule | None
    due: int


@dataclass(frozen=True, slots=True)
class OrderRow:
    """`who`, `decided_by`: names of people. `left`: (number of the chain, why it stayed)."""

    order: ErasureOrder
    who: str
    decided_by: str
    erased: int
    left: tuple[tuple[str, str], ...]

    @property
    def waits(self) -> bool:
        return self.order.state == ErasureOrder.State.ASKED


@dataclass(frozen=True, slots=True)
class HeldCase:
    """A legal hold. The case by its number; `who` as people are called."""

    case: int
    reason: str
    who: str
    since: datetime


@dataclass(frozen=True, slots=True)
class FoundCase:
    """A case in which a person was found. `case`: its number; `chain`: that of its history."""

    case: int
    chain: int
    case_type: str
    where: str
    standing: Standing


def kept() -> list[Kept]:
    """Each case type by its name."""
    rules = all_rules()
    names = Definition.objects.order_by("key", "-version").distinct("key").values_list("key", "name")
    rows = (Kept(key, name, rules.get(key), len(due_cases(key)) if key in rules else 0) for key, name in names)
    return sorted(rows, key=lambda row: row.name)


def orders() -> list[OrderRow]:
    """The newest first; those that wait before all others."""
    return list(_rows(list(ErasureOrder.objects.order_by("-pk")[:SHOWN])))


def order_row(order: ErasureOrder) -> OrderRow:
    return next(_rows([order]))


def _rows(found: list[ErasureOrder]) -> Iterator[OrderRow]:
    names = actor_names({who for order in found for who in (order.by, order.decided_by) if who})
    for order in sorted(found, key=lambda one: one.state != ErasureOrder.State.ASKED):
        left = tuple(order.left.items())
        gone = ErasedChain.objects.filter(order=order.pk).count()
        decided = actor_name(order.decided_by, names) if order.decided_by else ""
        yield OrderRow(order, actor_name(order.by, names), decided, gone, left)


def holds() -> list[HeldCase]:
    """The newest first."""
    found = list(LegalHold.objects.order_by("-since")[:SHOWN])
    names = actor_names({hold.by for hold in found})
    return [HeldCase(hold.case_id, hold.reason, actor_name(hold.by, names), hold.since) for hold in found]


def erased_count() -> int:
    return ErasedChain.objects.count()


def found_cases(traces: Traces) -> list[FoundCase]:
    """By their numbers, each with whether it may go."""
    cases = Case.objects.filter(instance__in=list(traces.cases)).select_related("instance")
    listed = cases.defer("instance__items", "instance__data").order_by("pk")
    return [
        FoundCase(case.pk, case.instance_id, case.case_type, ", ".join(traces.cases[case.instance_id]), one)
        for case, one in standings(listed, clock.utc_now())
    ]
