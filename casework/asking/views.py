"""Where does a person ask about a case?"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from casework.access import permissions
from casework.asking.read import questions_of
from casework.asking.services import LONGEST, case_ask, those_who_answer
from casework.cases.read.case_view import look
from casework.cases.services import case_viewed
from casework.models import Case
from casework.web.decorators import page_or_part, person, reads_and_writes
from orchestration.ground import clock
from orchestration.ground.refusals import Refused


@reads_and_writes
def case_asking(request: HttpRequest, case_id: int) -> HttpResponse:
    """The person's own questions about the case with their answers; the form asks another."""
    case = permissions.case_for_user(person(request), case_id, "work")
    if request.method == "POST":
        text = request.POST.get("question", "")
        outcome = case_ask(by=person(request), case=case, text=text)
        if isinstance(outcome, Refused):
            return _page(request, case, refused=outcome, text=text)
        messages.success(request, "Asked. The answer comes here.")
        return redirect("case-ask", case_id)
    case_viewed(by=person(request), case=case)
    return _page(request, case)


def _page(request: HttpRequest, case: Case, refused: Refused | None = None, text: str = "") -> HttpResponse:
    user = person(request)
    seen = look(user=user, case=case, now=clock.utc_now(), most=1)
    context: dict[str, Any] = {
        "case": case, "title": seen.view.text(case.title), "answered": questions_of(user, seen), "refused": refused,
        "text": text, "longest": LONGEST, "able": those_who_answer(), "seen": case.instance.head_sequence,
        "may_set_up": permissions.may_publish(user),
    }  # fmt: skip
    if refused is not None:
        return render(request, "asking/page.html", context, status=409)
    return page_or_part(request, "asking/page.html", "asking/_answers.html", context)
