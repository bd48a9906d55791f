"""Where does one see that every handoff of a case was guarded?"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from casework.access import permissions
from casework.cases import services
from casework.cases.read.case_view import look
from casework.cases.read.handoffs import SIX, handoffs
from casework.web.asked import COUNTED, number_in
from casework.web.decorators import person, reads
from orchestration.ground import clock


@reads
def inspector(request: HttpRequest, case_id: int) -> HttpResponse:
    """For whoever may see the case, masked like the rest of it."""
    case = permissions.case_for_user(person(request), case_id, "view")
    services.case_viewed(by=person(request), case=case)
    end = number_in(request.GET.get("before", ""), COUNTED) or None
    seen = look(user=person(request), case=case, now=clock.utc_now(), most=1)
    found, more = handoffs(seen, before=end)
    context = {"case": case, "title": seen.view.text(case.title), "handoffs": found, "older": more, "six": SIX}
    return render(request, "cases/handoffs.html", context)
