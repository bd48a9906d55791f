"""Which calls move a case on? Each parses, calls one service and renders the answer."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from casework.access import permissions
from casework.access.sessions import is_fresh
from casework.cases import services
from casework.cases.api import requests, shapes
from casework.cases.api.rendering import person, progress
from casework.cases.read.case_view import look
from casework.cases.revealing import field_reveal
from casework.web.api.docs import described, example
from casework.web.api.errors import refusal
from orchestration.casetypes.case_type import by_definition
from orchestration.ground import clock
from orchestration.ground.refusals import Refused


class RepliesView(APIView):
    @described(
        "Hand in what a case waits for", {200: shapes.Progress}, 400, 403, 404, 409, request=requests.Reply,
        examples=(
            example("The customer's reply", {"answers": {"reply": "It was the shop in Lyon."}}, request=True),
            example("The case goes on", {"case": 17, "state": "Pending review", "closed": False}, "200"),
        ),
    )  # fmt: skip
    def post(self, request: Request, case: int) -> Response:
        """Data from outside (the customer's reply, say) for an item of the case that waits for it."""
        by = person(request)
        found = permissions.case_for_user(by, case, "reply")
        given = requests.Reply.body(request)
        external = by_definition(found.instance.definition_id).external
        item = given["item"] or (external[0].item if len(external) == 1 else "")
        outcome = services.external_receive(by=by, case=found, item=item, answers=given["answers"], at=given["at"])
        return refusal(outcome, "answers.") if isinstance(outcome, Refused) else progress(found)


class PlanView(APIView):
    @described(
        "Add a step", {200: shapes.Progress}, 400, 403, 404, 409, request=requests.Plan,
        examples=(
            example("Ask the customer", {"item": "ask_customer"}, request=True),
            example("It is planned", {"case": 17, "state": "Pending review", "closed": False}, "200"),
        ),
    )  # fmt: skip
    def post(self, request: Request, case: int) -> Response:
        """Plan a discretionary item, one of the case's `plannable`."""
        by = person(request)
        found = permissions.case_for_user(by, case, "work")
        given = requests.Plan.body(request)
        outcome = services.item_plan(by=by, case=found, definition=given["item"], within=given["within"])
        return refusal(outcome) if isinstance(outcome, Refused) else progress(found)


class ItemView(APIView):
    @described(
        "Do something by hand", {200: shapes.Progress}, 400, 403, 404, 409, request=requests.ByHand,
        examples=(
            example("Start it", {"how": "start"}, request=True),
            example("Remove a step", {"how": "remove", "reason": "The customer has called already"}, request=True),
            example("It is done", {"case": 17, "state": "Pending review", "closed": False}, "200"),
        ),
    )  # fmt: skip
    def post(self, request: Request, case: int, item: int) -> Response:
        """Start, finish or let happen what the model leaves to people (one of the case's `by_hand`, 0 for the case
        itself), or remove a step that was added (one of its `added`)."""
        by = person(request)
        found = permissions.case_for_user(by, case, "work")
        given = requests.ByHand.body(request)
        if given["how"] == "remove":
            outcome = services.item_remove(by=by, case=found, item=item, reason=given["reason"])
        else:
            outcome = services.item_do(by=by, case=found, item=item, how=given["how"])
        return refusal(outcome) if isinstance(outcome, Refused) else progress(found)


class ChangeView(APIView):
    @described(
        "Change the state of a case", {200: shapes.Progress}, 400, 403, 404, 409, request=requests.Change,
        examples=(
            example("Stop it for now", {"transition": "suspend", "reason": "The court decides first"}, request=True),
            example("It stands still", {"case": 17, "state": "Suspended", "closed": False}, "200"),
        ),
    )  # fmt: skip
    def post(self, request: Request, case: int) -> Response:
        """Suspend, resume, terminate, reactivate or close the whole case: what its life cycle allows, its `changes`."""
        by = person(request)
        found = permissions.case_for_user(by, case, "work")
        outcome = services.case_change(by=by, case=found, **requests.Change.body(request))
        return refusal(outcome) if isinstance(outcome, Refused) else progress(found)


class RevealView(APIView):
    @described(
        "Reveal a masked field", {200: shapes.Revealed}, 400, 403, 404, 409, request=requests.Reveal,
        examples=(
            example("The phone number", {"path": "/customer/phone", "reason": "To call them back"}, request=True),
            example(
                "For a quarter of an hour",
                {"path": "/customer/phone", "value": "+49 30 1234567", "until": "2026-11-21T12:15:00Z"}, "200",
            ),
        ),
    )  # fmt: skip
    def post(self, request: Request, case: int) -> Response:
        """Needs the right to reveal. That you did, and your reason, are kept in the case's history."""
        by = person(request)
        found = permissions.case_for_user(by, case, "reveal")
        given = requests.Reveal.body(request)
        if isinstance(request.successful_authenticator, SessionAuthentication) and not is_fresh(request._request):
            raise PermissionDenied("Give your password once more before: open the page of the value.")
        outcome = field_reveal(by=by, case=found, **given)
        if isinstance(outcome, Refused):
            return refusal(outcome)
        shown = look(user=by, case=found, now=clock.utc_now()).view.data
        for name in outcome.path.split("/")[1:]:
            shown = shown[int(name)] if isinstance(shown, list) else shown[name.replace("~1", "/").replace("~0", "~")]
        return Response({"path": outcome.path, "value": shown, "until": outcome.until})
