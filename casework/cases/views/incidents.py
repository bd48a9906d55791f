"""How does a person decide about work that failed?"""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from casework.access import permissions
from casework.cases.incidents import BY_HAND, CHANGE, END, INPUT, MOVE, RETRY, SKIP, Wish, incident_resolve
from casework.cases.read.incident_page import incident_page
from casework.cases.views.actions import case_answered
from casework.forms.rendering import answers_form, typed_answers
from casework.models import Case
from casework.web.decorators import person, reads, writes
from orchestration.ground import clock
from orchestration.ground.refusals import Refused

SAID = {
    RETRY: "Tried again.", CHANGE: "Tried again with what you changed.", MOVE: "Handed to another actor.",
    BY_HAND: "It waits for a person now.", SKIP: "Went on without it.", END: "The case was ended.",
}  # fmt: skip


@reads
def trouble(request: HttpRequest, case_id: int, number: int) -> HttpResponse:
    """All that there is to know of one incident, and all that can be done."""
    case = permissions.case_for_user(person(request), case_id, "work")
    return _shown(request, case, number)


def _shown(request: HttpRequest, case: Case, number: int, refused: Refused | None = None) -> HttpResponse:
    page = incident_page(user=person(request), case=case, number=number, now=clock.utc_now())
    form = None
    if page.filled is not None:
        typed = request.POST if refused and request.POST.get("how") == CHANGE else None
        form = answers_form(page.filled.form, page.filled.shown, page.view, typed)
        if typed is not None and refused is not None:
            form = form.with_errors(refused.errors)
    context = {"page": page, "form": form, "refused": refused, "how": request.POST.get("how", "")}
    return render(request, "cases/incident.html", context, status=400 if refused else 200)


@writes
def incident(request: HttpRequest, case_id: int, number: int) -> HttpResponse:
    case = permissions.case_for_user(person(request), case_id, "work")
    how = request.POST.get("how", "")
    outcome = incident_resolve(by=person(request), case=case, incident=number, wish=_wish(request, case, number, how))
    if isinstance(outcome, Refused) and outcome.errors and how in (CHANGE, MOVE, END):
        return _shown(request, case, number, outcome)
    if how == BY_HAND and not isinstance(outcome, Refused):
        return _to_the_task(request, case)
    return case_answered(request, case, outcome, SAID.get(how, ""))


def _to_the_task(request: HttpRequest, case: Case) -> HttpResponse:
    messages.success(request, SAID[BY_HAND])
    return redirect("case", case.pk)


def _wish(request: HttpRequest, case: Case, number: int, how: str) -> Wish:
    if how == SKIP:
        return Wish(how, output=_by_hand(request.POST.dict()))
    if how == CHANGE:
        page = incident_page(user=person(request), case=case, number=number, now=clock.utc_now())
        answers = {} if page.filled is None else typed_answers(page.filled.form, request.POST)
        return Wish(how, input={path: one for path, one in answers.items() if path.startswith(INPUT)})
    return Wish(how, actor=request.POST.get("actor", ""), reason=request.POST.get("reason", ""))


def _by_hand(form: Mapping[str, str]) -> dict[str, str | float] | None:
    """A result that a person gives in place of a machine: figures as numbers; None when nothing was filled in."""
    given = {name.removeprefix("result."): value.strip() for name, value in form.items() if name.startswith("result.")}
    return {name: _figure(value) for name, value in given.items() if value} or None


def _figure(text: str) -> str | float:
    try:
        figure = float(text.replace(",", "."))
    except ValueError:
        return text
    return figure if isfinite(figure) else text
