"""Who asks for an erasure, who agrees, and how is it carried out?

An order names cases. Another person than the one who asked agrees; then each case goes in a step of its own, and what
may not go is left with the reason. The row says how far it is: who is killed half way is gone on from.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

import structlog
from django.contrib.auth.models import User
from django.db import transaction

from audit.models import ErasedChain
from audit.services import Fact, Origin, record_control
from casework.access.permissions import origin_of
from casework.erasure.erasing import GONE, case_erase
from casework.erasure.finding import Traces, digests, traces
from casework.erasure.models import ErasureOrder
from casework.erasure.notes import note_beside
from casework.erasure.order_words import UNKNOWN, words_forget, words_kept, words_of_order
from casework.erasure.places import Places
from casework.erasure.rules import invalid, longest_ended, reason_amiss, standings
from casework.erasure.taking_out import mention_take_out
from casework.erasure.words import Words
from casework.models import UnsentForm
from orchestration.documents import store
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.models import Outbox
from orchestration.shell.savepoint import tried

log = structlog.get_logger()

AT_ONCE: Final = 20
"""Cases that go while somebody waits for the page; the rest go by and by."""
TAKEN_AT_ONCE: Final = 5
"""Cases of others that a person is taken out of at once: each is verified whole twice."""
MOST_DUE: Final = 1000
"""Cases of one order for what has to go."""
State = ErasureOrder.State


def person_search(*, by: User, marks: tuple[str, ...], why: str) -> Traces | Refused:
    """Where a person stands. That somebody looked is kept, with keyed digests of the words."""
    if wrong := reason_amiss(why.strip()):
        return invalid(wrong)
    found = traces(marks)
    detail = {"marks": digests(marks), "cases": len(found.cases), "reason": why.strip()}
    record_control([Fact("erasure.searched", detail)], origin_of(by), clock.utc_now())
    return found


def order_ask(
    *, by: User, reason: str, cases: Sequence[int], marks: tuple[str, ...] = (), beside: Traces | None = None,
    mentions: Sequence[int] = (),
) -> ErasureOrder | Refused:  # fmt: skip
    """Ask a second person to have these cases (numbers of chains) erased, and with them what lies `beside`; and the
    person taken out of those of others (`mentions`)."""
    reason = reason.strip()
    if wrong := reason_amiss(reason):
        return invalid(wrong)
    named = sorted(set(mentions) - set(cases)) if marks else []
    if not (cases or named or (beside is not None and (beside.forms or beside.letters))):
        return Refused("nothing", "There is nothing to erase.")
    origin, now = origin_of(by), clock.utc_now()
    with transaction.atomic():
        order = ErasureOrder.objects.create(
            reason=reason, marks=digests(marks), cases=sorted(set(cases)), by=origin.actor, asked=now,
            forms=[] if beside is None else beside.forms, letters=[] if beside is None else beside.letters,
            mentions=named,
        )  # fmt: skip
        if named:
            order.words = words_kept(order, marks)
            order.save(update_fields=["words"])
        record_control([Fact("erasure.asked", said_of(order))], origin, now)
    return order


def due_ask(*, by: User, case_type: str, reason: str) -> ErasureOrder | Refused:
    """Ask for all cases of a type that have to go by its rule, the longest over first."""
    return order_ask(by=by, reason=reason, cases=[case for case, _ in due_cases(case_type)])


def due_cases(case_type: str) -> list[tuple[int, str]]:
    """Numbers of chains and why, of at most `MOST_DUE` cases that no order names yet."""
    return due_by_type([case_type])[case_type]


def due_by_type(case_types: Collection[str]) -> dict[str, list[tuple[int, str]]]:
    """The same of each of these types: as many statements for all as for one."""
    named = {case for order in open_orders() for case in order.cases}
    found: dict[str, list[tuple[int, str]]] = {key: [] for key in case_types}
    for case, one in standings(longest_ended(case_types, MOST_DUE * 2), clock.utc_now()):
        if one.due and case.instance_id not in named:
            found[case.case_type].append((case.instance_id, one.why))
    return {key: due[:MOST_DUE] for key, due in found.items()}


def open_orders() -> list[ErasureOrder]:
    return list(ErasureOrder.objects.filter(state__in=[State.ASKED, State.AGREED]))


def said_of(order: ErasureOrder) -> dict[str, object]:
    """What the control chain keeps of an order, and is held against its row."""
    said: dict[str, object] = {
        "order": order.pk, "cases": order.cases, "marks": order.marks, "forms": order.forms, "letters": order.letters,
        "reason": order.reason,
    }  # fmt: skip
    return said | {"mentions": order.mentions} if order.mentions else said


def order_decide(*, by: User, order_id: int, agree: bool) -> ErasureOrder | Refused:
    """Let it happen, or not. Who asked may only take it back."""
    origin, now = origin_of(by), clock.utc_now()
    with transaction.atomic():
        order = ErasureOrder.objects.select_for_update().get(pk=order_id)
        if order.state != State.ASKED:
            return Refused("decided", f"It is decided already: it {order.get_state_display()}.")
        if agree and order.by == origin.actor:
            return Refused("second", "Somebody else has to agree: whoever asks for an erasure does not.")
        order.state, order.decided_by, order.decided = State.AGREED if agree else State.REFUSED, origin.actor, now
        order.save(update_fields=["state", "decided_by", "decided"])
        if not agree:
            words_forget(order)
        action = "erasure.agreed" if agree else "erasure.refused"
        record_control([Fact(action, {"order": order.pk})], Origin(origin.actor, order.by), now)
    if agree:
        order_go_on(order.pk, AT_ONCE)
        order.refresh_from_db()
    return order


def order_go_on(order_id: int, most: int) -> None:
    """Erase so many more cases of an order that was agreed to; the last one ends it."""
    order = ErasureOrder.objects.get(pk=order_id)
    if order.state != State.AGREED:
        return
    gone = set(ErasedChain.objects.filter(chain__in=order.cases).values_list("chain", flat=True))
    left = [case for case in order.cases if case not in gone and str(case) not in order.left]
    origin = Origin(order.decided_by, order.by, f"order {order.pk}")
    for case in left[:most]:
        outcome = case_erase(chain=case, order=order, origin=origin)
        if outcome is store.AWAY:
            return  # the order goes on once its files can go, too
        if isinstance(outcome, Refused) and outcome is not GONE:
            order.left[str(case)] = outcome.message
            order.save(update_fields=["left"])
    if len(left) <= most and _taken_out(order, origin, min(most - len(left), TAKEN_AT_ONCE)):
        note_beside(order)
        UnsentForm.objects.filter(pk__in=order.forms).delete()
        Outbox.objects.filter(pk__in=order.letters, sender=None).delete()
        order.state, order.done = State.DONE, clock.utc_now()
        order.save(update_fields=["state", "done"])


def _taken_out(order: ErasureOrder, origin: Origin, most: int) -> bool:
    """Take the person out of so many more cases of others; whether that was all."""
    waiting = [case for case in order.mentions if str(case) not in order.taken and str(case) not in order.left]
    words = words_of_order(order) if waiting else None
    for case in waiting[:most]:
        with transaction.atomic():  # who is killed between both would find nothing the next time
            outcome = _one_taken_out(order, case, words, origin)
            order.save(update_fields=["left", "taken"])
        if outcome is store.AWAY:
            return False
    if len(waiting) > most:
        return False
    words_forget(order)
    return True


def _one_taken_out(order: ErasureOrder, case: int, words: Words | None, origin: Origin) -> Places | Refused:
    outcome = UNKNOWN if words is None else mention_take_out(chain=case, words=words, order=order.pk, origin=origin)
    if not isinstance(outcome, Refused):
        order.taken[str(case)] = {"goes": outcome.goes, "stays": outcome.stays}
    elif outcome is not store.AWAY:
        order.left[str(case)] = outcome.message
    return outcome


def look_after() -> None:
    """Go on with what was agreed to; one that breaks does not hold up the others."""
    for order in ErasureOrder.objects.filter(state=State.AGREED).order_by("pk"):
        tried("order not carried out", order, order_go_on, order.pk, AT_ONCE)
