"""How does a person extend a deadline, let it stand still or go on, or hand it over to another office?

Each with a reason, in the history of the case. What is over, or was missed, is not changed any more.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from django.contrib.auth.models import User
from django.db import transaction

from audit.services import Fact
from casework.access.permissions import origin_of
from casework.cases.locking import keep_refusal, locked
from casework.cases.own_words import keep_own_words
from casework.deadlines.models import Deadline
from casework.deadlines.reasons import events_kept
from casework.deadlines.standing import calendars, comes_near_anew
from casework.deadlines.watching import declared_of, told
from casework.forms.answer_validation import UNCLEAN, tells, text_errors
from casework.models import Case
from orchestration.deadlines.rule import BY_HAND, EXTENDED, HANDED_OVER, LONGEST, PAUSED, RESUMED, Event, events_of
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.shell import services

KINDS: Final = {"extend": EXTENDED, "pause": PAUSED, "resume": RESUMED, "hand-over": HANDED_OVER}
OPEN: Final = (Deadline.State.RUNNING, Deadline.State.PAUSED)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants done with it: one of `KINDS`, how much longer, to which calendar, and why."""

    kind: str
    amount: int = 0
    calendar: str = ""
    reason: str = ""


@transaction.atomic
def deadline_change(*, by: User, case: Case, key: str, wish: Wish) -> Deadline | Refused:
    """Do it, or say why not; a refusal is kept in the history as well."""
    held = locked(case.instance_id)
    row = Deadline.objects.filter(instance=case.instance_id, key=key).first()
    declared = declared_of(held, key)
    if row is None or declared is None:
        return Refused("unknown", "This case has no such deadline.")
    events, known = events_of(row.events), calendars()
    asked = {"command": "deadline", "deadline": key, "wish": wish.kind}
    if why := _amiss(row, wish, events, known.keys()):
        return keep_refusal(held, by, asked, why)
    event = Event(KINDS[wish.kind], held.at, BY_HAND, wish.amount, wish.calendar, wish.reason.strip())
    found, anew = comes_near_anew(
        declared, (*events, event), known, held.at, warned=bool(row.warned), breached=bool(row.breached)
    )
    if never := found.reckoned.never:
        return keep_refusal(held, by, asked, Refused("invalid", "It would have no end.", {"amount": never}))
    was = row.due
    row.events = events_kept(case.instance_id, (*events, event))
    row.state, row.due, row.look = found.state, found.due, found.look
    row.warned = None if anew else row.warned
    row.save(update_fields=["events", "state", "due", "look", "warned"])
    detail = told(declared, found) | ({"anew": True} if anew else {}) | {
        "was": was and was.isoformat(), "wish": wish.kind, "amount": event.amount, "calendar": event.calendar,
        "reason": event.words,
    }  # fmt: skip
    services.record(held, [Fact("deadline.changed", detail)], origin_of(by))
    keep_own_words(case, by, [event.words], None)
    return row


def _amiss(row: Deadline, wish: Wish, events: tuple[Event, ...], known: Collection[str]) -> Refused | None:
    stands = next(
        (event.kind for event in reversed(events) if event.cause == BY_HAND and event.kind in (PAUSED, RESUMED)), ""
    )
    if wish.kind not in KINDS:
        return Refused("invalid", "Choose what is to be done with the deadline.", {"wish": "Choose one."})
    missed = row.breached is not None or (row.due is not None and row.due < clock.utc_now())
    if row.state not in OPEN or missed:
        return Refused("over", "This deadline is over or was missed, so it stays as it is.")
    if text_errors({"reason": wish.reason}):
        return Refused("invalid", "Say why.", {"reason": UNCLEAN})
    if not tells(wish.reason.strip(), 3, 500):
        return Refused("invalid", "Say why.", {"reason": "Say why, in 3 to 500 characters."})
    if wish.kind == "extend" and not 1 <= wish.amount <= LONGEST:
        return Refused("invalid", "Say by how much.", {"amount": f"Write a whole number from 1 to {LONGEST}."})
    if wish.kind == "hand-over" and wish.calendar not in known:
        return Refused("invalid", "Choose an office.", {"calendar": "Choose an office whose calendar is known."})
    if wish.kind == "pause" and stands == PAUSED:
        return Refused("paused", "It stands still by hand already.")
    if wish.kind == "resume" and stands != PAUSED:
        return Refused("running", "Nobody has paused it by hand.")
    return None
