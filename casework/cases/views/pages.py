"""Which cases are there, how does a new one come in, and what does one look like?"""

from __future__ import annotations

from secrets import token_hex
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from casework.access import permissions
from casework.cases import services
from casework.cases.narration import KINDS
from casework.cases.read.case_list import case_list
from casework.cases.read.case_page import case_page
from casework.forms.answer_validation import nested
from casework.forms.rendering import Asked, intake_form
from casework.models import Case
from casework.studio.rule_versions import newest_versions
from casework.web.decorators import page_or_part, person, reads, reads_and_writes, refusal
from orchestration.casetypes.case_type import CaseType, by_definition, current
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.models import Definition

WHICH = {"open": "Open", "closed": "Closed", "all": "All"}


@reads
def cases(request: HttpRequest) -> HttpResponse:
    reference, state = request.GET.get("q", "").strip()[:100], request.GET.get("state", "")[:64]
    kind = request.GET.get("kind", "")[:64]
    which = request.GET.get("which", "all" if reference else "open")
    page = case_list(
        user=person(request), now=clock.utc_now(), reference=reference, kind=kind, state=state, which=which,
        after=request.GET.get("after", ""),
    )  # fmt: skip
    given = {"q": reference, "kind": kind, "state": state, "which": which, "after": page.following}
    context: dict[str, Any] = {
        "page": page, "q": reference, "kind": kind, "state": state, "which": which, "choices": WHICH.items(),
        "all_types": newest_versions(),
        "next": "?" + urlencode({name: value for name, value in given.items() if value}),
        "types": _may_open(request),
    }  # fmt: skip
    return render(request, "cases/list.html", context)


def _may_open(request: HttpRequest) -> list[CaseType]:
    types = (by_definition(row.pk) for row in newest_versions())
    return [case_type for case_type in types if permissions.may_open(person(request), case_type)]


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
    outcome = services.case_open(
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
    return render(request, "cases/new.html", context, status=400)


@reads
def case(request: HttpRequest, case_id: int) -> HttpResponse:
    found = permissions.case_for_user(person(request), case_id, "view")
    services.case_viewed(by=person(request), case=found)
    return shown(request, found)


def shown(request: HttpRequest, found: Case, status: int = 200, **more: Any) -> HttpResponse:
    """The page of a case, or its live part, as it is at this moment."""
    fresh = permissions.case_for_user(person(request), found.pk, "view")
    kind = request.GET.get("show", "")
    page = case_page(user=person(request), case=fresh, now=clock.utc_now(), kind=kind)
    context = {"page": page, "kinds": KINDS.items(), "kind": kind, **more}
    return page_or_part(request, "cases/page.html", "cases/_live.html", context, status)
