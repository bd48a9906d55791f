"""Where is a decision explained to the person it concerns, contested by them, and looked at again?"""

from __future__ import annotations

import io
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse

from casework.access import permissions
from casework.cases import services
from casework.cases.read.actor_names import actor_names
from casework.cases.read.case_view import look
from casework.cases.read.timeline import actor_name
from casework.explaining.contests import OUTCOMES, contest_decide, decision_contest, waiting
from casework.explaining.letter import letter
from casework.explaining.letters import WAYS, letter_keep, letter_sent, letters_of
from casework.explaining.models import Contest
from casework.explaining.second_look import had_part, task_of
from casework.models import Case
from casework.proof.why import why
from casework.web.decorators import answered, person, reads, reads_and_writes, writes
from casework.web.taking_away import takes_away
from orchestration.ground import clock
from orchestration.ground.refusals import Refused


@reads_and_writes
def case_letter(request: HttpRequest, case_id: int, sequence: int) -> HttpResponseBase:
    """The letter that explains a decision, as it would be now, and those that were kept. Sent: it is kept."""
    user, right = person(request), "work" if request.method == "POST" else "view"
    case, now = permissions.case_for_user(user, case_id, right), clock.utc_now()
    services.case_viewed(by=user, case=case)
    if request.method == "POST":
        outcome = letter_keep(by=user, case=case, sequence=sequence, now=now)
        return answered(request, outcome, "The draft is kept. Nothing was sent.", request.path)
    made = letter(user=user, case=case, now=now, sequence=sequence)
    context = {"case": case, "letter": made, "may_work": permissions.may(user, "work", case), "ways": WAYS.items()}
    if request.GET.get("form") == "print":
        takes_away(request)
        page = render_to_string("explaining/letter_print.html", context).encode()
        return FileResponse(io.BytesIO(page), as_attachment=True, filename=f"letter-{case.pk}-{sequence}.html")
    kept = letters_of(look(user=user, case=case, now=now, most=1), sequence)
    return render(request, "explaining/letter.html", context | {"kept": kept})


@writes
def case_letter_sent(request: HttpRequest, case_id: int, number: int) -> HttpResponse:
    """Say that a letter was sent by oneself, and how."""
    case = permissions.case_for_user(person(request), case_id, "work")
    outcome = letter_sent(by=person(request), case=case, number=number, way=request.POST.get("way", ""))
    back = reverse("case-decisions", args=[case.pk])
    if not isinstance(outcome, Refused):
        back = reverse("case-letter", args=[case.pk, outcome.decision])
    return answered(request, outcome, "Kept: you say that you sent it.", back)


@reads_and_writes
def case_contest(request: HttpRequest, case_id: int, sequence: int) -> HttpResponse:
    """Record that the person concerned contests a decision."""
    user, now = person(request), clock.utc_now()
    case = permissions.case_for_user(user, case_id, "work")
    found = why(user=user, case=case, now=now, sequence=sequence)
    context: dict[str, Any] = {"case": case, "why": found, "objection": request.POST.get("objection", "")}
    if request.method != "POST":
        return render(request, "explaining/contest_new.html", context)
    outcome = decision_contest(by=user, case=case, sequence=sequence, objection=context["objection"])
    if isinstance(outcome, Refused) and outcome.errors:
        return render(request, "explaining/contest_new.html", context | {"wrong": outcome.errors}, status=400)
    return answered(request, outcome, "It waits for somebody who had no part in the case.", reverse("contests"))


@reads
def contests(request: HttpRequest) -> HttpResponse:
    """The contested decisions of the cases that one may work, those that wait first."""
    user = person(request)
    found = waiting(user)
    part = had_part(user, [row for row in found if row.state == Contest.State.OPEN])
    now = clock.utc_now()
    rows = [(row, part.get(row.pk, ""), row.due < now) for row in found]
    return render(request, "explaining/contests.html", {"rows": rows})


@reads_and_writes
def contest(request: HttpRequest, contest_id: int) -> HttpResponse:
    """One contest: the objection, the decision with its inputs, the letter; what somebody finds who had no part."""
    user, now = person(request), clock.utc_now()
    row = get_object_or_404(Contest, pk=contest_id)
    case = permissions.case_for_user(user, row.case_id, "work")
    given = {name: request.POST.get(name, "") for name in ("outcome", "finding")}
    wrong: dict[str, str] = {}
    if request.method == "POST":
        outcome = contest_decide(by=user, contest_id=row.pk, **given)
        if not (isinstance(outcome, Refused) and outcome.errors):
            return answered(request, outcome, "Kept. What follows from it is done in the case.", request.path)
        wrong = dict(outcome.errors)
    return render(request, "explaining/contest.html", _contest(request, row, case) | {
        "given": given, "wrong": wrong, "outcomes": OUTCOMES.items(), "may_not": had_part(user, [row]).get(row.pk, ""),
        "why": why(user=user, case=case, now=now, sequence=row.sequence),
    }, status=400 if wrong else 200)  # fmt: skip


def _contest(request: HttpRequest, row: Contest, case: Case) -> dict[str, Any]:
    seen = look(user=person(request), case=case, now=clock.utc_now(), most=1)
    names = actor_names({row.by, row.decided_by} - {""})
    letters = [one for one in letters_of(seen, row.sequence) if one.number == row.letter]
    return {
        "case": case, "row": row, "task": task_of(row), "objection": seen.view.text(row.objection),
        "letter": next(iter(letters), None),
        "finding": seen.view.text(row.finding), "who": actor_name(row.by, names),
        "decided_by": actor_name(row.decided_by, names) if row.decided_by else "",
    }  # fmt: skip
