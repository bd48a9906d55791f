"""How does somebody see a masked value for a while: for which reason, how long, and how many?

The reason and what kind it is stand in the history of the case under their name, and its owner is told. Pages ask for
the password once more before, where it was not given within minutes.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from django.contrib.auth.models import User
from django.db import transaction

from audit.services import Fact
from casework.access.permissions import origin_of
from casework.cases import shown
from casework.cases.answers import Seen, seen
from casework.cases.locking import locked
from casework.cases.own_words import keep_own_words
from casework.cases.reveal_notices import owners_tell
from casework.cases.reveal_reasons import KINDS, OTHER
from casework.forms import answer_validation
from casework.forms.answer_validation import tells
from casework.models import Case, Reveal
from orchestration.ground.refusals import Refused
from orchestration.privacy.masking import mask
from orchestration.shell import services

REVEALED_FOR: Final = timedelta(minutes=15)
MOST: Final = 20
WITHIN: Final = timedelta(hours=1)


def field_reveal(
    *, by: User, case: Case, path: str, reason: str, kind: str = OTHER, item: int | None = None
) -> Reveal | Refused:
    """Show a masked field (a JSON Pointer) to this person for a while. The reason is kept in the history.

    `kind`: of `KINDS`. `item`: the open item in whose part of the case the field stands; None: the case itself.
    """
    reason = reason.strip()
    if not tells(reason, 5, 500) or answer_validation.text_errors({"reason": reason}):
        errors = {"reason": "Say in 5 to 500 characters why you need to see this."}
        return Refused("invalid", errors["reason"], errors)
    if kind not in KINDS:
        return Refused("invalid", "Choose what kind of reason it is.", {"kind": "Choose one of these."})
    with transaction.atomic():
        held = locked(case.instance_id)
        look = seen(held, case, by, item)
        if path not in look.view.masked:
            return Refused("unknown", "There is nothing masked for you at this place.")
        if _is_too_often(by, held.at + REVEALED_FOR - WITHIN):
            return Refused("limit", f"You have revealed {MOST} values within an hour. Go on later, or ask for help.")
        until = held.at + REVEALED_FOR
        told = {"path": path, "reason": reason, "until": until.isoformat()} | ({"kind": kind} if kind != OTHER else {})
        services.record(held, [Fact("field.revealed", told | _shown(look, by, case, path, item))], origin_of(by))
        keep_own_words(case, by, [reason], None)
        reveal = Reveal.objects.create(case=case, person=by, path=path, reason=reason, until=until)
        owners_tell(reveal, held.at)
        return reveal


def _shown(look: Seen, by: User, case: Case, path: str, item: int | None) -> dict[str, Any]:
    """What the history keeps of what stands on their screen from now on."""
    reader = replace(look.view.principal, revealed=look.view.principal.revealed | {path})
    clear = replace(look, view=mask(look.data, look.case_type.classification, reader, [look.root]))
    key = f"reveal {case.pk}/{by.pk}"
    found = shown.marks_of(key, clear, shown.papers_in(case.instance_id))
    return shown.kept(found, shown.eyes(key, case.pk, clear, item))


def _is_too_often(by: User, since: object) -> bool:
    """Counted on their row, which is locked: of many at one moment no more than one after the other."""
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    return Reveal.objects.filter(person=by, until__gt=since).count() >= MOST
