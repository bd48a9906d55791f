"""Which calls show what agents want, and decide it?

As on the pages: whoever decides names the proposal, the digest of what would be done and the mark of what they read
beside it. Where either is another by then, nothing is done; nor where somebody else was quicker, or it is too late.
"""

from __future__ import annotations

from typing import Any, Final

from rest_framework import serializers as s
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from casework.access import permissions, trail
from casework.agents import services
from casework.agents.services import MOST_CHANGED, Given, texts_changed
from casework.agents.waiting import waiting_for
from casework.cases.api import requests, shapes
from casework.cases.api.json_fields import AnyField, ObjectField
from casework.cases.api.rendering import person
from casework.cases.read.agent_work import cited, one_wanted, planned
from casework.cases.read.case_view import look
from casework.knowledge.views import reader_of
from casework.models import Case
from casework.tasks.signing import MOST as MOST_SEEN
from casework.web.api.docs import described, example
from casework.web.api.errors import refusal
from orchestration.agents import approvals
from orchestration.agents.approvals import Verdict
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.models import AgentProposal

SAID: Final = {"how": "approve", "digest": "5d41…", "seen": "…"}
BECAME: Final = {"proposal": 12, "case": 17, "state": "done", "outcome": "Done."}
ON_PAGE: Final = Refused("on-page", "Whoever decides this is not told what the agent wants. Decide it on its page.")
CHANGED: Final = {"changed": "An argument of the proposal that is a text, and that you may read, may be changed."}


class HeldShape(shapes.Shape):
    proposal = s.IntegerField(source="id")
    case = s.IntegerField()
    title = s.CharField()
    name = s.CharField()
    agent = s.CharField()
    made = s.DateTimeField()
    expires = s.DateTimeField(allow_null=True)


class HeldList(s.Serializer[object]):
    results = HeldShape(many=True)


class RestsOn(shapes.Shape):
    title = s.CharField()
    value = AnyField(allow_null=True)


class PlannedStep(shapes.Shape):
    name = s.CharField()
    why = s.CharField()


class ProposalShape(shapes.Shape):
    proposal = s.IntegerField(source="wanted.id")
    case = s.IntegerField()
    agent = s.CharField()
    goal = s.CharField()
    name = s.CharField(source="wanted.name")
    state = s.CharField(source="wanted.state")
    reason = s.CharField(source="wanted.reason")
    evidence = RestsOn(many=True)
    plan = PlannedStep(many=True, help_text="The steps of its plan as it stands.")
    arguments = ObjectField(help_text="What the agent chose and may be changed, as you see it.")
    rule = s.CharField(source="wanted.rule", help_text="Why it waits for a person.")
    price = s.CharField(source="wanted.price")
    made = s.DateTimeField(source="wanted.made")
    opened = s.DateTimeField(source="wanted.opened", allow_null=True, help_text="When a person first looked at it.")
    expires = s.DateTimeField(source="wanted.expires", allow_null=True)
    decided = s.DateTimeField(source="wanted.decided", allow_null=True)
    decided_by = s.CharField(source="wanted.decided_by")
    outcome = s.CharField(source="wanted.outcome", help_text="What became of it.")
    digest = s.CharField(source="wanted.digest", help_text="Names what would be done; an answer has to carry it.")
    seen = s.CharField(help_text="Names what you were shown beside it; an answer has to carry it. Empty: not yours.")


class Answer(requests.Sent):
    how = s.ChoiceField(choices=["approve", "reject"])
    digest = s.CharField(max_length=64)
    seen = s.CharField(max_length=MOST_SEEN)
    reason = s.CharField(max_length=500, default="", allow_blank=True, help_text="Needed to reject; the agent gets it.")
    changed = s.DictField(
        child=s.CharField(max_length=MOST_CHANGED, trim_whitespace=False), default=dict,
        help_text="Texts in place of those that the agent chose, by the names of `arguments`.",
    )  # fmt: skip


class Became(shapes.Shape):
    proposal = s.IntegerField(source="pk")
    case = s.IntegerField(source="run.instance.case.pk")
    state = s.CharField()
    outcome = s.CharField()


