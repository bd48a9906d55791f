"""Which call shows how each handoff of a case was guarded?"""

from __future__ import annotations

from rest_framework import serializers as s
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from casework.access import permissions
from casework.cases import services
from casework.cases.api import requests, shapes
from casework.cases.api.rendering import person
from casework.cases.read.case_view import look
from casework.cases.read.handoffs import SIX, handoffs
from casework.web.api.docs import described
from orchestration.ground import clock


class CheckShape(shapes.Shape):
    name = s.ChoiceField(choices=SIX)
    verdict = s.ChoiceField(choices=["pass", "fail", "person", "none"], help_text="`none`: it does not apply here.")
    rule = s.CharField()
    event = s.IntegerField(help_text="The event of the history that proves it.")


class HandoffShape(shapes.Shape):
    event = s.IntegerField()
    at = s.DateTimeField()
    giver = s.CharField()
    taker = s.CharField()
    what = s.CharField()
    checks = CheckShape(many=True)


class HandoffList(s.Serializer[object]):
    results = HandoffShape(many=True)
    next = s.IntegerField(allow_null=True, help_text="`before` of the call for those before.")


class HandoffFilter(requests.Sent):
    before = s.IntegerField(required=False, default=None, allow_null=True, min_value=1, max_value=99_999_999)


class HandoffsView(APIView):
    @described("Inspect a case's handoffs", {200: HandoffList}, 400, 404, parameters=[HandoffFilter])
    def get(self, request: Request, case: int) -> Response:
        """Each time that work went from hand to hand: six guardrails with verdict, rule and event; the newest first."""
        by = person(request)
        found = permissions.case_for_user(by, case, "view")
        given = HandoffFilter.query(request)
        services.case_viewed(by=by, case=found)
        rows, more = handoffs(look(user=by, case=found, now=clock.utc_now(), most=1), before=given["before"])
        return Response(HandoffList({"results": rows, "next": more or None}).data)
