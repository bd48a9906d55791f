"""How does a person do a task?"""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html

from casework.access import permissions
from casework.access.permissions import is_offered
from casework.cases.services import case_viewed
from casework.drafts.services import keeping, task_address
from casework.explaining.models import contest_of
from casework.forms.rendering import answers_form, in_words, typed_answers
from casework.forms.schema_form import text_of
from casework.knowledge.lost_source import Reviewed, review_of
from casework.tasks import services
from casework.tasks.first_answers import ASKED_AGAIN
from casework.tasks.holder import given_to_you, how_held
from casework.tasks.judging import Judging, asks_more, judging
from casework.tasks.place import Place
from casework.tasks.preview import preview
from casework.tasks.signing import NOT_SEEN
from casework.tasks.task_page import TaskPage, form_of, task_page
from casework.tasks.views.following import following
from casework.web import errors
from casework.web.decorators import person, reads, writes
from casework.web.made_for import typed_by_reader
from orchestration.casetypes.case_type import Form
from orchestration.casetypes.form_answers import at_path
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.models import HumanTask


@reads
def task(request: HttpRequest, task_id: int) -> HttpResponse:
    found = permissions.task_for_user(person(request), task_id, "view")
    seen = found.instance.head_sequence + case_viewed(by=person(request), case=found.instance.case)
    page = task_page(user=person(request), task=found, now=clock.utc_now())
    kept = keeping(person(request), task_address(found))
    judged = judging(page.form, {**kept.texts, **request.GET.dict()})
    form = answers_form(_asked(page, judged), page.initial, page.view, written=kept.texts)
    had = in_words(page.form, kept.texts)
    context = {"page": page, "form": form, "seen": seen, "keeping": kept, "had": had, "standing": _standing(found)}
    context |= {"judging": judged, "contest": contest_of(found)}
    context["lost_source"] = _lost_source(person(request), found)
    context |= _way(request)
    return render(request, "tasks/page.html", context)


def _lost_source(reader: User, task: HumanTask) -> Reviewed | None:
    """What was answered in another case, of which it is kept that they saw it."""
    review = review_of(reader, task, clock.utc_now())
    if review is not None and review.case is not None:
        case_viewed(by=reader, case=review.case)
    return review


@reads
def task_now(request: HttpRequest, task_id: int) -> HttpResponse:
    """What an open page of a task says when something has happened in its case. `?shown=`: how it stood on the page."""
    found = permissions.task_for_user(person(request), task_id, "view")
    told = "" if request.GET.get("shown", "") == _standing(found) else _told_now(found, person(request))
    return render(request, "tasks/_now.html", {"told": told, "case": found.instance.case.pk})


@reads
def task_preview(request: HttpRequest, task_id: int) -> HttpResponse:
    """What stands beside a list of the row that has the focus; that somebody saw it is kept as of its page."""
    found = permissions.task_for_user(person(request), task_id, "view")
    case_viewed(by=person(request), case=found.instance.case)
    page = preview(user=person(request), task=found, now=clock.utc_now())
    return render(request, "tasks/_preview.html", {"page": page} | _way(request))


def _standing(task: HumanTask) -> str:
    return f"{task.state}.{task.assignee_id or 0}"


def _told_now(task: HumanTask, reader: User) -> str:
    """Who has it now, or how it ended; oneself in another window is said so."""
    mine, name = task.assignee_id == reader.pk, _name_of(task)
    match task.state:
        case HumanTask.State.COMPLETED if mine:
            return "You have finished this task in another window."
        case HumanTask.State.COMPLETED if name:
            return f"{name} has finished this task."
        case HumanTask.State.OPEN if mine:
            return given_to_you(task) or "This task is yours now: you have taken it in another window."
        case HumanTask.State.OPEN if name:
            return how_held(task)
        case HumanTask.State.OPEN:
            return "Nobody has this task now: it is back with its group."
        case _:
            return f"This task is {task.state} now."


def _name_of(task: HumanTask) -> str:
    return "" if task.assignee is None else task.assignee.get_full_name() or task.assignee.get_username()


@writes
def complete(request: HttpRequest, task_id: int) -> HttpResponse:
    try:
        found = permissions.task_for_user(person(request), task_id, "complete")
    except permissions.Denied as refused:
        return _denied(request, task_id, refused)
    answers = typed_answers(form_of(found), request.POST)
    outcome = services.task_complete(
        by=person(request), task=found, answers=answers, seen_as=request.POST.get("seen", ""),
        opened=request.POST.get("opened", ""),
    )  # fmt: skip
    if isinstance(outcome, Refused) and outcome.code == ASKED_AGAIN:
        messages.info(request, outcome.message)
        return redirect(reverse("task", args=[found.pk]) + _way(request)["carry"])
    if isinstance(outcome, Refused):
        return _refused(request, found, outcome)
    return _went_on(request, found)


def _asked(page: TaskPage, judged: Judging | None) -> Form:
    return page.form if judged is None else judged.form


