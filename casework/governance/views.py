"""Where do administrators and auditors see what was changed by whom, and auditors who came in?"""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from casework.access import permissions
from casework.governance.read import PAGE, accesses, changes
from casework.web.decorators import person, reads


@reads
def controls(request: HttpRequest) -> HttpResponse:
    """Changes of rules, models, actors, people and groups."""
    user = person(request)
    if not (permissions.may_publish(user) or permissions.may_audit(user)):
        raise PermissionDenied("Changes of rules and rights are shown to administrators and auditors.")
    before = request.GET.get("before", "")
    found = changes(int(before) or None if before.isdecimal() and len(before) < 10 else None)
    older = str(found[-1].sequence) if len(found) == PAGE and found[-1].sequence > 1 else ""
    context = {"lines": found, "older": older, "access": False, "may_audit": permissions.may_audit(user)}
    return render(request, "governance/controls.html", context)


@reads
def access(request: HttpRequest) -> HttpResponse:
    """Who came in and who did not, what was denied, who read lists."""
    user = person(request)
    if not permissions.may_audit(user):
        raise PermissionDenied("Who came in is shown to auditors.")
    found = accesses(_moment(request.GET.get("before", "")))
    older = found[-1].at.isoformat() if len(found) == PAGE else ""
    context = {"lines": found, "older": older, "access": True, "may_audit": True}
    return render(request, "governance/controls.html", context)


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