class ProposalsView(APIView):
    @described("List what agents want", {200: HeldList}, 400)
    def get(self, request: Request) -> Response:
        """What waits for a person in the cases that you may work; the one whose time is over first stands first."""
        requests.Nothing.query(request)
        trail.list_read(request, "proposals")
        return Response(HeldList({"results": waiting_for(person(request), clock.utc_now())[0]}).data)


class ProposalView(APIView):
    @described("Read what an agent wants", {200: ProposalShape}, 400, 403, 404)
    def get(self, request: Request, proposal: int) -> Response:
        """With its reason and evidence as you may see them. To read it decides nothing."""
        requests.Nothing.query(request)
        case, row = _found(request, proposal, "view")
        return Response(_told(request, case, row))


class DecideView(APIView):
    @described(
        "Decide what an agent wants", {200: Became}, 400, 403, 404, 409, request=Answer,
        examples=(
            example("Approve it", SAID, request=True),
            example("Reject it", {**SAID, "how": "reject", "reason": "She was called yesterday."}, request=True),
            example("It was done", BECAME, "200"),
        ),
    )  # fmt: skip
    def post(self, request: Request, proposal: int) -> Response:
        """Approve, change and approve, or reject. 409: `changed` or `not-what-was-seen` (read it again), `decided`
        (somebody was quicker), `late`, `on-page`. Where `state` stays `held` it was a check of which nothing is done:
        read it again, and decide what the agent really wants."""
        given = Answer.body(request)
        case, row = _found(request, proposal, "work")
        verdict = _verdict(request, case, row, given)
        if isinstance(verdict, Refused):
            return refusal(verdict)
        sent = Given(verdict, given["seen"])
        outcome = services.proposal_decide(by=person(request), case=case, proposal=row.pk, given=sent)
        return refusal(outcome) if isinstance(outcome, Refused) else Response(Became(outcome).data)


def _found(request: Request, proposal: int, right: str) -> tuple[Case, AgentProposal]:
    """A proposal in a case of which this person has the right."""
    row = AgentProposal.objects.select_related("run__instance__case").filter(pk=proposal).first()
    if row is None or row.run.instance is None:
        raise permissions.Unseen("There is no such proposal.", "")
    return permissions.case_for_user(person(request), row.run.instance.case.pk, right), row


def _told(request: Request, case: Case, row: AgentProposal) -> dict[str, Any]:
    by = person(request)
    mine = permissions.may(by, "work", case)
    if mine:
        approvals.opened(row)
        row.refresh_from_db()
    shown = look(user=by, case=case, now=clock.utc_now())
    wanted = one_wanted(shown, row, cited([row], reader_of(by)))
    held = mine and row.state == AgentProposal.State.HELD
    chosen = dict(zip(row.chosen, (value for _, value in wanted.chosen), strict=True)) if wanted.chosen else {}
    told = {
        "wanted": wanted, "case": case.pk, "agent": row.run.actor, "goal": row.run.goal, "arguments": chosen,
        "evidence": [{"title": title, "value": value} for title, value in wanted.evidence]
        + [{"title": one.title, "value": one.text or None} for one in wanted.quoted],
        "plan": [{"name": name, "why": why} for name, why in planned(shown, row.run, [row])],
        "seen": services.marks_now(by, case, row) if held else "",
    }  # fmt: skip
    return dict(ProposalShape(told).data)


def _verdict(request: Request, case: Case, row: AgentProposal, given: dict[str, Any]) -> Verdict | Refused:
    """The answer as it was sent; only texts that this person reads may be changed."""
    if services.is_blind(row):
        return ON_PAGE
    by = person(request)
    wanted = one_wanted(look(user=by, case=case, now=clock.utc_now()), row, cited([row], reader_of(by)))
    changed = texts_changed(row, wanted, given["changed"])
    if given["changed"].keys() - changed.keys() or (changed and given["how"] != "approve"):
        return Refused("invalid", CHANGED["changed"], CHANGED)
    whole = {**row.chosen, **changed} if changed else None
    return Verdict(given["how"] == "approve", given["digest"], "", given["reason"].strip(), whole)
