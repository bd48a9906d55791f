"""Where does an examiner see on one page what was approved, or the review of a customer?"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from casework.access import permissions
from casework.cases import services
from casework.cases.read.review import review
from casework.web.decorators import person, reads
from orchestration.ground import clock


@reads
def case_review(request: HttpRequest, case_id: int) -> HttpResponse:
    """To read or print. That somebody looked stands in the history, as with the page of the case."""
    user = person(request)
    case = permissions.case_for_user(user, case_id, "view")
    services.case_viewed(by=user, case=case)
    context = {"case": case, "review": review(user=user, case=case, now=clock.utc_now())}
    return render(request, "cases/review.html", context)
