"""Where does somebody let another act for them, and find what they may finish for others?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from casework.tasks import delegating
from casework.web.asked import day_begins
from casework.web.decorators import answered, person, reads_and_writes, writes
from orchestration.ground import clock
from orchestration.ground.refusals import Refused


@reads_and_writes
def delegations(request: HttpRequest) -> HttpResponse:
    """Whom one acts for and who acts for oneself; its form begins another delegation."""
    if request.method != "POST":
        return _page(request)
    sent, now = request.POST, clock.utc_now()
    begins, last = day_begins(sent.get("begins", "")) or now, day_begins(sent.get("last", ""))
    outcome = delegating.delegation_begin(
        by=person(request), to=sent.get("to", ""), case_types=sent.getlist("case_types"), begins=begins,
        until=now if last is None else last + timedelta(days=1), reason=sent.get("reason", ""),
    )  # fmt: skip
    if isinstance(outcome, Refused):
        return _page(request, outcome)
    messages.success(request, f"{outcome.to.get_full_name() or outcome.to.get_username()} may act for you then.")
    return redirect("delegations")


@writes
def delegation_end(request: HttpRequest, number: int) -> HttpResponse:
    outcome = delegating.delegation_stop(by=person(request), number=number)
    return answered(request, outcome, "It is over: nobody acts by it any more.", "/delegations/")


def _page(request: HttpRequest, refused: Refused | None = None) -> HttpResponse:
    by, now = person(request), clock.utc_now()
    given, held = delegating.given_by_and_to(by, now)
    context: dict[str, Any] = {
        "given": given, "held": held, "work": delegating.held_for(by, now), "refused": refused,
        "colleagues": delegating.colleagues(by), "types": sorted(delegating.types_by_key().items()),
        "sent": request.POST, "chosen": request.POST.getlist("case_types"),
    }  # fmt: skip
    return render(request, "tasks/delegations.html", context, status=200 if refused is None else 400)
