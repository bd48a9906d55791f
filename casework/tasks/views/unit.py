"""Where does somebody see to which business unit a case belongs, and hand it over to another?"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from casework.access.permissions import case_for_user, may
from casework.access.units import key_of, name_of, unit_tree
from casework.cases.dependent import not_by_itself
from casework.models import Case
from casework.tasks.handing_over import HandedOver, case_hand_over
from casework.web.decorators import answered, person, reads_and_writes
from orchestration.ground.refusals import Refused


@reads_and_writes
def case_unit(request: HttpRequest, case_id: int) -> HttpResponse:
    """Its unit, for whoever sees the case; the form is for who gives out its tasks."""
    by = person(request)
    if request.method != "POST":
        return _page(request, case_for_user(by, case_id, "view"))
    case = case_for_user(by, case_id, "assign")
    to, reason = request.POST.get("unit", ""), request.POST.get("reason", "")
    outcome = case_hand_over(by=by, case=case, to=to, reason=reason)
    if isinstance(outcome, Refused) and outcome.errors:
        return _page(request, case, outcome)
    still = not isinstance(outcome, Refused) and may(by, "view", Case.objects.get(pk=case.pk))
    back = f"/cases/{case.pk}/unit/" if still or isinstance(outcome, Refused) else "/cases/"
    return answered(request, outcome, _said(outcome), back)


def _said(outcome: HandedOver | Refused) -> str:
    if isinstance(outcome, Refused):
        return ""
    freed = f" {outcome.freed} of its tasks went back to their groups." if outcome.freed else ""
    return f"The case belongs to {outcome.unit} now.{freed}"


def _page(request: HttpRequest, case: Case, refused: Refused | None = None) -> HttpResponse:
    depends = not_by_itself(case.case_type)
    context = {
        "case": case, "depends": "" if depends is None else depends.message, "units": unit_tree(),
        "unit": name_of(case.unit), "key": key_of(case.unit), "refused": refused,
        "may_hand_over": may(person(request), "assign", case), "given": request.POST,
    }  # fmt: skip
    return render(request, "cases/unit.html", context, status=200 if refused is None else 400)
