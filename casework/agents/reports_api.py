"""How does an agent outside report its run to the control tower?"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from rest_framework import serializers as s
from rest_framework.request import Request
from rest_framework.response import Response

from casework.actors.api.worker_door import WorkerView, token_in
from casework.cases.api.requests import Sent
from casework.cases.api.shapes import Shape
from casework.web.api.docs import described, example
from orchestration.agents import reported
from orchestration.models import AgentRun

TOLD: Final = {
    "reference": "run-42", "goal": "Find out why the parcel is late.", "state": "working",
    "plan": [{"tool": "ask-carrier", "why": "Only the carrier knows."}], "calls": 3, "tokens": 1200, "cost": "0.02",
}  # fmt: skip
ANSWER: Final = {"run": 7, "state": "working", "stop": False, "why": ""}


MOST_STEPS: Final = 100
MOST_OPEN: Final = 1000
FULL: Final = f"{MOST_OPEN} runs of yours are open. Report that some have ended, then begin others."


class Step(Sent):
    tool = s.CharField(max_length=250)
    why = s.CharField(max_length=500, allow_blank=True, default="")


class Report(Sent):
    reference = s.CharField(max_length=100, help_text="Your own name of the run; the same in each report of it.")
    goal = s.CharField(max_length=2000)
    state = s.ChoiceField(choices=AgentRun.State.choices)
    outcome = s.ChoiceField(choices=["reached", "given-up", "asks"], required=False, default="", allow_blank=True)
    why = s.CharField(max_length=1000, default="", allow_blank=True)
    plan = Step(
        many=True, default=list, max_length=MOST_STEPS,  # type: ignore[call-arg]  # of the list, which stubs do not know
        help_text=f"What is still to be done, at most {MOST_STEPS} steps.",
    )  # fmt: skip
    calls = s.IntegerField(min_value=0, max_value=1_000_000, default=0)
    tokens = s.IntegerField(min_value=0, max_value=10**12, default=0)
    cost = s.DecimalField(max_digits=16, decimal_places=6, min_value=0, default=Decimal(0))
    currency = s.RegexField("^[A-Z]{3}$", default="", allow_blank=True)


class Taken(Shape):
    run = s.IntegerField(help_text="Its number here.")
    state = s.CharField()
    stop = s.BooleanField(help_text="Whether a person wants you to end it now.")
    why = s.CharField(help_text="Why, if so.")


class ReportView(WorkerView):
    @described(
        "Report a run", {200: Taken}, 400, request=Report, tags=["workers"],
        examples=(example("Under way", TOLD, request=True), example("Go on", ANSWER, "200")),
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """As often as you like; the newest is shown to administrators and auditors at *Actors*, *Agents at work*.

        A plan has at most 100 steps, and at most 1000 runs of one actor are open at a time.
        """
        given, actor = dict(Report.body(request)), token_in(request).actor.key
        if given["state"] != AgentRun.State.ENDED and _is_full(actor, given["reference"]):
            raise s.ValidationError({"reference": [FULL]})
        row = reported.report(actor, given.pop("reference"), given)
        told = {"run": row.pk, "state": row.state, "stop": bool(row.stop_asked), "why": row.stop_asked}
        return Response(Taken(told).data)


def _is_full(actor: str, reference: str) -> bool:
    """Whether the actor may not open this run beside its others; one that is open, or was stopped, it may tell of."""
    runs = AgentRun.objects.filter(actor=actor, job=None)
    if runs.filter(reference=reference).exclude(ended__isnull=False, stop_asked="").exists():
        return False
    return runs.filter(ended=None).count() >= MOST_OPEN
