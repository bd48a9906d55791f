"""By which call does a program read to which business unit a case belongs, and hand it over?"""

from __future__ import annotations

from typing import Any

from rest_framework import serializers as s
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from casework.access.permissions import case_for_user
from casework.access.units import key_of, name_of
from casework.cases.api.rendering import person
from casework.cases.api.requests import Nothing, Sent
from casework.tasks.handing_over import REASON_MOST, case_hand_over
from casework.web.api.docs import described, example
from casework.web.api.errors import refusal
from orchestration.ground.refusals import Refused


class CaseUnit(s.Serializer[Any]):
    unit = s.CharField(help_text="The key of the unit; empty: the whole organisation.")
    name = s.CharField()


class HandedOverShape(s.Serializer[Any]):
    name = s.CharField(help_text="What the unit is called.")
    freed = s.IntegerField(help_text="How many tasks went back to their groups.")


class HandOver(Sent):
    unit = s.CharField(max_length=40, allow_blank=True, help_text="Its key; empty: the whole organisation.")
    reason = s.CharField(max_length=REASON_MOST, help_text="Why; kept in the history of the case.")


class CaseUnitView(APIView):
    @described(
        "Read the business unit of a case", {200: CaseUnit}, 404,
        examples=(example("North", {"unit": "north", "name": "North"}, "200"),),
    )  # fmt: skip
    def get(self, request: Request, case: int) -> Response:
        """To which unit it belongs: those see it whose rights hold there."""
        found = case_for_user(person(request), case, "view")
        Nothing.query(request)
        return Response({"unit": key_of(found.unit), "name": name_of(found.unit)})

    @described(
        "Hand a case over to another business unit", {200: HandedOverShape}, 400, 403, 404, 409, request=HandOver,
        examples=(
            example("To the south", {"unit": "south", "reason": "The customer has moved"}, request=True),
            example("It went", {"name": "South", "freed": 1}, "200"),
        ),
    )  # fmt: skip
    def post(self, request: Request, case: int) -> Response:
        """For who gives out its tasks. Whoever does not see it in the other unit has given back its tasks.

        While a case is being approved, one that asks for somebody who was not chosen to approve it does not get it.
        """
        by = person(request)
        found = case_for_user(by, case, "assign")
        given = HandOver.body(request)
        outcome = case_hand_over(by=by, case=found, to=given["unit"], reason=given["reason"])
        if isinstance(outcome, Refused):
            return refusal(outcome)
        return Response({"name": outcome.unit, "freed": outcome.freed})
