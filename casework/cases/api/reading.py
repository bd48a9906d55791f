"""Which calls read a case: as it stands, as it came about, and whether its history holds?"""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from casework.access import permissions
from casework.cases import services
from casework.cases.api import requests, shapes
from casework.cases.api.examples import CASE, HISTORY
from casework.cases.api.rendering import case_in_full, history, person
from casework.web.api.docs import described, example


class CaseView(APIView):
    @described("Read a case", {200: shapes.Case}, 400, 404, examples=(example("A complaint", CASE, "200"),))
    def get(self, request: Request, case: int) -> Response:
        """Its state, data, tasks, decisions and what AI said, masked for you. That you looked is kept."""
        by = person(request)
        found = permissions.case_for_user(by, case, "view")
        requests.Nothing.query(request)
        services.case_viewed(by=by, case=found)
        return case_in_full(by, found)


class HistoryView(APIView):
    @described(
        "Read a case's history", {200: shapes.History}, 400, 404, parameters=[requests.HistoryFilter],
        examples=(example("A rule decided", HISTORY, "200"),),
    )  # fmt: skip
    def get(self, request: Request, case: int) -> Response:
        """Who or what did what, by which rule and version, the oldest first, masked for you: in full for auditors."""
        by = person(request)
        found = permissions.case_for_user(by, case, "view")
        given = requests.HistoryFilter.query(request)
        services.case_viewed(by=by, case=found)
        return history(by, found, **given)


class VerifyView(APIView):
    @described(
        "Verify a case's history", {200: shapes.Verified}, 400, 403, 404, request=None,
        examples=(example("It holds", {"ok": True, "events": 41, "sequence": 0, "reason": ""}, "200"),),
    )  # fmt: skip
    def post(self, request: Request, case: int) -> Response:
        """For auditors: that the hash chain is unbroken, and that the events lead to the stored state."""
        by = person(request)
        found = permissions.case_for_user(by, case, "audit")
        requests.Nothing.body(request)
        verdict = services.case_verify(by=by, case=found)
        return Response(shapes.Verified(verdict).data)
