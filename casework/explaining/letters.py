"""Which letters were drafted for a decision, and what is said of their sending?

All of it are events of the case: a draft keeps its sentences as they stood, each with the number of its event; that a
letter was sent is what a person says who sent it. Casewright sends none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.contrib.auth.models import User
from django.db import transaction

from audit.selectors import Entry, timeline
from audit.services import Fact
from casework.access.permissions import origin_of
from casework.cases.locking import locked
from casework.cases.read.actor_names import Names, actor_names
from casework.cases.read.case_view import Look
from casework.cases.read.timeline import actor_name
from casework.explaining.letter import Letter, Sentence, letter
from casework.forms.answer_validation import tells, text_errors
from casework.models import Case
from orchestration.ground.refusals import NO_SUCH, Refused
from orchestration.shell import services

DRAFTED, SENT = "letter.drafted", "letter.sent"
WAYS: Final = {"post": "by post", "mail": "by e-mail", "hand": "by hand", "portal": "by way of another system"}


@dataclass(frozen=True, slots=True)
class Drafted:
    """A letter that was kept, by the number of its event, and the decision that it explains by that of its own. `sent`:
    who says that they sent it, and how; or empty."""

    number: int
    decision: int
    at: datetime
    who: str
    sentences: tuple[Sentence, ...]
    sent: str
    sent_at: datetime | None


def letter_keep(*, by: User, case: Case, sequence: int, now: datetime) -> Letter | Refused:
    """Keep the letter as it stands now, for somebody to send; not a second time word for word, unless that was sent."""
    made = letter(user=by, case=case, now=now, sequence=sequence)
    told = [{"text": one.text, "event": one.event} for one in made.sentences]
    with transaction.atomic():
        held = locked(case.instance_id)
        if any(one.sentences == made.sentences and not one.sent for one in _all(case, sequence)):
            return Refused("kept", "This draft is kept already, word for word.")
        services.record(held, [Fact(DRAFTED, {"decision": sequence, "sentences": told})], origin_of(by))
    return made


def letter_sent(*, by: User, case: Case, number: int, way: str) -> Drafted | Refused:
    """Keep that a person says they have sent a letter, `number` the event of its draft."""
    if way not in WAYS:
        return Refused("invalid", "Say how you sent it.", {"way": "Choose one of these."})
    with transaction.atomic():
        held = locked(case.instance_id)
        found = next((one for one in _all(case) if one.number == number), None)
        if found is None:
            return Refused(NO_SUCH, "There is no such letter in this case.")
        if found.sent:
            return Refused("sent", "Somebody has said already that this letter was sent.")
        services.record(held, [Fact(SENT, {"letter": number, "way": way})], origin_of(by))
    return found


def letters_of(seen: Look, sequence: int) -> tuple[Drafted, ...]:
    """The letters that were kept for a decision, the newest first, as this reader may see them."""
    return tuple(_masked(seen, one) for one in reversed(_all(seen.case, sequence)))


def _masked(seen: Look, one: Drafted) -> Drafted:
    shown = tuple(Sentence(seen.view.text(each.text), each.event) for each in one.sentences)
    return replace(one, sentences=shown)


def _all(case: Case, sequence: int = 0) -> list[Drafted]:
    """Of one decision, or of all. Two statements, and one for names."""
    entries = [one for one in timeline(case.instance_id, action="letter.") if not one.detail.get("erased")]
    names = actor_names({one.actor for one in entries})
    sent = {one.detail["letter"]: one for one in entries if one.action == SENT}
    return [
        _drafted(one, names, sent.get(one.sequence))
        for one in entries
        if one.action == DRAFTED and sequence in (0, one.detail["decision"])
    ]


def _drafted(one: Entry, names: Names, sent: Entry | None) -> Drafted:
    told = tuple(Sentence(**each) for each in one.detail["sentences"])
    says = f"{actor_name(sent.actor, names)} says that they sent it {WAYS[sent.detail['way']]}" if sent else ""
    who, sent_at = actor_name(one.actor, names), sent.at if sent else None
    return Drafted(one.sequence, one.detail["decision"], one.at, who, told, says, sent_at)


def text_amiss(name: str, text: str, least: int, most: int) -> dict[str, str]:
    """What is wrong with what a person wrote, under its name."""
    if not tells(text, least, most):
        return {name: f"Write {least} to {most} characters."}
    return text_errors({name: text})
