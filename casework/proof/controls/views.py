"""Where does an auditor see of each control when it was last proven to hold, and have it proven now?"""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from casework.access import permissions
from casework.access.permissions import origin_of
from casework.proof.controls.rounds import board, fire_all
from casework.web.decorators import answered, person, reads_and_writes
from orchestration.ground.refusals import Refused


@reads_and_writes
def liveness(request: HttpRequest) -> HttpResponse:
    """The board; sent to: all are fired now."""
    if not permissions.may_audit(person(request)):
        raise PermissionDenied("Whether controls hold is shown to auditors.")
    if request.method != "POST":
        return render(request, "proof/controls.html", {"board": board(), "second_person": settings.SECOND_PERSON})
    found = fire_all(origin_of(person(request)))
    said = "All controls held."
    if not isinstance(found, Refused) and found.dead:
        said = f"{len(found.dead)} of {len(found.rows)} did not hold: they stand first."
    return answered(request, found, said, reverse("liveness"))
