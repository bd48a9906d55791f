"""Which calls show work that failed, and decide about it, one by one or many at once?"""

from __future__ import annotations

from rest_framework import serializers as s
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from casework.access import permissions, trail
from casework.cases import decide_many
from casework.cases.api import requests, shapes
from casework.cases.api.json_fields import ObjectField
from casework.cases.api.rendering import person, progress
from casework.cases.incidents import CHANGE, WAYS, Wish, incident_resolve
from casework.cases.read.attention import troubles
from casework.cases.read.incident_page import incident_page
from casework.web.api.docs import described, example
from casework.web.api.errors import refusal
from orchestration.ground import clock
from orchestration.ground.refusals import Refused


class AttemptShape(shapes.Shape):
    at = s.DateTimeField()
    number = s.IntegerField(help_text="The how manieth attempt of its job.")
    actor = s.CharField()
    version = s.CharField()
    outcome = s.CharField()
    error = s.CharField()
    latency_ms = s.FloatField()


class OfferShape(shapes.Shape):
    key = s.CharField()
    name = s.CharField()
    why_not = s.CharField(help_text="Why it cannot have the work now; empty: it can.")


class IncidentInFull(shapes.Shape):
    case = s.IntegerField()
    incident = shapes.IncidentShape(source="trouble")
    capability = s.CharField()
    input = ObjectField(source="filled.shown", default=dict, help_text="What was sent, by path, as you see it.")
    changed = s.BooleanField(help_text="Whether a person gave it in place of the case's.")
    attempts = AttemptShape(many=True)
    behind = s.ListField(child=s.CharField(), help_text="What begins only after it.")
    actors = OfferShape(source="offers", many=True)
    ways = shapes.NamesField(help_text="What can be decided: `how` of the call that resolves it.")


class IncidentView(APIView):
    @described("Read an incident", {200: IncidentInFull}, 400, 403, 404)
    def get(self, request: Request, case: int, incident: int) -> Response:
        """With what was sent, every attempt, what waits behind it, and who else could do it."""
        by = person(request)
        found = permissions.case_for_user(by, case, "work")
        requests.Nothing.query(request)
        return Response(IncidentInFull(incident_page(user=by, case=found, number=incident, now=clock.utc_now())).data)


class ResolveView(APIView):
    @described(
        "Decide about an incident", {200: shapes.Progress}, 400, 403, 404, 409, request=requests.Resolution,
        examples=(
            example("Try it again", {"how": "retry"}, request=True),
            example("Go on without it", {"how": "skip", "output": {"label": "neutral", "confidence": 1}}, request=True),
            example(
                "Try it again with another input", {"how": "change", "input": {"input.text": "My card is lost."}},
                request=True,
            ),
            example("Hand it to another actor", {"how": "move", "actor": "intent"}, request=True),
            example("Do it by hand", {"how": "by-hand"}, request=True),
            example("The case goes on", {"case": 17, "state": "Being analysed", "closed": False}, "200"),
        ),
    )  # fmt: skip
    def post(self, request: Request, case: int, incident: int) -> Response:
        """Have failed work done again, by the same or another actor or by a person, or go on without it."""
        by = person(request)
        found = permissions.case_for_user(by, case, "work")
        given = requests.Resolution.body(request)
        outcome = incident_resolve(by=by, case=found, incident=incident, wish=Wish(**given))
        return refusal(outcome) if isinstance(outcome, Refused) else progress(found)


class AttentionRow(shapes.Shape):
    case = s.IntegerField()
    incident = s.IntegerField(source="number")
    title = s.CharField()
    message = s.CharField()
    capability = s.CharField(source="asked")
    actor = s.CharField()
    opened = s.DateTimeField()


class AttentionList(s.Serializer[object]):
    results = AttentionRow(many=True)


class ManyResolutions(requests.Sent):
    incidents = s.ListField(
        child=s.RegexField(r"^[0-9]{1,15}-[0-9]{1,9}$"), max_length=decide_many.MOST,
        help_text="Each as `case-incident`.",
    )  # fmt: skip
    how = s.ChoiceField(choices=[way for way in WAYS if way != CHANGE])
    actor = s.CharField(required=False, default="", max_length=100)
    reason = s.CharField(required=False, default="", max_length=500)


class RowShape(shapes.Shape):
    incident = s.CharField(source="key")
    title = s.CharField()
    done = s.BooleanField()
    message = s.CharField()


class ManyResults(s.Serializer[object]):
    results = RowShape(many=True)


class AttentionView(APIView):
    @described("List what failed in your cases", {200: AttentionList}, 400)
    def get(self, request: Request) -> Response:
        """The oldest first."""
        requests.Nothing.query(request)
        trail.list_read(request, "incidents")
        return Response(AttentionList({"results": troubles(person(request), clock.utc_now())[0]}).data)

    @described(
        "Decide about many incidents", {200: ManyResults}, 400, request=ManyResolutions,
        examples=(example("Try them again", {"incidents": ["17-9", "18-9"], "how": "retry"}, request=True),),
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Each by itself: what cannot be done keeps no other from it. A result for each, in the order given."""
        given = ManyResolutions.body(request)
        keys = given.pop("incidents")
        return Response(ManyResults({"results": decide_many.decided(person(request), keys, Wish(**given))}).data)
