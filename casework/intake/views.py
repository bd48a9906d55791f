"""How does a person bring a new case in?"""

from __future__ import annotations

from secrets import token_hex

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from casework.access import permissions
from casework.cases.references import CLASH
from casework.forms.answer_validation import nested
from casework.forms.rendering import Asked, intake_form
from casework.intake.services import case_open
from casework.web.decorators import person, reads_and_writes, refusal
from orchestration.casetypes.case_type import CaseType, by_definition, current
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.models import Definition


@reads_and_writes
def case_new(request: HttpRequest, key: str) -> HttpResponse:
    case_type = _type_for(request, key)
    if request.method != "POST":
        form = intake_form(case_type, proposed=f"F-{clock.utc_now():%y%m%d}-{token_hex(4)}")
        return render(request, "cases/new.html", {"form": form, "type": case_type})
    form = intake_form(case_type, request.POST)
    answers = form.answers()
    reference = answers.pop("reference", "") or answers.get("proposed", "")
    answers.pop("proposed", None)
    outcome = case_open(
        by=person(request), case_type=key, reference=reference, source="form", data=nested(answers.items())
    )
    if isinstance(outcome, Refused):
        return _again(request, form, case_type, outcome)
    if outcome.created:
        messages.success(request, "The case is open. Casewright has begun to work on it.")
    elif not permissions.may(person(request), "view", outcome.case):
        return refusal(request, Refused("exists", "This reference was brought in before."), reverse("cases"))
    else:
        messages.info(request, "This reference was brought in before: here is its case.")
    seen = permissions.may(person(request), "view", outcome.case)
    return redirect("case", outcome.case.pk) if seen else redirect("cases")


def _type_for(request: HttpRequest, key: str) -> CaseType:
    try:
        case_type = by_definition(current(key).pk)
    except Definition.DoesNotExist:
        raise Http404("There is no such kind of case.") from None
    if not permissions.may_open(person(request), case_type):
        raise PermissionDenied(f"You may not open cases of the kind “{case_type.name}”.")
    return case_type


def _again(request: HttpRequest, form: Asked, case_type: CaseType, refused: Refused) -> HttpResponse:
    if not refused.errors:
        return refusal(request, refused, request.path)
    context = {"form": form.with_errors(refused.errors), "type": case_type, "refused": refused}
    return render(request, "cases/new.html", context, status=409 if refused.code == CLASH.code else 400)