def _way(request: HttpRequest) -> dict[str, str]:
    """Back to the list that the page was opened from, and what its forms carry on of it."""
    place = Place.carried(request)
    return {"carry": place.carry if place else "", "inbox_address": place.address if place else reverse("inbox")}


def _went_on(request: HttpRequest, done: HumanTask) -> HttpResponse:
    """Where somebody is who has finished a task: at the next of the list that they came from, or with the case.

    The button that they pressed (`then`) may say otherwise: `next` or `stay`.
    """
    place, then = Place.carried(request), request.POST.get("then", "")
    case = reverse("case", args=[done.instance.case.pk])
    if then == "stay" or (place is None and then != "next"):
        messages.success(request, f"“{done.name}” is done.")
        return redirect(case)
    place = place or Place.of(QueryDict())
    found = following(person(request), place)
    if found is None:
        said = "“{}” is done, and nothing is left to do in the list. <a href='{}'>Back to the inbox</a>"
        messages.success(request, format_html(said, done.name, place.address))
        return redirect(case)
    said = "Finished “{}”; this is the next one. <a href='{}'>Stay with the case that you finished it in</a>"
    messages.success(request, format_html(said, done.name, case))
    return redirect(reverse("task", args=[found]) + place.carry)


def _denied(request: HttpRequest, task_id: int, refused: permissions.Denied) -> HttpResponse:
    """It is not theirs: somebody took it while they wrote, say. What they wrote goes back to them alone."""
    found = HumanTask.objects.select_related("instance", "assignee").get(pk=task_id)
    typed = in_words(form_of(found), request.POST) if typed_by_reader(request) else []
    return errors.denied(request, refused, typed, _held(found, person(request)))


def _held(task: HumanTask, reader: User) -> str:
    """Who has it, where that alone keeps the reader from finishing it."""
    theirs_to_do = permissions.may(reader, "work", task.instance.case) and is_offered(reader, task)
    return _told_now(task, reader) if theirs_to_do and task.state == HumanTask.State.OPEN else ""


def _refused(request: HttpRequest, task: HumanTask, refused: Refused) -> HttpResponse:
    """The page again with what was typed and what is wrong with it; or that it is too late."""
    is_open = task.state == HumanTask.State.OPEN  # what is wrong in an answer that comes too late helps nobody
    again = is_open and refused.code == NOT_SEEN
    if not again and (not refused.errors or not is_open):
        return _too_late(request, task, refused)
    page = task_page(user=person(request), task=task, now=clock.utc_now())
    judged = judging(page.form, request.POST.dict())
    form = answers_form(_asked(page, judged), page.initial, page.view, request.POST)
    is_first = asks_more(judged, request.POST, refused.errors)
    if is_first:
        form.errors.clear()
    else:
        form.with_errors(refused.errors)
    kept = keeping(person(request), task_address(task), form.fields)
    context = {"page": page, "form": form, "keeping": kept, "judging": judged} | _way(request)
    context |= {} if is_first else {"refused": refused, "again": again}
    # 400 also where it only asks further: nothing was done
    return render(request, "tasks/page.html", context, status=409 if again else 400)


def _too_late(request: HttpRequest, task: HumanTask, refused: Refused) -> HttpResponse:
    """Say why it cannot be done now, and keep what was typed on the page so that it can be copied."""
    fresh = HumanTask.objects.select_related("assignee").get(pk=task.pk)
    back = reverse("case", args=[task.instance.case.pk])
    page = task_page(user=person(request), task=task, now=clock.utc_now())
    heading, why = _why(fresh, person(request), page.name, refused)
    typed, stands = in_words(page.form, request.POST), []
    if fresh.state == HumanTask.State.COMPLETED:
        stands = in_words(page.form, _stands(page))
    context = {"heading": heading, "why": why, "typed": typed, "stands": stands, "back": back}
    return render(request, "tasks/over.html", context, status=409)


def _stands(page: TaskPage) -> dict[str, str]:
    """What stands in the case in the places that the form writes to, as this reader may see it."""
    found = {each.path: at_path(page.view.data, each.path) for each in page.form.fields}
    return {path: page.view.text(text_of(value)) for path, value in found.items()}


def _why(task: HumanTask, by: User, name: str, refused: Refused) -> tuple[str, str]:
    """In a heading and in a sentence: one's own other window, somebody else, the case itself, or its suspension."""
    already = f"“{name}” is {task.state} already, so what you wrote here was not taken."
    match task.state:
        case HumanTask.State.SUSPENDED:
            return "The case is suspended", refused.message
        case HumanTask.State.OPEN:
            return "This was not done", refused.message
        case HumanTask.State.COMPLETED if task.assignee_id == by.pk:
            return "You finished this in another window", already
        case HumanTask.State.COMPLETED if task.assignee is not None:
            return f"{_name_of(task)} was faster", already
        case _:
            return "This task is over", already
