"""Where does somebody make a copy of all that is held of a person?"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from casework.access import permissions
from casework.erasure import read
from casework.erasure.copying import person_copy
from casework.erasure.finding import Traces, marks_of
from casework.erasure.orders import person_search
from casework.models import Case
from casework.web.asked import numbers_in
from casework.web.decorators import person, reads_and_writes, refusal
from casework.web.taking_away import takes_away
from orchestration.ground import clock
from orchestration.ground.refusals import Refused


@reads_and_writes
def keeping_copy(request: HttpRequest) -> HttpResponseBase:
    """Find a person everywhere, say which cases are their own, then take the copy away."""
    by = person(request)
    if not (permissions.may_erase(by) or permissions.may_audit(by)):
        raise PermissionDenied("A copy of a person's data is made by those who may have it erased, and by auditors.")
    form, reason = request.POST, request.POST.get("reason", "")
    context: dict[str, Any] = {"given": form, "reason": reason, "wrong": {}}
    if request.method != "POST":
        return render(request, "erasure/copy_person.html", context)
    marks = marks_of(form.get("marks", ""))
    if isinstance(marks, Refused):
        return _wrong(request, context, marks)
    if form.get("do") == "copy":
        takes_away(request)
        own = set(numbers_in(form.getlist("case")))
        made = person_copy(
            by=by, marks=marks, own=own, reason=reason, now=clock.utc_now(), files=form.get("files") == "yes"
        )
        if not isinstance(made, Refused):
            return FileResponse(made.file, as_attachment=True, filename=made.name, content_type="application/zip")
        return _wrong(request, context, made) if made.errors else refusal(request, made, request.path)
    found = person_search(by=by, marks=marks, why=reason)
    if isinstance(found, Refused):
        return _wrong(request, context, found)
    return render(request, "erasure/copy_person.html", context | _shown(request, found))


def _wrong(request: HttpRequest, context: dict[str, Any], refused: Refused) -> HttpResponse:
    return render(request, "erasure/copy_person.html", context | {"wrong": refused.errors}, status=400)


def _shown(request: HttpRequest, found: Traces) -> dict[str, Any]:
    """`opens`: the cases (by number of their chain) that this person may view; of the others nothing is in the copy."""
    mine = Case.objects.filter(permissions.cases_with_right(person(request), "view"), instance__in=list(found.cases))
    return {
        "searched": True, "found": found, "cases": read.found_cases(found),
        "opens": set(mine.values_list("instance_id", flat=True)),
    }  # fmt: skip
