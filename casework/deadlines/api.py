"""Which calls read the deadlines of a case, and change them?"""

from __future__ import annotations

from django.contrib.auth.models import User
from rest_framework import serializers as s
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from casework.access import permissions
from casework.cases.api.rendering import person
from casework.cases.api.requests import Nothing, Sent
from casework.cases.api.shapes import Shape
from casework.deadlines.changing import KINDS, Wish, deadline_change
from casework.deadlines.read import deadlines_of, explanation
from casework.models import Case
from casework.web.api.docs import described, example
from casework.web.api.errors import refusal
from orchestration.casetypes.case_type import by_definition
from orchestration.deadlines.rule import LONGEST
from orchestration.ground import clock
from orchestration.ground.refusals import Refused


class DeadlineShape(Shape):
    key = s.CharField()
    title = s.CharField()
    state = s.CharField(help_text="`running`, `paused`, `met`, `late` (done too late) or `ended` (the case did).")
    due = s.DateTimeField(allow_null=True, help_text="None while it stands still.")
    left = s.CharField(help_text="The time left, in words.")
    terms = s.ListField(child=s.CharField(), help_text="Why it is due then, a sentence each.")


class DeadlinesShape(Shape):
    deadlines = DeadlineShape(many=True)


class DeadlineSent(Sent):
    deadline = s.CharField(max_length=64)
    wish = s.ChoiceField(choices=list(KINDS))
    amount = s.IntegerField(required=False, default=0, min_value=0, max_value=LONGEST, help_text="Of `extend`.")
    calendar = s.CharField(required=False, default="", max_length=64, help_text="Of `hand-over`: the other office.")
    reason = s.CharField(max_length=500)


class DeadlinesView(APIView):
    @described("Read the deadlines of a case", {200: DeadlinesShape}, 400, 404)
    def get(self, request: Request, case: int) -> Response:
        """What is due first at the top, each with why it is due then."""
        reader = person(request)
        found = permissions.case_for_user(reader, case, "view")
        Nothing.query(request)
        return _answer(reader, found)

    @described(
        "Change a deadline of a case", {200: DeadlinesShape}, 400, 403, 404, 409, request=DeadlineSent,
        examples=(
            example(
                "Five days more",
                {"deadline": "answer", "wish": "extend", "amount": 5, "reason": "The customer agreed."},
                request=True,
            ),
        ),
    )  # fmt: skip
    def post(self, request: Request, case: int) -> Response:
        """For those who give out its work. The change and its reason stand in the case's history."""
        by = person(request)
        found = permissions.case_for_user(by, case, "assign")
        sent = DeadlineSent.body(request)
        wish = Wish(sent["wish"], sent["amount"], sent["calendar"], sent["reason"])
        outcome = deadline_change(by=by, case=found, key=sent["deadline"], wish=wish)
        return refusal(outcome) if isinstance(outcome, Refused) else _answer(by, found)


def _answer(reader: User, case: Case) -> Response:
    now = clock.utc_now()
    shown = deadlines_of(case, by_definition(case.instance.definition_id), now)
    rows = [
        {"key": one.key, "title": one.title, "state": one.state, "due": one.due, "left": one.left,
         "terms": list(found.terms)}
        for one in shown if (found := explanation(reader, case, one.key, now)) is not None
    ]  # fmt: skip
    return Response(DeadlinesShape({"deadlines": rows}).data)
