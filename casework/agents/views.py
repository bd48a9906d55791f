"""Where does a person see what an agent wants in a case, and decide it?"""

from __future__ import annotations

from typing import Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from casework.access import permissions
from casework.agents import services
from casework.agents.services import Given
from casework.agents.waiting import waiting_for
from casework.cases.read.agent_work import cited, one_wanted
from casework.cases.read.case_view import look
from casework.cases.read.timeline import actor_name
from casework.forms.rendering import INPUT, Asked
from casework.models import Case
from casework.web.decorators import person, reads, reads_and_writes, refusal, writes
from orchestration.agents import approvals
from orchestration.agents.approvals import Verdict
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.models import AgentProposal

LONGEST: Final = 5000
TOLD: Final = {
    "done": "It was done as approved.", "refused": "It could not be done:", "rejected": "The agent hears why not.",
}  # fmt: skip


@reads
def waiting(request: HttpRequest) -> HttpResponse:
    """What agents want and may not do without a person, in the cases that this person may work."""
    found = waiting_for(person(request), clock.utc_now())
    return render(request, "agents/waiting.html", {"waiting": found})


@reads_and_writes
def proposal(request: HttpRequest, case_id: int, proposal_id: int) -> HttpResponse:
    """One proposal, all that it rests on, and the answer to it. To look at it decides nothing."""
    case = permissions.case_for_user(person(request), case_id, "view" if request.method != "POST" else "work")
    row = _row(case, proposal_id)
    if request.method != "POST":
        if permissions.may(person(request), "work", case):
            approvals.opened(row)
            row.refresh_from_db()
        return _page(request, case, row)
    outcome = services.proposal_decide(by=person(request), case=case, proposal=row.pk, given=_given(request, row))
    if isinstance(outcome, Refused) and outcome.code == "invalid":
        return _page(request, case, row, wrong=outcome.message)
    if isinstance(outcome, Refused):
        return refusal(request, outcome, reverse("case-proposal", args=[case.pk, row.pk]))
    if outcome.state == AgentProposal.State.REFUSED:
        messages.error(request, f"{TOLD['refused']} {outcome.outcome}")
    else:
        messages.success(request, TOLD[outcome.state])
    return redirect("case", case.pk)


@writes
def undo(request: HttpRequest, case_id: int, proposal_id: int) -> HttpResponse:
    """Take back what an agent did, by one click."""
    case = permissions.case_for_user(person(request), case_id, "work")
    outcome = services.proposal_undo(by=person(request), case=case, proposal=proposal_id)
    if isinstance(outcome, Refused):
        return refusal(request, outcome, reverse("case", args=[case.pk]))
    messages.success(request, f"“{outcome.name}” was taken back.")
    return redirect("case", case.pk)


def _row(case: Case, proposal: int) -> AgentProposal:
    found = AgentProposal.objects.select_related("run").filter(pk=proposal, run__instance=case.instance_id).first()
    if found is None:
        raise Http404("There is no such proposal in this case.")
    return found


def _given(request: HttpRequest, row: AgentProposal) -> Given:
    posted = request.POST
    approve = posted.get("how") == "approve"
    texts = {name: value for name, value in row.chosen.items() if isinstance(value, str)}
    wanted = {**row.chosen, **{name: posted.get(f"argument-{name}", value)[:LONGEST] for name, value in texts.items()}}
    changed = wanted if approve and wanted != row.chosen else None
    reason = posted.get("reason", "").strip()[:600]
    return Given(Verdict(approve, posted.get("digest", "")[:64], "", reason, changed), posted.get("marks", ""))


def _page(request: HttpRequest, case: Case, row: AgentProposal, wrong: str = "") -> HttpResponse:
    user = person(request)
    seen = look(user=user, case=case, now=clock.utc_now())
    shown = one_wanted(seen, row, cited([row]))
    may_decide = row.state == AgentProposal.State.HELD and permissions.may(user, "work", case)
    context = {
        "case": case, "title": seen.view.text(case.title), "one": shown,
        "who": actor_name(f"model:{row.run.actor}", seen.names), "goal": row.run.goal,
        "may_decide": may_decide, "marks": services.marks_now(user, case, row) if may_decide else "",
        "form": _arguments(request, row, shown.chosen), "wrong": wrong, "reason": request.POST.get("reason", "")[:500],
    }  # fmt: skip
    return render(request, "agents/proposal.html", context, status=400 if wrong else 200)


def _arguments(request: HttpRequest, row: AgentProposal, shown: tuple[tuple[str, object], ...]) -> Asked:
    """The texts that the agent chose, to be changed; what is hidden from this reader stays as it is."""
    labels = {name: label for (label, _), name in zip(shown, row.chosen, strict=True)}
    visible = {
        name: value for (_, value), name in zip(shown, row.chosen, strict=True) if value == row.chosen[name]
    }  # fmt: skip
    fields: dict[str, forms.Field] = {
        f"argument-{name}": forms.CharField(
            label=labels[name], required=False, strip=False, widget=forms.Textarea({**INPUT, "rows": 4})
        )
        for name, value in visible.items() if isinstance(value, str)
    }  # fmt: skip
    initial = {f"argument-{name}": value for name, value in visible.items()}
    return Asked(fields, request.POST or None, initial=initial)
