"""Where does a text stay that somebody is still writing, and who may read it?

A draft: one row for each person and form, written while they type. It is read on the page of its form only, by its
writer only, so that whoever may not open that page any more cannot read it either. It ends when the form is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.contrib.auth.models import User
from django.db import transaction
from django.http import Http404
from django.urls import Resolver404, resolve, reverse

from audit.db.sql import Part
from audit.sealed_values import opened_text, sealed_text, subject_with_key
from casework.access import permissions
from casework.models import Case, Draft
from casework.web.asked import number_in
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.models import HumanTask

KEPT_FOR: Final = timedelta(days=14)
"""Since it was last written to; the page says so."""
MOST_BYTES: Final = 1_000_000
LONGEST_ADDRESS: Final = 300
ENDED: Final = """
draft_ended as (delete from casework_draft where person_id = %(draft_of)s and form = %(draft_form)s)"""
OPEN: Final = (HumanTask.State.OPEN, HumanTask.State.SUSPENDED)

Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """What stands in a draft, names and texts in order. `version` grows with each writing."""

    fields: Fields
    version: int
    at: datetime

    @property
    def texts(self) -> dict[str, str]:
        return dict(self.fields)


@dataclass(frozen=True, slots=True)
class Newer:
    """It was written to in another window since the one that asks last heard of it; nothing was overwritten."""

    there: Kept


@dataclass(frozen=True, slots=True)
class DraftedForm:
    """A form whose text is kept: the address that it is sent to, its page, its case; `over`: why it takes nothing."""

    address: str
    page: str
    case: Case
    over: str = ""


def drafted_form(user: User, address: str) -> DraftedForm:
    """The form that is sent to this address. Raises Http404 or PermissionDenied as its page does."""
    try:
        given = urlsplit(address)
        found = resolve(given.path if not (given.scheme or given.netloc) else "")
    except (ValueError, Resolver404):  # no address at all, or none that is here
        raise Http404("No form is sent to this address.") from None
    of = FORMS.get(found.url_name or "")
    if of is None or len(address) > LONGEST_ADDRESS or "\0" in address:
        raise Http404("The text of this form is not kept.")
    return of(user, address, found.kwargs)


def _of_task(user: User, address: str, parts: dict[str, Any]) -> DraftedForm:
    """Kept also while somebody else has the task: then it is not sent, and yet not lost."""
    task = permissions.task_for_user(user, parts["task_id"], "view")
    case = permissions.case_for_user(user, task.instance.case.pk, "work")
    over = "" if task.state in OPEN else f"This task is {task.state} already, so nothing more is kept here."
    return DraftedForm(task_address(task), reverse("task", args=[task.pk]), case, over)


def _of_reply(user: User, address: str, parts: dict[str, Any]) -> DraftedForm:
    return DraftedForm(address, address, permissions.case_for_user(user, parts["case_id"], "reply"))


def _of_comments(user: User, address: str, parts: dict[str, Any]) -> DraftedForm:
    """A new comment on a case, about a task, or to another one; or the words of one, anew."""
    case = permissions.case_for_user(user, parts["case_id"], "work")
    if "number" in parts:
        return DraftedForm(reverse("case-comment-edit", args=[case.pk, parts["number"]]), address, case)
    asked = dict(parse_qsl(urlsplit(address).query))
    task, reply = (number_in(asked.get(name, "")) for name in ("task", "to"))
    known = comments_address(case.pk, task=task, reply=reply)
    return DraftedForm(known, known, case)


def comments_address(case: int, *, task: int = 0, reply: int = 0) -> str:
    """Where a comment on a case is sent: about a task, or to another comment."""
    about = f"?to={reply}" if reply else f"?task={task}" if task else ""
    return reverse("case-comments", args=[case]) + about


FORMS: Final[dict[str, Callable[[User, str, dict[str, Any]], DraftedForm]]] = {
    "task-complete": _of_task,
    "case-receive": _of_reply,
    "case-comments": _of_comments,
    "case-comment-edit": _of_comments,
}


def task_address(task: HumanTask) -> str:
    """Where the answer to a task is sent: what its draft is known by."""
    return reverse("task-complete", args=[task.pk])


@dataclass(frozen=True, slots=True)
class Keeping:
    """What the template of a form needs to keep its text (`partials/draft.html`). `unkept`: the page shows again what
    was just sent and not taken, which is kept at once."""

    draft: Kept | None
    address: str
    names: str
    unkept: bool = False
    days: int = KEPT_FOR.days

    @property
    def texts(self) -> dict[str, str]:
        return self.draft.texts if self.draft else {}


def keeping(user: User, address: str, sent: Iterable[str] = ()) -> Keeping:
    """For the page of a form, which the caller has made sure that they may see. `sent`: fields shown as just sent."""
    draft, again = draft_of(user, address), list(sent)
    names = {*again, *(draft.texts if draft else ())}
    return Keeping(draft, f"{reverse('drafts')}?{urlencode({'form': address})}", " ".join(sorted(names)), bool(again))


@transaction.atomic
def draft_keep(*, by: User, form: DraftedForm, fields: Sequence[tuple[str, str]], seen: int) -> Kept | Newer | Refused:
    """Keep what stands in a form. `seen`: the version that the window last heard of, 0 for none."""
    written = urlencode(fields)
    if form.over or len(written) > MOST_BYTES:
        return Refused("over", form.over or "This text is too long to be kept.")
    now = clock.utc_now()
    Draft.objects.filter(kept__lt=now - KEPT_FOR).delete()
    made = {"case": form.case, "fields": "", "version": 0, "kept": now}
    row, _ = Draft.objects.select_for_update().get_or_create(person=by, form=form.address, defaults=made)
    if row.version not in (0, seen) and opened_text(row.fields) != written:
        return Newer(_kept(row))
    subject = subject_with_key(form.case.instance_id)
    row.fields, row.version, row.kept = sealed_text(subject, written) if subject else written, row.version + 1, now
    row.save(update_fields=["fields", "version", "kept"])
    return _kept(row)


def draft_of(user: User, address: str) -> Kept | None:
    """What this person has begun to write into the form; the caller has made sure that they may see its page."""
    row = Draft.objects.filter(person=user, form=address, kept__gte=clock.utc_now() - KEPT_FOR).first()
    return None if row is None else _kept(row)


def draft_end(*, by: User, address: str) -> None:
    """The form was taken, or its writer begins anew."""
    Draft.objects.filter(person=by, form=address).delete()


def draft_ended(by: User, address: str) -> Part:
    """The same, written in the statement of the step that takes it."""
    return ENDED, {"draft_of": by.pk, "draft_form": address}


def _kept(row: Draft) -> Kept:
    return Kept(tuple(parse_qsl(opened_text(row.fields), keep_blank_values=True)), row.version, row.kept)
