"""Where does one see what is overdue to be looked at, and say who answers for rules?"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from casework.access import permissions
from casework.governance.reviews import looked_after, owner_set
from casework.web.asked import day_in
from casework.web.decorators import person, reads_and_writes
from orchestration.ground.clock import utc_now
from orchestration.ground.refusals import Refused


@reads_and_writes
def reviews(request: HttpRequest) -> HttpResponse:
    """For administrators and auditors; its form, for who changes rules, names the owner of a case type's."""
    user = person(request)
    if not (permissions.may_publish(user) or permissions.may_audit(user)):
        raise PermissionDenied("Owners and reviews are shown to administrators and auditors.")
    if request.method != "POST":
        return _page(request)
    if not permissions.may_publish(user):
        raise PermissionDenied("Owners of rules are named by who may change rules.")
    sent = request.POST
    outcome = owner_set(
        by=user, key=sent.get("key", ""), owner=sent.get("owner", ""), review_by=day_in(sent.get("review_by", "")),
        reason=sent.get("reason", ""),
    )  # fmt: skip
    if isinstance(outcome, Refused):
        return _page(request, outcome)
    messages.success(request, "Kept. It stands on the page Changes.")
    return redirect("reviews")


def _page(request: HttpRequest, refused: Refused | None = None) -> HttpResponse:
    rows = looked_after(utc_now().date())
    context: dict[str, Any] = {
        "rows": rows, "overdue": sum(row.state == "overdue" for row in rows), "refused": refused, "sent": request.POST,
        "types": [(row.key, row.name) for row in rows if row.key],
        "may_change": permissions.may_publish(person(request)), "may_audit": permissions.may_audit(person(request)),
    }  # fmt: skip
    return render(request, "governance/reviews.html", context, status=200 if refused is None else 400)
