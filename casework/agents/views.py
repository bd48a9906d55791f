"""Where does a person see what an agent wants in a case, and decide it?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from casework.access import permissions
from casework.agents import services
from casework.agents.services import Given
from casework.agents.waiting import waiting_for
from casework.cases.read.agent_work import Wanted, cited, one_wanted, planned
from casework.cases.read.case_view import Look, look
from casework.cases.read.timeline import actor_name
from casework.cases.waiting_live import waiting_states
from casework.forms.answer_validation import text_errors
from casework.forms.rendering import INPUT, Asked
from casework.knowledge.views import reader_of
from casework.models import Case
from casework.web.decorators import page_or_part, person, reads, reads_and_writes, refusal, wants_part, writes
from orchestration.agents import approvals
from orchestration.agents.approvals import Verdict
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.models import AgentProposal

LONGEST: Final = 5000
"""Characters of a text as a person changed it."""
ARGUMENT: Final = "argument-"
HOW: Final = ("approve", "reject", "choose")
UNDECIDED: Final = "Nothing is decided yet. Please correct what is marked."
CHECKED: Final = "That was a check, and nothing was done. This is what the agent really wants: please decide it."
TOLD: Final = {
    "done": "It was done as approved.", "refused": "It could not be done:", "rejected": "The agent hears why not.",
}  # fmt: skip


@reads
def waiting(request: HttpRequest) -> HttpResponse:
    """What agents want and may not do without a person, in the cases that this person may work."""
    user = person(request)
    seen = "" if wants_part(request) else waiting_states([user.pk])[user.pk]
    found, cut = waiting_for(user, clock.utc_now())
    context = {"waiting": found, "cut": len(found) if cut else 0, "seen": seen}
    return page_or_part(request, "agents/waiting.html", "agents/_waiting.html", context)


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
    seen, how = look(user=person(request), case=case, now=clock.utc_now()), request.POST.get("how")
    if how not in HOW or (how == "choose") != services.is_blind(row):
        raise BadRequest("Say whether you approve it or reject it. Nothing was decided.")
    if how == "choose":
        return _chosen(request, case, row)
    changed = _changed(request, row, _texts(row, _wanted(person(request), seen, row)))
    if how == "approve" and (errors := _amiss(changed)):
        return _page(request, case, row, wrong=UNDECIDED, errors=errors)
    given = _given(request, row, changed if how == "approve" else {})
    outcome = services.proposal_decide(by=person(request), case=case, proposal=row.pk, given=given)
    if isinstance(outcome, Refused) and outcome.code == "invalid":
        return _page(request, case, row, wrong=outcome.message)
    if isinstance(outcome, Refused):
        return refusal(request, outcome, reverse("case-proposal", args=[case.pk, row.pk]))
    return _became(request, case, outcome)


def _chosen(request: HttpRequest, case: Case, row: AgentProposal) -> HttpResponse:
    """A person says what should be done without being told what the agent wants; only the same is done."""
    offered = dict(services.choices(row))
    choice = request.POST.get("choice", "")
    if choice not in offered:
        return _page(request, case, row, wrong="Choose what should be done. Nothing is decided yet.")
    verdict = services.blind_verdict(row, choice, offered[choice], request.POST.get("digest", "")[:64])
    given = Given(verdict, request.POST.get("marks", ""), request.POST.get("opened", ""))
    outcome = services.proposal_decide(by=person(request), case=case, proposal=row.pk, given=given)
    if isinstance(outcome, Refused):
        return refusal(request, outcome, reverse("case-proposal", args=[case.pk, row.pk]))
    return _became(request, case, outcome)


def _became(request: HttpRequest, case: Case, outcome: AgentProposal) -> HttpResponse:
    if outcome.state == AgentProposal.State.HELD:
        messages.success(request, CHECKED)
        return redirect("case-proposal", case.pk, outcome.pk)
    if outcome.state == AgentProposal.State.REFUSED:
        messages.error(request, f"{TOLD['refused']} {outcome.outcome}")
    else:
        messages.success(request, TOLD[outcome.state])
    return redirect("case", case.pk)


@writes
def undo(request: HttpRequest, case_id: int, proposal_id: int) -> HttpResponse:
    """Take back what an agent did, by one click."""
    case = permissions.case_for_user(person(request), case_id, "work")
    outcome = services.proposal_undo(by=person(request), proposal=_row(case, proposal_id))
    if isinstance(outcome, Refused):
        return refusal(request, outcome, reverse("case", args=[case.pk]))
    messages.success(request, f"“{outcome.name}” was taken back.")
    return redirect("case", case.pk)


def _row(case: Case, proposal: int) -> AgentProposal:
    found = AgentProposal.objects.select_related("run").filter(pk=proposal, run__instance=case.instance_id).first()
    if found is None:
        raise Http404("There is no such proposal in this case.")
    return found


def _wanted(user: User, seen: Look, row: AgentProposal) -> Wanted:
    return one_wanted(seen, row, cited([row], reader_of(user)))


def _texts(row: AgentProposal, wanted: Wanted) -> dict[str, tuple[str, str]]:
    """The texts that the agent chose and this reader may change, each with its label: what is hidden stays as it is."""
    shown = zip(row.chosen.items(), wanted.chosen, strict=False)
    return {name: (label, value) for (name, value), (label, seen) in shown if isinstance(value, str) and seen == value}


def _changed(request: HttpRequest, row: AgentProposal, texts: Mapping[str, object]) -> dict[str, str]:
    """What the person wrote in place of the agent's words; a browser sends each new line as two characters."""
    typed = {name: request.POST.get(f"{ARGUMENT}{name}", row.chosen[name]) for name in texts}
    return {name: _lines(text) for name, text in typed.items() if _lines(text) != _lines(row.chosen[name])}


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _amiss(changed: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with the words of a person, by field; they are never cut, for they are signed."""
    long = {name: len(text) for name, text in changed.items() if len(text) > LONGEST}
    said = {name: f"Write at most {LONGEST} characters; these are {length}." for name, length in long.items()}
    return {f"{ARGUMENT}{name}": sentence for name, sentence in (text_errors(changed) | said).items()}


def _given(request: HttpRequest, row: AgentProposal, changed: Mapping[str, str]) -> Given:
    posted = request.POST
    wanted = {**row.chosen, **changed} if changed else None
    approve, reason = posted.get("how") == "approve", posted.get("reason", "").strip()
    verdict = Verdict(approve, posted.get("digest", "")[:64], "", reason, wanted)
    return Given(verdict, posted.get("marks", ""), posted.get("opened", ""))


def _page(
    request: HttpRequest, case: Case, row: AgentProposal, wrong: str = "", errors: Mapping[str, str] | None = None
) -> HttpResponse:
    user = person(request)
    seen = look(user=user, case=case, now=clock.utc_now())
    shown = _wanted(user, seen, row)
    may_decide = row.state == AgentProposal.State.HELD and permissions.may(user, "work", case)
    texts = _texts(row, shown)
    form = _arguments(request, texts)
    as_it_is = tuple(pair for name, pair in zip(row.chosen, shown.chosen, strict=False) if name not in texts)
    context = {
        "case": case, "title": seen.view.text(case.title), "one": shown,
        "chosen": as_it_is if may_decide else shown.chosen,
        "who": actor_name(f"model:{row.run.actor}", seen.names), "goal": row.run.goal,
        "plan": planned(seen, row.run, [row]) if row.state == AgentProposal.State.HELD else (),
        "may_decide": may_decide, "marks": services.marks_now(user, case, row) if may_decide else "",
        "opened": request.POST.get("opened") or services.page_opened(user, row.pk),
        "choices": services.choices(row) if may_decide and shown.blind else (),
        "form": form.with_errors(errors) if errors else form, "wrong": wrong, "reason": request.POST.get("reason", ""),
    }  # fmt: skip
    return render(request, "agents/proposal.html", context, status=400 if wrong else 200)


def _arguments(request: HttpRequest, texts: Mapping[str, tuple[str, str]]) -> Asked:
    """The agent's texts, to be changed; as they were typed where they were sent."""
    fields = {
        f"{ARGUMENT}{name}": forms.Field(label=label, required=False, widget=forms.Textarea({**INPUT, "rows": 4}))
        for name, (label, _) in texts.items()
    }  # fmt: skip
    stands = {f"{ARGUMENT}{name}": value for name, (_, value) in texts.items()}
    typed = {name: request.POST.get(name, value) for name, value in stands.items()}
    return Asked(fields, typed if request.method == "POST" else None, initial=stands)
