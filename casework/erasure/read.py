"""What do the pages of keeping and erasing show?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.contrib.auth.models import User

from audit.models import ErasedChain
from casework.access import permissions
from casework.cases.past_rows import former_of
from casework.cases.read.actor_names import actor_names
from casework.cases.read.case_view import row_mask, title_in
from casework.cases.read.timeline import actor_name
from casework.erasure.erasing import going_along
from casework.erasure.finding import Traces
from casework.erasure.keeping import Rule, Standing
from casework.erasure.mention_read import Mentioned, mentioned
from casework.erasure.models import ErasureOrder, LegalHold
from casework.erasure.orders import due_by_type
from casework.erasure.rules import all_rules, standings
from casework.erasure.words import Words
from casework.models import Case
from orchestration.ground import clock
from orchestration.models import Definition

SHOWN: Final = 50
State = ErasureOrder.State


@dataclass(frozen=True, slots=True)
class Kept:
    """A case type: how long its cases are kept, and how many have to go."""

    key: str
    name: str
    rule: Rule | None
    due: int


@dataclass(frozen=True, slots=True)
class OrderRow:
    """`who`, `decided_by`: names of people. `erased`: how many of its cases; `along`: how many others went with
    them."""

    order: ErasureOrder
    who: str
    decided_by: str
    erased: int
    along: int

    @property
    def waits(self) -> bool:
        return self.order.state == State.ASKED


@dataclass(frozen=True, slots=True)
class OrderCase:
    """A case of an order that is there still, or that it left. `case`: its number, 0 where it is gone since.

    `may`: the order can erase it now. `why`: so, or why not. `title`: as the reader may see it, who `opens` it.
    """

    chain: int
    case: int
    case_type: str
    state: str
    may: bool
    why: str
    title: str = ""
    opens: bool = False


@dataclass(frozen=True, slots=True)
class HeldCase:
    """A legal hold. The case by its number; `who` as people are called."""

    case: int
    reason: str
    who: str
    since: datetime


@dataclass(frozen=True, slots=True)
class FoundCase:
    """A case in which a person was found. `case`: its number; `chain`: that of its history. `mention`: what is to be
    said where it is somebody else's."""

    case: int
    chain: int
    case_type: str
    where: str
    standing: Standing
    mention: Mentioned | None


def kept() -> list[Kept]:
    """Each case type by its name."""
    rules = all_rules()
    names = Definition.objects.order_by("key", "-version").distinct("key").values_list("key", "name")
    due = due_by_type(rules)
    rows = (Kept(key, name, rules.get(key), len(due.get(key, ()))) for key, name in names)
    return sorted(rows, key=lambda row: row.name)


def orders() -> list[OrderRow]:
    """The newest first; those that wait before all others."""
    return list(_rows(list(ErasureOrder.objects.order_by("-pk")[:SHOWN])))


def order_row(order: ErasureOrder) -> OrderRow:
    return next(_rows([order]))


def _rows(found: list[ErasureOrder]) -> Iterator[OrderRow]:
    names = actor_names({who for order in found for who in (order.by, order.decided_by) if who})
    erased: dict[int, set[int]] = {order.pk: set() for order in found}
    for number, one in ErasedChain.objects.filter(order__in=erased).values_list("order", "chain"):
        erased[number].add(one)
    for order in sorted(found, key=lambda one: one.state != State.ASKED):
        gone = erased[order.pk]
        named = gone.intersection(order.cases)
        decided = actor_name(order.decided_by, names) if order.decided_by else ""
        yield OrderRow(order, actor_name(order.by, names), decided, len(named), len(gone - named))


def order_cases(order: ErasureOrder) -> list[OrderCase]:
    """All by their numbers, without titles; then those that it left and that are gone by now. Three statements."""
    cases = Case.objects.filter(instance__in=order.cases).select_related("instance")
    listed = standings(cases.defer("instance__items", "instance__data").order_by("pk"), clock.utc_now())
    found = [_of_order(order, case, one) for case, one in listed]
    there = {str(one.chain) for one in found}
    gone = [(int(chain), why) for chain, why in order.left.items() if chain not in there and int(chain) in order.cases]
    return found + [OrderCase(chain, 0, "", "gone since", False, f"It was left: {why}") for chain, why in gone]


def order_along(cases: Iterable[OrderCase]) -> list[int]:
    """The numbers of the cases that go with those of these that may go, and that the order does not name."""
    listed = list(cases)
    along = going_along([one.chain for one in listed if one.may])
    others = set(along) - {one.chain for one in listed}
    return sorted(Case.objects.filter(instance__in=others).values_list("pk", flat=True))


def _of_order(order: ErasureOrder, case: Case, now: Standing) -> OrderCase:
    left, over = order.left.get(str(case.instance_id)), order.state in (State.DONE, State.REFUSED)
    why = now.why if left is None else f"It was left: {left}"
    return OrderCase(case.instance_id, case.pk, case.case_type, case.state, now.may and left is None and not over, why)


def titled(user: User, rows: Iterable[OrderCase]) -> list[OrderCase]:
    """The same with titles, where this person may open the case: whoever agrees has to know what goes."""
    shown, now = list(rows), clock.utc_now()
    theirs = Case.objects.filter(permissions.cases_with_right(user, "view"), pk__in=[one.case for one in shown])
    seen = list(theirs.select_related("instance").defer("instance__items"))
    former, reader = former_of(case.instance_id for case in seen), permissions.principal(user, None, now)
    titles = {}
    for case in seen:
        past = former.get(case.instance_id, {})
        masked = row_mask(
            case.instance.definition_id, bytes(case.instance.data), permissions.of_case(reader, case.pk), past
        )
        titles[case.pk] = title_in(masked, case.title)
    return [replace(one, title=titles.get(one.case, ""), opens=one.case in titles) for one in shown]


def holds() -> list[HeldCase]:
    """The newest first."""
    found = list(LegalHold.objects.order_by("-since")[:SHOWN])
    names = actor_names({hold.by for hold in found})
    return [HeldCase(hold.case_id, hold.reason, actor_name(hold.by, names), hold.since) for hold in found]


def erased_count() -> int:
    return ErasedChain.objects.count()


def found_cases(traces: Traces, marks: tuple[str, ...] = ()) -> list[FoundCase]:
    """By their numbers, each with whether it may go, and (by `marks`) what of the person would, were it somebody
    else's."""
    named = mentioned(traces.cases, Words(marks)) if marks else {}
    cases = Case.objects.filter(instance__in=list(traces.cases)).select_related("instance")
    listed = cases.defer("instance__items", "instance__data").order_by("pk")
    return [
        FoundCase(
            case.pk,
            case.instance_id,
            case.case_type,
            ", ".join(traces.cases[case.instance_id]),
            one,
            named.get(case.instance_id),
        )
        for case, one in standings(listed, clock.utc_now())
    ]
