"""Where does a closed case become golden, which are there, and what is the passport of a version?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from casework.access import permissions
from casework.actors.passport import passport
from casework.actors.views import WRONG_REASON, is_no_reason, may_change, may_read
from casework.governance.read import called
from casework.models import Case
from casework.web.asked import number_in
from casework.web.decorators import answered, person, reads_and_writes, refusal, writes
from orchestration.ground.refusals import Refused
from orchestration.jobs.golden import golden_drop, golden_make, golden_run
from orchestration.models import ActorVersion, GoldenCase

MOST: Final = 500
NO_REASON = Refused("reason", WRONG_REASON)


@dataclass(frozen=True, slots=True)
class Listed:
    """`by`: who made it golden, as people call them. `case`: its page, 0 where the reader may not see it.
    `capabilities`: what answers are expected for."""

    row: GoldenCase
    by: str
    kind: str
    case: int
    capabilities: tuple[str, ...]


@writes
def case_golden(request: HttpRequest, case_id: int) -> HttpResponse:
    """Have every new version of a machine tried on a closed case before it is used."""
    case = permissions.case_for_user(person(request), case_id, "assign")
    by, note = permissions.origin_of(person(request)), request.POST.get("note", "").replace("\0", "")
    outcome = golden_make(instance=case.instance_id, by=by, note=note)
    return answered(
        request, outcome, "It is a golden case now: new versions are tried on it.",
        reverse("case-decisions", args=[case.pk]),
    )  # fmt: skip


@reads_and_writes
def golden_cases(request: HttpRequest) -> HttpResponse:
    """All of them; administrators take one out, and say why."""
    may_read(request)
    if request.method == "POST":
        may_change(request)
        return _dropped(request)
    found = GoldenCase.objects.select_related("instance__definition").prefetch_related("answers")
    rows = found.order_by("-added")[:MOST]
    theirs = Case.objects.filter(permissions.cases_with_right(person(request), "view"), instance__golden__isnull=False)
    cases = dict(theirs.values_list("instance", "pk"))
    names = called({row.by for row in rows})
    listed = [
        Listed(row, names[row.by], row.instance.definition.key, cases.get(row.instance_id, 0),
               tuple(sorted({answer.capability for answer in row.answers.all()})))
        for row in rows
    ]  # fmt: skip
    context = {"listed": listed, "may_change": permissions.may_publish(person(request))}
    return render(request, "actors/golden.html", context)


def _dropped(request: HttpRequest) -> HttpResponse:
    number, reason = request.POST.get("golden", ""), request.POST.get("reason", "").strip()
    row = get_object_or_404(GoldenCase, pk=number_in(number))
    if is_no_reason(reason):
        return refusal(request, NO_REASON, reverse("golden-cases"))
    golden_drop(golden=row, by=permissions.origin_of(person(request)), reason=reason)
    messages.success(request, "It is no golden case any more.")
    return redirect("golden-cases")


@reads_and_writes
def passport_page(request: HttpRequest, key: str, version_id: int) -> HttpResponse:
    """The passport; the form has the version tried on all golden cases anew."""
    may_read(request)
    rows = ActorVersion.objects.select_related("actor").defer("artefact")
    row = get_object_or_404(rows, actor__key=key, pk=version_id)
    if request.method == "POST":
        may_change(request)
        golden_run(row)
        messages.success(request, "It is tried on the golden cases; what it gives shows here.")
        return redirect("version-passport", key, version_id)
    context = {
        "passport": passport(row, person(request)), "row": row, "actor": row.actor,
        "may_change": permissions.may_publish(person(request)),
    }  # fmt: skip
    return render(request, "actors/passport.html", context)
