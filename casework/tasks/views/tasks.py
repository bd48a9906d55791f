"""How does a person do a task?"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from casework.access import permissions
from casework.cases import services
from casework.forms.rendering import answers_form
from casework.tasks.task_page import TaskPage, task_page
from casework.web.decorators import person, reads, refusal, writes
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.models import HumanTask


@reads
def task(request: HttpRequest, task_id: int) -> HttpResponse:
    found = permissions.task_for_user(person(request), task_id, "view")
    services.case_viewed(by=person(request), case=found.instance.case)
    found = permissions.task_for_user(person(request), task_id, "view")
    page = task_page(user=person(request), task=found, now=clock.utc_now())
    return render(request, "tasks/page.html", {"page": page, "form": answers_form(page.form, page.initial, page.view)})


@writes
def complete(request: HttpRequest, task_id: int) -> HttpResponse:
    found = permissions.task_for_user(person(request), task_id, "complete")
    page = task_page(user=person(request), task=found, now=clock.utc_now())
    form = answers_form(page.form, page.initial, page.view, request.POST)
    outcome = services.task_complete(by=person(request), task=found, answers=form.answers())
    is_open = found.state == HumanTask.State.OPEN  # what is wrong in an answer that comes too late helps nobody
    if isinstance(outcome, Refused) and outcome.errors and is_open:
        context = {"page": page, "form": form.with_errors(outcome.errors), "refused": outcome}
        return render(request, "tasks/page.html", context, status=400)
    if isinstance(outcome, Refused):
        return _too_late(request, found, page, outcome)
    messages.success(request, f"“{page.name}” is done.")
    return redirect("case", page.case)


def _too_late(request: HttpRequest, task: HumanTask, page: TaskPage, refused: Refused) -> HttpResponse:
    """Somebody else was faster: say so, and keep what was typed on the page so that it can be copied."""
    fresh = HumanTask.objects.select_related("assignee").get(pk=task.pk)
    if fresh.state == HumanTask.State.OPEN:
        return refusal(request, refused, reverse("case", args=[page.case]))
    who = fresh.assignee.get_full_name() if fresh.assignee else ""
    typed = [(name, value) for name, value in request.POST.items() if name != "csrfmiddlewaretoken" and value]
    back = reverse("case", args=[page.case])
    context = {"page": page, "state": fresh.state, "who": who, "typed": typed, "back": back}
    return render(request, "tasks/over.html", context, status=409)
