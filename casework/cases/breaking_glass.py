"""How does somebody see a whole case in an emergency, and who looks at it afterwards (break glass)?

For an hour they may view the case, also one that is not theirs, with nothing masked in it; they may change nothing more
than before. The reason stands in the case's history, and the glass on the list of those that a second person reviews:
who gives out the case's tasks, or an auditor. It is a `Reveal` of the whole document (JSON Pointer ""), so that masking
and verification know it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q

from audit.services import Fact
from casework.access.permissions import cases_with_right, has_everywhere, may, may_audit, origin_of
from casework.cases.locking import locked
from casework.cases.reveal_notices import owners_tell
from casework.cases.reveal_reasons import KINDS
from casework.forms import answer_validation
from casework.forms.answer_validation import tells
from casework.models import Case, GlassReview, Reveal
from orchestration.ground.clock import utc_now
from orchestration.ground.refusals import Refused
from orchestration.shell import services

WHOLE: Final = ""
"""JSON Pointer (RFC 6901) of a whole document."""
RIGHT: Final = "casework.break_glass"
BROKEN_FOR: Final = timedelta(hours=1)
MOST: Final = 5
WITHIN: Final = timedelta(hours=24)
SHOWN: Final = 100


@dataclass(frozen=True, slots=True)
class Glass:
    """One that was broken. `review`: None while it waits. `mine`: the reader broke it, and does not review it."""

    id: int
    case: int
    who: str
    reason: str
    until: datetime
    open: bool
    review: GlassReview | None
    mine: bool


def may_break(user: User) -> bool:
    return has_everywhere(user, RIGHT)


def glass_break(*, by: User, case: Case, kind: str, reason: str) -> Reveal | Refused:
    """Let them see all of this case for a while. Who may (`may_break`) was decided before."""
    reason = reason.strip()
    if errors := _wrong(kind, reason):
        return Refused("invalid", "Please correct what is marked.", errors)
    with transaction.atomic():
        held = locked(case.instance_id)
        User.objects.select_for_update(no_key=True).get(pk=by.pk)  # of many at one moment, one after the other
        mine = Reveal.objects.filter(person=by, path=WHOLE)
        if mine.filter(case=case, until__gt=held.at).exists():
            return Refused("open", "You see all of this case already.")
        if mine.filter(until__gt=held.at + BROKEN_FOR - WITHIN).count() >= MOST:
            return Refused("limit", f"You have broken {MOST} glasses within a day. Ask for help.")
        until = held.at + BROKEN_FOR
        told = {"path": WHOLE, "kind": kind, "reason": reason, "until": until.isoformat()}
        services.record(held, [Fact("case.glass", told)], origin_of(by))
        reveal = Reveal.objects.create(case=case, person=by, path=WHOLE, reason=reason, until=until)
        owners_tell(reveal, held.at)
        return reveal


def glass_review(*, by: User, reveal: Reveal, justified: bool, note: str) -> GlassReview | Refused:
    """What a second person thinks of it; for good. Who may (`may_review`) was decided before."""
    note = note.strip()
    if not tells(note, 5, 500) or answer_validation.text_errors({"note": note}):
        return Refused("invalid", "Say in 5 to 500 characters what you found.")
    if reveal.person_id == by.pk:
        return Refused("second", "Somebody else has to look at what you did.")
    with transaction.atomic():
        held = locked(reveal.case.instance_id)
        if GlassReview.objects.filter(reveal=reveal).exists():
            return Refused("decided", "Somebody has looked at this meanwhile.")
        told = {"person": reveal.person.get_username(), "justified": justified, "note": note}
        services.record(held, [Fact("case.glass_reviewed", told)], origin_of(by))
        return GlassReview.objects.create(reveal=reveal, by=by, at=utc_now(), justified=justified, note=note)


def may_review(user: User, reveal: Reveal) -> bool:
    """Whether they give out the tasks of the case, or audit."""
    return may_audit(user) or may(user, "assign", reveal.case)


def glasses(user: User) -> list[Glass]:
    """Those that this person broke, or may review, of the newest; what waits first."""
    found = Reveal.objects.filter(path=WHOLE).select_related("person", "review__by")
    if not may_audit(user):
        leads = Case.objects.filter(cases_with_right(user, "assign"))
        found = found.filter(Q(person=user) | Q(case__in=leads))
    listed = [_glass(row, user) for row in found.order_by("-pk")[:SHOWN]]
    return sorted(listed, key=lambda one: one.review is not None)


def _glass(row: Reveal, user: User) -> Glass:
    who = row.person.get_full_name() or row.person.get_username()
    review = getattr(row, "review", None)
    return Glass(
        row.pk, row.case_id, who, row.reason, row.until, row.until > utc_now(), review, row.person_id == user.pk
    )


def _wrong(kind: str, reason: str) -> dict[str, str]:
    errors: dict[str, str] = {}
    if kind not in KINDS:
        errors["kind"] = "Choose what kind of reason it is."
    if not tells(reason, 10, 500) or answer_validation.text_errors({"reason": reason}):
        errors["reason"] = "Say in 10 to 500 characters why it cannot wait."
    return errors
