"""How does somebody read the comments on a case, write one, answer, edit, and take one back?

One address shows them as a page of their own, as the panel beside a case or a task, and as the thread alone, which is
fetched anew when somebody else has written. What is typed is kept as a draft for each form.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice
from typing import Final
from uuid import uuid4

from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from casework.access import permissions, trail
from casework.access.permissions import origin_of
from casework.access.seers import Seer, seers
from casework.cases.dependent import not_by_itself
from casework.cases.read.case_view import Look, look
from casework.cases.reveal_notices import reveals_seen, reveals_told
from casework.cases.waiting_live import waiting_states
from casework.comments.mails import mails_wanted
from casework.comments.notices import all_seen, seen_in, told_of
from casework.comments.read import PAGE, Comments, Said, comment_of, comments_of
from casework.comments.services import SENT_OTHERWISE, About, comment_edit, comment_say, comment_withdraw
from casework.comments.words import LONGEST
from casework.deadlines.notices import deadlines_seen, deadlines_told
from casework.drafts.services import Keeping, comments_address, keeping
from casework.models import Case, Comment
from casework.web.asked import COUNTED, number_in
from casework.web.decorators import answered, page_or_part, person, reads, reads_and_writes, refusal, wants_part, writes
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.models import HumanTask

THREAD: Final = "thread"
OFFERED: Final = 6
"""People whose names are offered while somebody types."""


@dataclass(frozen=True, slots=True)
class Writing:
    """The form of a comment. `address`: where it is sent; `once` stands for the form; `wrong`: why it was not taken.

    `task`: number and name of the one that it is about; `to`: what it answers; `editing`: what it replaces.
    """

    address: str
    text: str
    keeping: Keeping
    once: str = ""
    wrong: str = ""
    task: tuple[int, str] | None = None
    to: Said | None = None
    editing: Said | None = None
    longest: int = LONGEST


@dataclass(frozen=True, slots=True)
class Panel:
    """`here`: the address of the panel, of which the thread is a part; `writing`: None for who may not comment."""

    case: int
    title: str
    here: str
    seen: int
    comments: Comments
    writing: Writing | None
    may: frozenset[str]
    depends: str = ""
    """Why nobody writes here, whatever they may."""


@reads_and_writes
def comments(request: HttpRequest, case_id: int) -> HttpResponse:
    """`?task=`: those of a case, where one is written about this task; `?to=`: where this one is answered; `?before=`:
    older ones; `?part=thread`: the thread alone."""
    by, posts = person(request), request.method == "POST"
    case = permissions.case_for_user(by, case_id, "work" if posts else "view", whole=True)
    about, address = _about(by, case, request.GET)
    if not posts:
        return _shown(request, _panel(request, case, address))
    text, once = request.POST.get("text", ""), request.POST.get("once", "")
    outcome = comment_say(by=by, case=case, text=text, about=about, once=once, draft=address)
    if isinstance(outcome, Refused):
        if not outcome.errors:
            return refusal(request, outcome, reverse("case-comments", args=[case.pk]))
        anew = "" if outcome.code == SENT_OTHERWISE.code else once
        panel = _panel(request, case, address, sent=text, once=anew, wrong=outcome.errors["text"])
        return _shown(request, panel, 400)
    mails_wanted(request, outcome)
    return _answer(request, case, outcome)


@reads
def comment(request: HttpRequest, case_id: int, number: int) -> HttpResponse:
    """A comment by its number: the page on which it stands."""
    case = permissions.case_for_user(person(request), case_id, "view")
    row = Comment.objects.filter(case=case, number=number).first()
    if row is None:
        raise Http404("There is no such comment in this case.")
    return redirect(_place(case, row))


@reads_and_writes
def edit(request: HttpRequest, case_id: int, number: int) -> HttpResponse:
    """Its writer says it otherwise."""
    by = person(request)
    case = permissions.case_for_user(by, case_id, "work", whole=True)
    address, eyes = reverse("case-comment-edit", args=[case.pk, number]), _eyes(request, case)
    one = comment_of(eyes, origin_of(by), number)
    if one is None or not one.mine or one.words is None:
        raise Http404("There is no such comment of yours in this case.")
    if request.method != "POST":
        return _editing(request, eyes, one, address)
    seen, text = number_in(request.POST.get("seen", ""), COUNTED), request.POST.get("text", "")
    outcome = comment_edit(by=by, case=case, number=number, text=text, seen=seen, draft=address)
    if isinstance(outcome, Refused):
        wrong = outcome.errors.get("text") or outcome.message
        return _editing(request, eyes, one, address, sent=text, wrong=wrong)
    mails_wanted(request, outcome)
    return redirect(_place(case, outcome))


@writes
def withdraw(request: HttpRequest, case_id: int, number: int) -> HttpResponse:
    by = person(request)
    case = permissions.case_for_user(by, case_id, "work", whole=True)
    outcome = comment_withdraw(by=by, case=case, number=number)
    back = _place(case, outcome) if isinstance(outcome, Comment) else reverse("case-comments", args=[case.pk])

    def part(status: int) -> HttpResponse:
        return _shown(request, _panel(request, case, comments_address(case.pk)), status)

    return answered(request, outcome, "Your comment is withdrawn.", back, part)


@reads_and_writes
def told(request: HttpRequest) -> HttpResponse:
    """Comments, values revealed in their cases and deadlines of these that one is told of; sent to: they are seen."""
    user, now = person(request), clock.utc_now()
    if request.method == "POST":
        all_seen(user, now)
        reveals_seen(user, now)
        deadlines_seen(user, now)
        return redirect("comments-told")
    trail.list_read(request, "comments")
    seen = "" if wants_part(request) else waiting_states([user.pk])[user.pk]
    context = {
        "rows": told_of(user, now), "reveals": reveals_told(user, now), "deadlines": deadlines_told(user, now),
        "seen": seen,
    }  # fmt: skip
    return page_or_part(request, "comments/told.html", "comments/_told.html", context)


@reads
def people(request: HttpRequest, case_id: int) -> HttpResponse:
    """`?q=`: who may see the case and is called so, for a comment that names them."""
    case = permissions.case_for_user(person(request), case_id, "work")
    begins = request.GET.get("q", "").casefold()
    fitting = (one for one in seers(case) if _fits(one, begins) and one.id != person(request).pk)
    found = [{"name": one.username, "called": one.called} for one in islice(fitting, OFFERED)]
    return JsonResponse({"people": found})


def _fits(one: Seer, begins: str) -> bool:
    return any(word.casefold().startswith(begins) for word in (one.username, *one.called.split()))


def _about(by: User, case: Case, asked: QueryDict) -> tuple[About, str]:
    """What the form at this address is about, and the address as its draft is known by."""
    task, reply = number_in(asked.get("task", "")), number_in(asked.get("to", ""), COUNTED)
    if reply:
        if not Comment.objects.filter(case=case, number=reply).exists():
            raise Http404("There is no such comment in this case.")
        return About(reply=reply), comments_address(case.pk, reply=reply)
    if not task:
        return About(), comments_address(case.pk)
    found = permissions.task_for_user(by, task, "view")
    if found.instance_id != case.instance_id:
        raise Http404("There is no such task in this case.")
    return About(item=found.item), comments_address(case.pk, task=task)


def _eyes(request: HttpRequest, case: Case) -> Look:
    return look(user=person(request), case=case, now=clock.utc_now(), most=1)


def _panel(
    request: HttpRequest, case: Case, address: str, *, sent: str | None = None, once: str = "", wrong: str = "",
    anew: bool = False,
) -> Panel:  # fmt: skip
    """What stands there, and the form; `sent`: what was just sent and not taken; `anew`: for one of its own."""
    by, eyes, may = person(request), _eyes(request, case), permissions.rights(person(request), case)
    before = number_in(request.GET.get("before", ""), COUNTED)
    seen_in(by, case, clock.utc_now())
    found = comments_of(eyes, origin_of(by), before=before, former="audit" in may)
    form, depends = None, not_by_itself(case.case_type)
    if "work" in may and depends is None and request.GET.get("part") != THREAD:
        kept = keeping(by, address, ["text"] if sent is not None else [])
        text = sent if sent is not None else kept.texts.get("text", "")
        form = _beside(request, eyes, Writing(address, text, kept, once or uuid4().hex, wrong), anew)
    return Panel(
        case.pk,
        eyes.view.text(case.title),
        address,
        case.instance.head_sequence,
        found,
        form,
        may,
        depends.message if depends else "",
    )


def _beside(request: HttpRequest, eyes: Look, form: Writing, anew: bool) -> Writing:
    """The form with what it is about."""
    reply, task = number_in(request.GET.get("to", ""), COUNTED), number_in(request.GET.get("task", ""))
    if reply and not anew:
        return replace(form, to=comment_of(eyes, origin_of(person(request)), reply))
    if not task:
        return form
    name = HumanTask.objects.values_list("name", flat=True).get(pk=task)
    return replace(form, task=(task, eyes.view.text(name)))


def _shown(request: HttpRequest, panel: Panel, status: int = 200) -> HttpResponse:
    part = "comments/_thread.html" if request.GET.get("part") == THREAD else "comments/_panel.html"
    page = part if wants_part(request) else "comments/page.html"
    context = {"panel": panel, "may_ask": "work" in panel.may, "whole": not wants_part(request)}
    answer = render(request, page, context, status=status)
    answer["Vary"] = "HX-Request"
    return answer


def _answer(request: HttpRequest, case: Case, row: Comment) -> HttpResponse:
    """After it was taken: the panel as it is now, with an empty form; or the page, at the new one."""
    if not wants_part(request):
        return redirect(_place(case, row))
    case.instance.refresh_from_db()
    task = number_in(request.GET.get("task", ""))
    return _shown(request, _panel(request, case, comments_address(case.pk, task=task), anew=True))


def _place(case: Case, row: Comment) -> str:
    """Where a comment stands."""
    newer = Comment.objects.filter(case=case, thread=0, number__gt=row.top).count()
    older = f"?before={row.top + 1}" if newer >= PAGE else ""
    return f"{reverse('case-comments', args=[case.pk])}{older}#comment-{row.number}"


def _editing(
    request: HttpRequest, eyes: Look, one: Said, address: str, *, sent: str | None = None, wrong: str = ""
) -> HttpResponse:
    kept = keeping(person(request), address, ["text"] if sent is not None else [])
    there = one.words.text if one.words else ""
    text = sent if sent is not None else kept.texts.get("text", there)
    form = Writing(address, text, kept, wrong=wrong, editing=one)
    context = {"form": form, "case_id": eyes.case.pk, "title": eyes.view.text(eyes.case.title)}
    return render(request, "comments/edit.html", context, status=400 if wrong else 200)
