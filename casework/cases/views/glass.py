"""Where does somebody break the glass, and where does a second person look at it?"""

from __future__ import annotations

from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from casework.access.step_up import asked_again
from casework.cases.breaking_glass import WHOLE, glass_break, glass_review, glasses, may_break, may_review
from casework.cases.reveal_reasons import KINDS
from casework.models import Case, Reveal
from casework.web.asked import number_in
from casework.web.decorators import answered, person, reads, reads_and_writes, refusal, writes
from orchestration.ground.refusals import Refused


@reads
def glass_list(request: HttpRequest) -> HttpResponse:
    """What one broke oneself, and what waits for one's review."""
    return _list(request)


def _list(request: HttpRequest, **more: object) -> HttpResponse:
    """`wrong`: why the review of the glass `judged` was not taken, with its `note`."""
    user = person(request)
    context = {"glasses": glasses(user), "may_break": may_break(user), **more}
    return render(request, "cases/glass.html", context, status=409 if more else 200)


@reads_and_writes
def glass_new(request: HttpRequest) -> HttpResponse:
    """Ask which case and why, after a fresh sign-in, then open it."""
    user = person(request)
    if not may_break(user):
        raise PermissionDenied("Only who has the right breaks the glass.")
    sent = request.POST if request.method == "POST" else request.GET
    given = {name: sent.get(name, "") for name in ("case", "kind", "reason")}
    if again := asked_again(request, f"{request.path}?{urlencode({'case': given['case']})}"):
        return again
    context = {"given": given, "kinds": KINDS.items()}
    if request.method != "POST":
        return render(request, "cases/glass_new.html", context)
    case = Case.objects.select_related("instance").filter(pk=number_in(given["case"].strip().lstrip("#"))).first()
    if case is None:
        refused = Refused("invalid", "Please correct what is marked.", {"case": "There is no case of this number."})
        return render(request, "cases/glass_new.html", context | {"refused": refused}, status=400)
    outcome = glass_break(by=user, case=case, kind=given["kind"], reason=given["reason"])
    if isinstance(outcome, Refused) and outcome.errors:
        return render(request, "cases/glass_new.html", context | {"refused": outcome}, status=400)
    if isinstance(outcome, Refused):
        return refusal(request, outcome, reverse("glass"))
    return redirect("case", case.pk)


@writes
def glass_judge(request: HttpRequest, glass_id: int) -> HttpResponse:
    """A second person says whether it was right (`justified`: yes or no), with a note."""
    user = person(request)
    row = get_object_or_404(Reveal.objects.select_related("case__instance", "person"), pk=glass_id, path=WHOLE)
    if not may_review(user, row):
        raise PermissionDenied("This is looked at by who gives out the tasks of its case, and by auditors.")
    justified, note = request.POST.get("justified") == "yes", request.POST.get("note", "")
    outcome = glass_review(by=user, reveal=row, justified=justified, note=note)
    if isinstance(outcome, Refused):
        return _list(request, wrong=outcome, judged=row.pk, note=note)
    return answered(request, outcome, "Kept in the history of the case.", reverse("glass"))
