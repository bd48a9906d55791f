"""How does a person bring a new case in?"""

from __future__ import annotations

from dataclasses import replace
from secrets import token_hex
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from casework.access import permissions
from casework.cases.references import CLASH
from casework.documents.services import File, file_of
from casework.forms.answer_validation import nested
from casework.forms.intake_form import intake_form
from casework.forms.rendering import Asked
from casework.intake.samples import OFF, Brought, may_start, samples_offered, samples_open
from casework.intake.services import case_open
from casework.web.decorators import person, reads_and_writes, refusal
from orchestration.casetypes.case_type import CaseType, by_definition, current
from orchestration.casetypes.files import DOCUMENT
from orchestration.documents.kinds import LARGEST, MB, TAKEN
from orchestration.ground import clock
from orchestration.ground.counts import counted
from orchestration.ground.refusals import Refused
from orchestration.models import Definition

MOST_TOLD: Final = 10
"""Rows of samples that cannot be cases, of which a page speaks at once."""


@reads_and_writes
def case_new(request: HttpRequest, key: str) -> HttpResponse:
    case_type = _type_for(request, key)
    if request.method != "POST":
        form = intake_form(case_type, proposed=f"F-{clock.utc_now():%y%m%d}-{token_hex(4)}")
        return render(request, "cases/new.html", _context(form, case_type))
    form = intake_form(case_type, request.POST)
    answers = form.answers()
    reference = answers.pop("reference", "") or answers.get("proposed", "")
    answers.pop("proposed", None)
    file = _file(request, case_type)
    outcome = file if isinstance(file, Refused) else case_open(
        by=person(request), case_type=key, reference=reference, source="form", data=nested(answers.items()), file=file
    )  # fmt: skip
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


def _file(request: HttpRequest, case_type: CaseType) -> File | Refused | None:
    """The document with which the case is to begin, where its type wants one."""
    if not _takes_document(case_type):
        return None
    given = request.FILES.get("file")
    if given is None:
        return Refused("invalid", "Choose the file with which the case begins.", {"": "Choose the file."})
    found = file_of(given.name or "", given.read())
    return found if isinstance(found, File) else replace(found, errors={"": found.message})


@reads_and_writes
def samples(request: HttpRequest) -> HttpResponse:
    """Start a case type with its samples, by one click."""
    if request.method != "POST":
        context = {"samples": samples_offered(person(request)), "off": OFF, "offered": settings.SAMPLES_OFFERED}
        return render(request, "cases/samples.html", context)
    case_type = _type(request.POST.get("case_type", "")[:64])
    if not may_start(person(request), case_type):
        raise PermissionDenied(f"You may not open cases of the kind “{case_type.name}”.")
    outcome = samples_open(by=person(request), case_type=case_type)
    if isinstance(outcome, Refused):
        return refusal(request, outcome, reverse("case-samples"))
    _tell(request, outcome, case_type)
    sees = permissions.may_open(person(request), case_type) and not (outcome.more or outcome.bad)
    return redirect(f"{reverse('cases')}?{urlencode({'kind': case_type.key})}" if sees else "case-samples")


def _tell(request: HttpRequest, outcome: Brought, case_type: CaseType) -> None:
    messages.success(request, _brought(outcome, case_type))
    if outcome.more:
        messages.info(request, "There are more samples. Go on with the same button.")
    for sentence in outcome.bad[:MOST_TOLD]:
        messages.warning(request, sentence)


def _brought(outcome: Brought, case_type: CaseType) -> str:
    if outcome.there and not outcome.new:
        return f"Nothing is new: {counted(outcome.there, 'sample case')} of “{case_type.name}” came in before."
    there = f" {counted(outcome.there, 'was', 'were')} there already." if outcome.there else ""
    are = "is" if outcome.new == 1 else "are"
    return f"{counted(outcome.new, 'sample case')} of “{case_type.name}” {are} open.{there}"


def _type_for(request: HttpRequest, key: str) -> CaseType:
    case_type = _type(key)
    if not permissions.may_open(person(request), case_type):
        raise PermissionDenied(f"You may not open cases of the kind “{case_type.name}”.")
    return case_type


def _type(key: str) -> CaseType:
    try:
        return by_definition(current(key).pk)
    except Definition.DoesNotExist:
        raise Http404("There is no such kind of case.") from None


def _takes_document(case_type: CaseType) -> bool:
    """Whether its cases begin with a document."""
    return DOCUMENT in case_type.intake.columns.values()


def _context(form: Asked, case_type: CaseType) -> dict[str, Any]:
    takes = _takes_document(case_type)
    return {"form": form, "type": case_type, "takes_document": takes, "taken": TAKEN, "largest": LARGEST // MB}


def _again(request: HttpRequest, form: Asked, case_type: CaseType, refused: Refused) -> HttpResponse:
    if not refused.errors:
        return refusal(request, refused, request.path)
    context = _context(form.with_errors(refused.errors), case_type) | {"refused": refused}
    return render(request, "cases/new.html", context, status=409 if refused.code == CLASH.code else 400)
