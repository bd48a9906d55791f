"""How does somebody say that they are out of office?"""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from casework.tasks.absence import Away, absence_begin, absence_end, absence_of
from casework.web.asked import day_begins
from casework.web.decorators import person, reads_and_writes
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.models import HumanTask

NO_DAY: Final = Refused("invalid", "Say on which day you are back.", {"until": "A day, as 2026-11-30."})


@reads_and_writes
def away(request: HttpRequest) -> HttpResponse:
    """`back`: one is there again; else `until`, the first day back, with what becomes of one's tasks."""
    if request.method != "POST":
        return _page(request)
    if "back" in request.POST:
        absence_end(by=person(request))
        messages.success(request, "You are back: you can be given tasks again.")
        return redirect("away")
    until = day_begins(request.POST.get("until", ""))
    now = clock.utc_now()
    outcome: Away | Refused = NO_DAY
    if until is not None:
        note, give_back = request.POST.get("note", ""), "give_back" in request.POST
        outcome = absence_begin(by=person(request), until=until, now=now, note=note, give_back=give_back)
    if isinstance(outcome, Refused):
        return _page(request, outcome)
    messages.success(request, f"You are away now. {_freed(outcome)}")
    return redirect("away")


def _freed(outcome: Away) -> str:
    if not outcome.freed and not outcome.kept:
        return "What is yours stays yours."
    freed = f"Of your tasks, {outcome.freed} went back to their groups"
    return f"{freed}; {outcome.kept} could not be given back." if outcome.kept else f"{freed}."


def _page(request: HttpRequest, wrong: Refused | None = None) -> HttpResponse:
    by = person(request)
    held = HumanTask.objects.filter(assignee=by, state=HumanTask.State.OPEN).count()
    context = {"absence": absence_of(by, clock.utc_now()), "wrong": wrong, "held": held, "given": request.POST}
    return render(request, "tasks/away.html", context, status=200 if wrong is None else 400)
