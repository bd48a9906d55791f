"""How does a program keep the registry of actors? Administrators list, register, change, move and stop.

The life cycle of a model stays outside; its versions come in here with what was measured.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import Http404
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from casework.access import permissions
from casework.actors import registry_shapes as shapes
from casework.actors.views import WRONG_REASON, is_no_reason, switched
from casework.cases.api.rendering import person
from casework.forms.answer_validation import text_errors
from casework.people.second_person import Waits, setting_change
from casework.web.api.docs import described, example
from casework.web.api.errors import refusal
from orchestration.actors import registration
from orchestration.ground.refusals import Refused
from orchestration.models import Actor, ActorVersion, Trial

VERSION: Final = {
    "id": 3, "version": "3f2a9c01d7e4", "state": "registered", "share": 0, "metrics": {"accuracy": 0.93}, "note": "",
    "registered_by": "person:ada", "created": "2026-11-21T12:00:00Z", "tried": 0, "agreed": 0,
}  # fmt: skip
ACTOR: Final = {
    "key": "reader-b", "name": "Reader B", "kind": "intent", "capability": "intent", "origin": "Trained in November",
    "owner": "Quality team", "rank": 0, "enabled": True, "card": {"rate": 60}, "versions": [VERSION],
}  # fmt: skip
NEW: Final = {
    "key": "reader-b", "name": "Reader B", "kind": "intent", "capability": "intent", "artefact": "eyJsYWJlbHMiOltdfQ=="
}  # fmt: skip


class ActorsView(APIView):
    @described("List actors", {200: shapes.ActorList}, 403, examples=(example("One", {"results": [ACTOR]}, "200"),))
    def get(self, request: Request) -> Response:
        """All of them, by capability and rank, each with its versions. For administrators and auditors."""
        may_read(request)
        return Response({"results": _shown(Actor.objects.all())})

    @described(
        "Register an actor", {201: shapes.ActorShape}, 400, 403, request=shapes.NewActor,
        examples=(example("A second reader", NEW, request=True), example("It is there", ACTOR, "201")),
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """It does nothing until a version of it is put to work."""
        by = may_change(request)
        given = _clean(shapes.NewActor.body(request))
        text = given.pop("artefact")
        artefact = _bytes(text) if text else None
        outcome = registration.actor_register(by=by, artefact=artefact, **given)
        return refusal(outcome) if isinstance(outcome, Refused) else Response(_one(outcome), 201)


class ActorView(APIView):
    @described("Read an actor", {200: shapes.ActorShape}, 403, 404, examples=(example("As it is", ACTOR, "200"),))
    def get(self, request: Request, key: str) -> Response:
        """Its card and its versions. For administrators and auditors."""
        may_read(request)
        return Response(_one(_actor(key)))

    @described(
        "Change the card of an actor", {200: shapes.ActorShape, 202: shapes.AskedShape}, 400, 403, 404,
        request=shapes.CardChange,
        examples=(
            example("A limit", {"card": {"rate": 60}, "reason": "A new contract"}, request=True),
            example("As it is now", ACTOR, "200"),
        ),
    )  # fmt: skip
    def post(self, request: Request, key: str) -> Response:
        """The card in place of the one that stands, with its reason; asked for, where a second person has to agree."""
        may_change(request)
        _actor(key)
        fields = shapes.CardChange.body(request)
        card, reason = fields.pop("card"), fields.pop("reason")
        outcome = setting_change(
            by=person(request), kind="card", name=key, change={"card": card, "fields": fields}, reason=reason
        )  # fmt: skip
        if isinstance(outcome, Refused | Waits):
            return asked_or_refused(outcome)
        return Response(_one(_actor(key)))


class ActorSwitchView(APIView):
    @described(
        "Stop an actor or let it loose", {200: shapes.ActorShape, 202: shapes.AskedShape}, 400, 403, 404, 409,
        request=shapes.Switch,
        examples=(
            example("Stop it", {"enabled": False, "reason": "It answers nonsense"}, request=True),
            example("As it is now", ACTOR | {"enabled": False}, "200"),
        ),
    )  # fmt: skip
    def post(self, request: Request, key: str) -> Response:
        """To stop holds at once, for all workers: what is under way is contained, and done again when it is let loose.
        That is asked for, where a second person has to agree."""
        may_change(request)
        actor, given = _actor(key), shapes.Switch.body(request)
        if not given["enabled"] and is_no_reason(given["reason"].strip()):
            raise ValidationError({"reason": WRONG_REASON})
        outcome = switched(actor, given["enabled"], person(request), given["reason"].strip())
        return asked_or_refused(outcome) if isinstance(outcome, Refused | Waits) else Response(_one(_actor(key)))


class ActorVersionsView(APIView):
    @described(
        "Register a version of an actor", {201: shapes.VersionShape}, 400, 403, 404, request=shapes.NewVersion,
        examples=(
            example("With what was measured", {"artefact": "eyJsYWJlbHMiOltdfQ==", "metrics": {"accuracy": 0.93}},
                    request=True),
            example("It is registered", VERSION, "201"),
        ),
    )  # fmt: skip
    def post(self, request: Request, key: str) -> Response:
        """It is used by nothing until it is taken on. The same bytes twice are one version; a pickle is refused."""
        by = may_change(request)
        actor, given = _actor(key), _clean(shapes.NewVersion.body(request))
        given["artefact"] = _bytes(given["artefact"])
        outcome = registration.version_register(actor=actor, by=by, **given)
        return refusal(outcome) if isinstance(outcome, Refused) else Response(_version(outcome), 201)


class ActorVersionView(APIView):
    @described(
        "Move a version of an actor", {200: shapes.VersionShape}, 400, 403, 404, 409, request=shapes.VersionStep,
        examples=(
            example("A tenth of cases", {"state": "share", "share": 10}, request=True),
            example("As it is now", VERSION | {"state": "share", "share": 10}, "200"),
        ),
    )  # fmt: skip
    def post(self, request: Request, key: str, version: int) -> Response:
        """One step on or back; by somebody else than who registered it, where the card asks for four eyes."""
        by = may_change(request)
        row = ActorVersion.objects.select_related("actor").defer("artefact").filter(actor__key=key, pk=version).first()
        if row is None:
            raise Http404("There is no such version of this actor.")
        given = shapes.VersionStep.body(request)
        outcome = registration.version_step(row=row, to=given.pop("state"), by=by, **given)
        return refusal(outcome) if isinstance(outcome, Refused) else Response(_version(outcome))


def _shown(actors: Iterable[Actor]) -> list[dict[str, Any]]:
    """Each with its versions, the newest first: two statements for all."""
    listed = list(actors)
    rows = ActorVersion.objects.filter(actor__in=listed).defer("artefact").order_by("-created", "-pk")
    tried = _tried(Trial.objects.filter(version__actor__in=listed))
    versions: dict[int, list[dict[str, Any]]] = {actor.pk: [] for actor in listed}
    for row in rows:
        versions[row.actor_id].append(shapes.version_shown(row, tried.get(row.pk, (0, 0))))
    names = ("key", "name", "kind", "capability", "origin", "owner", "rank", "enabled", "card")
    return [{name: getattr(actor, name) for name in names} | {"versions": versions[actor.pk]} for actor in listed]


def _tried(trials: QuerySet[Trial]) -> dict[int, tuple[int, int]]:
    """On how many jobs each version was tried, and how many of those agree."""
    counts = trials.values_list("version").order_by().annotate(of=Count("pk"), so=Count("pk", Q(agrees=True)))
    return {pk: (count, agreed) for pk, count, agreed in counts}


def _version(row: ActorVersion) -> dict[str, Any]:
    return shapes.version_shown(row, _tried(Trial.objects.filter(version=row)).get(row.pk, (0, 0)))


def _one(actor: Actor) -> dict[str, Any]:
    return _shown([actor])[0]


def _actor(key: str) -> Actor:
    found = Actor.objects.filter(key=key).first()
    if found is None:
        raise Http404("There is no actor with this key.")
    return found


def _clean(given: dict[str, Any]) -> dict[str, Any]:
    """What was sent, where all of it can be kept."""
    if unclean := text_errors(given):
        raise ValidationError(unclean)
    return given


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ValidationError({"artefact": "This is not base64 (RFC 4648)."}) from None


def may_read(request: Request) -> None:
    user = person(request)
    if not (permissions.may_publish(user) or permissions.may_audit(user)):
        raise PermissionDenied("Actors are shown to administrators and auditors.")


def asked_or_refused(outcome: Refused | Waits) -> Response:
    if isinstance(outcome, Refused):
        return refusal(outcome)
    return Response({"waiting": True, "message": outcome.said}, 202)


def may_change(request: Request) -> Any:
    user = person(request)
    if not permissions.may_publish(user):
        raise PermissionDenied("Only administrators change actors.")
    return permissions.origin_of(user)
