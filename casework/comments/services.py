"""Who may comment on a case, and what becomes of what they wrote?

Whoever may work a case may comment on it, as long as the case is there: also while it is suspended and when it has
ended, for nothing of its course changes. Only its writer edits or withdraws a comment. Naming somebody gives them no
right: who may not see the case is not told of it, and whoever names them learns that before anything is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models.functions import Lower

from audit.db.sql import Part, together
from audit.selectors import timeline
from audit.services import Fact
from casework.access.permissions import origin_of, who_may_view
from casework.cases.dependent import not_by_itself
from casework.cases.locking import keep_refusal, locked
from casework.comments import row as rows
from casework.comments.words import amiss, named, tidy
from casework.drafts.services import draft_ended
from casework.forms.answer_validation import is_clean
from casework.models import Case, Comment
from orchestration.ground.refusals import NO_SUCH, Refused
from orchestration.models import HumanTask
from orchestration.shell import services
from orchestration.shell.services import Locked

SAID, EDITED, WITHDRAWN = "comment.said", "comment.edited", "comment.withdrawn"
NEWER: Final = "newer"
"""The code of a refusal because the comment was edited in another window meanwhile."""

TWICE: Final = "This form was sent already, with other words. If these are to be said too, send them now."
SENT_OTHERWISE: Final = Refused("sent", TWICE, {"text": TWICE})


@dataclass(frozen=True, slots=True)
class About:
    """What a comment is about beside its case: a task by its item, or the comment that it answers."""

    item: int | None = None
    reply: int = 0


@transaction.atomic
def comment_say(
    *, by: User, case: Case, text: str, about: About = About(), once: str = "", draft: str = ""
) -> Comment | Refused:
    """Write a comment. `once`: what stands for the form that was sent; a second time it is the same comment.

    `draft`: the address of the form whose draft ends with it.
    """
    text, once = tidy(text), once if is_clean(once) else ""
    people = _people(case, text)
    if isinstance(people, Refused):
        return people
    if depends := not_by_itself(case.case_type):
        return replace(depends, errors={"text": depends.message})
    held = locked(case.instance_id)
    if once and (there := Comment.objects.filter(case=case, by=rows.writer(by), once=once[:40]).first()):
        return there if _first_words(held, there) == text else SENT_OTHERWISE
    answered = _answered(case, about)
    if isinstance(answered, Refused):
        return keep_refusal(held, by, {"command": "comment"}, answered)
    row = Comment(
        case=case, number=held.head.sequence + 1, thread=answered.top if answered else 0,
        item=about.item, by=rows.writer(by), at=held.at, once=once[:40],
    )  # fmt: skip
    row.tellings = [row.number]
    told = {"text": text, "thread": row.thread, "task": row.item, "mentions": sorted(people)}
    written = rows.said(held, row, by, text, people.values(), answered.by if answered else "")
    services.record(held, [Fact(SAID, told)], origin_of(by), [_with_draft(written, by, draft)])
    return row


@transaction.atomic
def comment_edit(
    *, by: User, case: Case, number: int, text: str, seen: int = 0, draft: str = ""
) -> Comment | Refused:  # fmt: skip
    """Say it otherwise. `seen`: the event that held the words which the writer changed; 0: whatever stands there."""
    text = tidy(text)
    people = _people(case, text)
    if isinstance(people, Refused):
        return people
    held = locked(case.instance_id)
    row = _own(held, case, by, number, "edit")
    if isinstance(row, Refused):
        return row
    if seen and row.tellings[-1] != seen:
        return Refused(NEWER, "You have edited this comment in another window. Look at what stands there first.")
    told = {"comment": row.number, "text": text, "mentions": sorted(people)}
    written = rows.edited(held, row, by, text, people.values())
    services.record(held, [Fact(EDITED, told)], origin_of(by), [_with_draft(written, by, draft)])
    row.refresh_from_db(fields=["tellings", "edited"])
    return row


@transaction.atomic
def comment_withdraw(*, by: User, case: Case, number: int) -> Comment | Refused:
    """Take it back: its words go from the pages, and the history says so. What is withdrawn stays so."""
    held = locked(case.instance_id)
    row = _own(held, case, by, number, "withdraw", over=True)
    if isinstance(row, Refused) or row.withdrawn:
        return row
    services.record(held, [Fact(WITHDRAWN, {"comment": row.number})], origin_of(by), [rows.withdrawn(row, held.at)])
    row.withdrawn = held.at
    return row


def _first_words(held: Locked, row: Comment) -> str:
    """As they were sent, whatever was edited since."""
    [said] = timeline(held.instance, action=SAID, after=row.number - 1, limit=1)
    return str(said.detail.get("text"))


def _own(held: Locked, case: Case, by: User, number: int, command: str, *, over: bool = False) -> Comment | Refused:
    """The comment, where this person wrote it; `over`: also one that is withdrawn."""
    found = Comment.objects.filter(case=case, number=number).first()
    asked = {"command": f"{command} comment", "comment": number}
    if found is None:
        return keep_refusal(held, by, asked, Refused(NO_SUCH, "There is no such comment in this case."))
    if found.by != rows.writer(by):
        refused = Refused("denied", "Somebody else wrote this comment, so it is theirs to edit or withdraw.")
        return keep_refusal(held, by, asked, refused)
    if found.withdrawn and not over:
        return Refused("withdrawn", "This comment was withdrawn, so it is not edited any more.")
    return found


def _people(case: Case, text: str) -> dict[str, int] | Refused:
    """Whom the text names, by user name; what is behind an `@` and is nobody's name is text."""
    if wrong := amiss(text):
        return Refused("invalid", "Please correct what is marked.", {"text": wrong})
    names = named(text)
    if not names:
        return {}
    known = User.objects.annotate(low=Lower("username")).filter(low__in=names, is_active=True)
    people = {user.pk: user for user in known}
    seeing = {who for who, _ in who_may_view([(pk, case.instance_id) for pk in people])}
    if unseen := [user for pk, user in people.items() if pk not in seeing]:
        return _not_for(unseen)
    return {user.get_username(): pk for pk, user in people.items()}


def _not_for(people: Sequence[User]) -> Refused:
    said = " and ".join(f"@{user.get_username()}" for user in people)
    may = "may not see this case, and naming them" if len(people) == 1 else "may not see this case; naming them"
    told = f"{said} {may} gives no right to it. Take the @ out, or have somebody give them a task of the case."
    return Refused("mention", told, {"text": told})


def _answered(case: Case, about: About) -> Comment | Refused | None:
    """The comment that is answered, if any is; refused where that, or the task, is of no concern here."""
    if about.item is not None and not HumanTask.objects.filter(instance=case.instance_id, item=about.item).exists():
        return Refused("unknown", "There is no such task in this case.")
    if not about.reply:
        return None
    found = Comment.objects.filter(case=case, number=about.reply).first()
    return Refused("unknown", "The comment that you answer is not in this case.") if found is None else found


def _with_draft(part: Part, by: User, draft: str) -> Part:
    return together(part, draft_ended(by, draft) if draft else None)
