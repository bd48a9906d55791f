"""Where do administrators and auditors see agents at work, and end a run?"""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from casework.access import permissions
from casework.actors.views import WRONG_REASON, is_no_reason, may_change, may_read
from casework.agents.tower import Flight, flight, flights, in_the_loop, wanted
from casework.agents.worth import worth_of
from casework.web.decorators import person, reads, refusal, writes
from orchestration.agents import approvals, reported
from orchestration.ground import clock
from orchestration.ground.refusals import Refused

ENDS: Final = "ends. What it wanted of people is let go."
HEARS: Final = "is shown as ended. The agent hears it when it reports next."


@reads
def agents(request: HttpRequest) -> HttpResponse:
    """All that are at work, and the last that ended."""
    may_read(request)
    under_way, over = flights(person(request))
    context = {
        "under_way": under_way, "over": over, "may_change": permissions.may_publish(person(request)),
        "warned": [row for row in worth_of(clock.utc_now()) if row.found.signs],
    }  # fmt: skip
    return render(request, "agents/tower.html", context)


@reads
def run(request: HttpRequest, run_id: int) -> HttpResponse:
    """One run: its plan, memory, budget, what governs it, and the people in its loop."""
    may_read(request)
    return _page(request, _found(request, run_id))


@writes
def stop(request: HttpRequest, run_id: int) -> HttpResponse:
    """End a run, and keep why."""
    may_change(request)
    found = _found(request, run_id)
    reason = request.POST.get("reason", "").strip()
    if is_no_reason(reason):
        return _page(request, found, reason=reason[:500], wrong=WRONG_REASON)
    by = permissions.origin_of(person(request))
    outcome = reported.end(found.row, reason, by) if found.outside else approvals.run_stop(run_id, reason, by)
    if isinstance(outcome, Refused):
        return refusal(request, outcome, reverse("agent-run", args=[run_id]))
    messages.success(request, f"The run of {found.name} {HEARS if found.outside else ENDS}")
    return redirect("agent-run", run_id)


def _found(request: HttpRequest, run_id: int) -> Flight:
    found = flight(person(request), run_id)
    if found is None:
        raise Http404("There is no such run.")
    return found


def _page(request: HttpRequest, found: Flight, **more: str) -> HttpResponse:
    context = {
        "one": found, "run": found.row, "wanted": wanted(found.row), "plan": found.plan(), "case": found.case,
        "loop": in_the_loop(found.row), "may_change": permissions.may_publish(person(request)), **more
    }  # fmt: skip
    return render(request, "agents/run.html", context, status=400 if "wrong" in more else 200)
