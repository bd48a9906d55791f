"""Where does one go through a case moment by moment?"""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from audit.reading import links_upto
from casework.access import permissions
from casework.cases import services
from casework.cases.read.case_view import look
from casework.governance.proof import public_key
from casework.models import Case
from casework.proof.capsule import case_export
from casework.proof.case_paper import case_printed
from casework.proof.difference import difference
from casework.proof.moments import Moment, moment
from casework.proof.why import why as why_decided
from casework.web.asked import COUNTED, number_in
from casework.web.decorators import page_or_part, person, reads, reads_and_writes, refusal
from casework.web.taking_away import takes_away
from orchestration.ground import clock
from orchestration.ground.refusals import Refused


@reads
def then(request: HttpRequest, case_id: int) -> HttpResponse:
    """The case after the event `at` (the newest unless said), and what is different since the event `since`."""
    case = permissions.case_for_user(person(request), case_id, "view")
    services.case_viewed(by=person(request), case=case)
    last = case.instance.head_sequence
    at = min(number_in(request.GET.get("at", ""), COUNTED) or last, last)
    since = min(number_in(request.GET.get("since", ""), COUNTED), last)
    shown, other = _moments(request, case, at, since if since != at else 0)
    context: dict[str, Any] = {
        "may_ask": permissions.may(person(request), "work", case),
        "case": case, "moment": shown, "at": at, "last": last, "since": since,
        "other": other, "difference": None, "gone_back": since > at,
        "before": at - 1, "after": at + 1 if at < last else 0,
    }  # fmt: skip
    if shown is not None and other is not None:
        context["difference"] = difference(*sorted((shown, other), key=_sequence))
    return page_or_part(request, "proof/then.html", "proof/_then.html", context)


def _moments(request: HttpRequest, case: Case, at: int, since: int) -> tuple[Moment | None, Moment | None]:
    """Both from the links that are read once."""
    rows, now = links_upto(case.instance_id, max(at, since)), clock.utc_now()
    shown = moment(user=person(request), case=case, now=now, rows=[row for row in rows if row[1] <= at])
    if not since:
        return shown, None
    return shown, moment(user=person(request), case=case, now=now, rows=[row for row in rows if row[1] <= since])


def _sequence(one: Moment) -> int:
    return one.sequence


@reads
def why(request: HttpRequest, case_id: int, sequence: int) -> HttpResponse:
    """One decision of rules, in full."""
    case = permissions.case_for_user(person(request), case_id, "view")
    services.case_viewed(by=person(request), case=case)
    found = why_decided(user=person(request), case=case, now=clock.utc_now(), sequence=sequence)
    may_read = permissions.may_publish(person(request)) or permissions.may_audit(person(request))
    return render(request, "proof/why.html", {"case": case, "why": found, "may_read_rules": may_read})


@reads_and_writes
def evidence(request: HttpRequest, case_id: int) -> HttpResponseBase:
    """The evidence of one case, to take away: for those who may audit it."""
    case = permissions.case_for_user(person(request), case_id, "audit")
    reason, wrong = request.POST.get("reason", ""), ""
    if request.method == "POST":
        takes_away(request)
        made = case_export(by=person(request), case=case, reason=reason, now=clock.utc_now())
        if not isinstance(made, Refused):
            return FileResponse(made.file, as_attachment=True, filename=made.name, content_type="application/zip")
        if not made.errors:
            return refusal(request, made, reverse("history", args=[case.pk]))
        wrong = made.errors["reason"]
    seen = look(user=person(request), case=case, now=clock.utc_now(), most=1)
    key, lacking = public_key()
    context = {
        "case": case, "title": seen.view.text(case.title), "reason": reason, "wrong": wrong, "key": key,
        "lacking": lacking,
    }  # fmt: skip
    return render(request, "proof/evidence.html", context, status=400 if wrong else 200)


@reads
def pdf(request: HttpRequest, case_id: int) -> HttpResponse:
    """The case on paper, as its reader may see it."""
    case = permissions.case_for_user(person(request), case_id, "view", whole=True)
    takes_away(request)
    made = case_printed(by=person(request), case=case, now=clock.utc_now())
    headers = {"Content-Disposition": f'attachment; filename="case-{case.pk}.pdf"', "Cache-Control": "no-store"}
    return HttpResponse(made, content_type="application/pdf", headers=headers)
