"""Where does somebody begin to view the product as another does, and where do they end it?"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from casework.access import trail
from casework.access.step_up import asked_again
from casework.forms.answer_validation import tells, text_errors
from casework.viewing.rule import LASTS, PERSON, ROLE, SESSION, Viewing, may_view_as, stand_in, why_not
from casework.web.asked import number_in
from casework.web.decorators import person, reads_and_writes, writes
from orchestration.ground.clock import utc_now
from orchestration.ground.refusals import Refused


@reads_and_writes
def view_as(request: HttpRequest) -> HttpResponse:
    """Ask as whom and why, after a fresh sign-in, then begin."""
    user = person(request)
    if not may_view_as(user):
        raise PermissionDenied("Only who has the right views the product as others do.")
    if again := asked_again(request, request.path):
        return again
    if request.method != "POST":
        return _page(request)
    outcome = _begun(user, request.POST.get("as", ""), request.POST.get("reason", "").strip())
    if isinstance(outcome, Refused):
        return _page(request, outcome)
    request.session[SESSION] = outcome.stored()
    trail.view_begun(request, viewer=user, seen_as=outcome.name, reason=request.POST["reason"].strip())
    return redirect("inbox")


def _begun(user: User, whom: str, reason: str) -> Viewing | Refused:
    """`whom`: `person:` or `role:` and a number."""
    errors = {}
    if not tells(reason, 5, 200) or text_errors({"reason": reason}):
        errors["reason"] = "Say in 5 to 200 characters why."
    kind, _, named = whom.partition(":")
    number = number_in(named)
    if kind not in (PERSON, ROLE) or not number:
        return Refused("invalid", "Please correct what is marked.", errors | {"as": "Choose a role or a person."})
    with transaction.atomic():
        other = stand_in(kind, number)
        why = "There is nobody like that." if other is None else why_not(user, other)
        transaction.set_rollback(True)
    if other is None or why or errors:
        return Refused("invalid", "Please correct what is marked.", errors | ({"as": why} if why else {}))
    name = other.first_name if kind == ROLE else other.get_full_name() or other.get_username()
    return Viewing(kind, number, name, utc_now() + LASTS)


def _page(request: HttpRequest, refused: Refused | None = None) -> HttpResponse:
    people = User.objects.filter(is_active=True).exclude(pk=person(request).pk)
    context: dict[str, Any] = {
        "roles": [(f"{ROLE}:{one.pk}", one.name) for one in Group.objects.order_by("name")],
        "people": [
            (f"{PERSON}:{one.pk}", one.get_full_name() or one.get_username())
            for one in people.order_by("first_name", "last_name", "username")[:500]
        ],
        "refused": refused, "sent": request.POST, "now": request.session.get(SESSION),
    }  # fmt: skip
    return render(request, "viewing/begin.html", context, status=200 if refused is None else 400)


@writes
def view_as_end(request: HttpRequest) -> HttpResponse:
    """One click; where it is over already, nothing."""
    if held := request.session.pop(SESSION, None):
        trail.view_ended(request, viewer=person(request), seen_as=held["name"], why="they ended it")
    return redirect("inbox")
