"""How does a program stop all actors of a kind, or all, give away what is held, and have a version tried?"""

from __future__ import annotations

from typing import Any, Final

from django.http import Http404
from rest_framework import serializers as s
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from casework.actors.registry_api import asked_or_refused, may_change, may_read
from casework.actors.registry_shapes import AskedShape
from casework.actors.views import WRONG_REASON, is_no_reason
from casework.cases.api.rendering import person
from casework.cases.api.requests import Sent
from casework.cases.api.shapes import Shape
from casework.people.second_person import Waits, setting_change
from casework.web.api.docs import described, example
from casework.web.api.errors import refusal
from orchestration.ground.refusals import Refused
from orchestration.jobs import stopping, trials
from orchestration.models import Actor, ActorVersion, Stop

ONE: Final = {
    "scope": "kind:http", "reason": "The network is being moved", "by": "person:ada", "at": "2026-11-21T12:00:00Z",
    "actors": ["order-system", "payment-system"],
}  # fmt: skip
TRIED: Final = {"jobs": 100, "done": 0, "began": "2026-11-21T12:00:00Z", "ended": None, "failed": ""}


class StopShape(Shape):
    """Actors that are stopped together."""

    scope = s.CharField(help_text="`all`, or `kind:` and a kind of actors.")
    reason = s.CharField()
    by = s.CharField()
    at = s.DateTimeField()
    actors = s.ListField(child=s.CharField(), help_text="The keys of those that it stopped.")


class StopList(Shape):
    results = StopShape(many=True)


class NewStop(Sent):
    scope = s.CharField(max_length=60, help_text="`all`, or `kind:` and a kind of actors.")
    reason = s.CharField(max_length=500, help_text="Why; it is kept.")


class StopEnd(Sent):
    scope = s.CharField(max_length=60)


class Loose(Shape):
    actors = s.ListField(child=s.CharField(), help_text="The keys of those that work again.")


class Given(Shape):
    jobs = s.IntegerField(help_text="How many jobs others have now.")


class NewReplay(Sent):
    jobs = s.IntegerField(min_value=1, max_value=trials.MOST_REPLAYED, help_text="On how many of the last jobs.")


class ReplayShape(Shape):
    jobs = s.IntegerField(help_text="On how many it is tried.")
    done = s.IntegerField(help_text="On how many it was.")
    began = s.DateTimeField()
    ended = s.DateTimeField(allow_null=True)
    failed = s.CharField(help_text="Why it was given up; empty where it was not.")


class StopsView(APIView):
    @described("List stops", {200: StopList}, 403, examples=(example("One", {"results": [ONE]}, "200"),))
    def get(self, request: Request) -> Response:
        """Kinds of actors that are stopped, and all where all are. For administrators and auditors."""
        may_read(request)
        return Response({"results": [_shown(stop) for stop in Stop.objects.order_by("at")]})

    @described(
        "Stop actors of a kind, or all", {201: StopShape}, 400, 403, 409, request=NewStop,
        examples=(
            example("All connectors", {"scope": "kind:http", "reason": "The network is being moved"}, request=True),
            example("They are stopped", ONE, "201"),
        ),
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """At once, for all workers: what is under way is contained, and done again when they are let loose."""
        by, given = may_change(request), NewStop.body(request)
        if not _is_scope(given["scope"]):
            raise ValidationError({"scope": "`all`, or `kind:` and the kind of an actor that there is."})
        if is_no_reason(given["reason"].strip()):
            raise ValidationError({"reason": WRONG_REASON})
        outcome = stopping.stop(given["scope"], by, given["reason"].strip())
        return refusal(outcome) if isinstance(outcome, Refused) else Response(_shown(outcome), 201)


class StopEndView(APIView):
    @described(
        "Let loose what was stopped together", {200: Loose, 202: AskedShape}, 400, 403, 409, request=StopEnd,
        examples=(
            example("All connectors", {"scope": "kind:http"}, request=True),
            example("They work again", {"actors": ONE["actors"]}, "200"),
        ),
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """What was held back is done. What another stop holds stays stopped. It is asked for, where a second person has
        to agree."""
        may_change(request)
        scope = StopEnd.body(request)["scope"]
        outcome = setting_change(by=person(request), kind="loose-together", name=scope, change={}, reason="")
        if isinstance(outcome, Refused | Waits):
            return asked_or_refused(outcome)
        return Response({"actors": outcome})


class OthersView(APIView):
    @described(
        "Give to others what a stopped actor holds", {200: Given}, 403, 404, 409,
        examples=(example("Three jobs", {"jobs": 3}, "200"),),
    )  # fmt: skip
    def post(self, request: Request, key: str) -> Response:
        """Jobs that wait for it to be let loose are routed anew, where another actor that works can do them."""
        by = may_change(request)
        if not Actor.objects.filter(key=key).exists():
            raise Http404("There is no actor with this key.")
        outcome = stopping.give_to_others(key, by)
        return refusal(outcome) if isinstance(outcome, Refused) else Response({"jobs": outcome})


class ReplayView(APIView):
    @described(
        "Try a version on recorded jobs", {202: ReplayShape}, 400, 403, 404, 409, request=NewReplay,
        examples=(example("A hundred", {"jobs": 100}, request=True), example("It has begun", TRIED, "202")),
    )  # fmt: skip
    def post(self, request: Request, key: str, version: int) -> Response:
        """In the background; nothing that it gives reaches a case. The version's `tried` and `agreed` say how it went.

        To have it run beside real work, move it to `shadow`.
        """
        by = may_change(request)
        row = ActorVersion.objects.select_related("actor").defer("artefact").filter(actor__key=key, pk=version).first()
        if row is None:
            raise Http404("There is no such version of this actor.")
        outcome = trials.replay_begin(row, NewReplay.body(request)["jobs"], by)
        if isinstance(outcome, Refused):
            return refusal(outcome)
        return Response({name: getattr(outcome, name) for name in TRIED}, 202)


def _is_scope(scope: str) -> bool:
    kinds = Actor.objects.order_by().values_list("kind", flat=True)
    return scope == stopping.ALL or scope in {stopping.scope_of(kind) for kind in kinds}


def _shown(stop: Stop) -> dict[str, Any]:
    return {name: getattr(stop, name) for name in ONE}
