"""What failed and waits for me, and how do I have it tried again, one or many at once?"""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from casework.access import permissions
from casework.cases.read.attention import MOST, troubles
from casework.cases.services import incident_resolve
from casework.web.decorators import person, reads_and_writes
from orchestration.ground import clock
from orchestration.ground.refusals import Refused


@reads_and_writes
def attention(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        _try_again(request, request.POST.getlist("trouble")[:MOST])
        return redirect("attention")
    found = troubles(person(request), clock.utc_now())
    return render(request, "cases/attention.html", {"troubles": found, "most": MOST})


def _try_again(request: HttpRequest, keys: list[str]) -> None:
    """Each by itself: what cannot be tried again does not keep the others from it, and is named."""
    tried = 0
    for key in keys:
        case, _, number = key.partition("-")
        if not (case.isdecimal() and number.isdecimal() and len(key) < 30):
            continue
        try:
            found = permissions.case_for_user(person(request), int(case), "work")
        except (Http404, PermissionDenied):
            messages.error(request, "One of them is not yours to work any more.")
            continue
        outcome = incident_resolve(by=person(request), case=found, incident=int(number), how="retry")
        if isinstance(outcome, Refused):
            messages.error(request, f"{found.reference}: {outcome.message}")
        else:
            tried += 1
    if tried:
        messages.success(request, f"{tried} tried again. What fails anew comes back here.")
    elif not keys:
        messages.error(request, "Nothing was chosen, so nothing was tried again.")
