"""Which calls say who may do what? OpenID AuthZEN, Authorization API 1.0: evaluation, evaluations, search."""

from __future__ import annotations

from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_safe
from rest_framework import serializers as s
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from casework.access import permissions
from casework.cases.api.json_fields import ObjectField
from casework.cases.api.rendering import person
from casework.cases.api.requests import Sent
from casework.people.decisions import OF, PERSON, Asked, actions_found, decided, people_found, things_found
from casework.web.api.docs import described, example

MOST: Final = 100
STOPS: Final = {"deny_on_first_deny": False, "permit_on_first_permit": True}
ANNA: Final = {"type": PERSON, "id": "anna"}
CASE: Final = {"type": "case", "id": "17"}
QUESTION: Final = {"subject": ANNA, "action": {"name": "work"}, "resource": CASE}
YES: Final = {"decision": True}
NO: Final = {"decision": False, "context": {"reason": "unseen"}}


class Question(Sent):
    subject = ObjectField(help_text='`{"type": "person", "id": their sign-in name}`')
    action = ObjectField(help_text="`name`: view, work, reply, reveal, assign, audit; of tasks also claim, complete.")
    resource = ObjectField(help_text='`{"type": "case" or "task", "id": its number}`')
    context = ObjectField(required=False, default=dict, help_text="Read by nobody: no rule here asks for it.")  # type: ignore[assignment]


class Questions(Sent):
    subject = ObjectField(required=False, default=dict, help_text="Where an evaluation names none.")
    action = ObjectField(required=False, default=dict)
    resource = ObjectField(required=False, default=dict)
    context = ObjectField(required=False, default=dict)  # type: ignore[assignment]
    options = ObjectField(required=False, default=dict, help_text="`evaluations_semantic`: where to stop.")
    evaluations = s.ListField(child=ObjectField(), min_length=1, max_length=MOST)


class Search(Sent):
    subject = ObjectField(required=False, default=dict)
    action = ObjectField(required=False, default=dict)
    resource = ObjectField(required=False, default=dict)
    context = ObjectField(required=False, default=dict)  # type: ignore[assignment]
    page = ObjectField(required=False, default=dict, help_text="`token`: the `next_token` of the page before.")


class Decision(s.Serializer[Any]):
    decision = s.BooleanField()
    context = ObjectField(required=False, help_text="Why not: `unseen`, as if it were not there, or `denied`.")  # type: ignore[assignment]


class Decisions(s.Serializer[Any]):
    evaluations = Decision(many=True)


class Results(s.Serializer[Any]):
    results = s.ListField(child=ObjectField())
    page = ObjectField(required=False)


class EvaluationView(APIView):
    @described(
        "Ask whether somebody may do something", {200: Decision}, 400, 403, request=Question,
        examples=(
            example("May Anna work case 17?", QUESTION, request=True), example("Yes", YES, "200"),
            example("No", NO, "200"),
        ),
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Of oneself; auditors and administrators, and programs with their rights, of anybody."""
        return Response(_answer(_asked(request, Question.body(request))))


class EvaluationsView(APIView):
    @described(
        "Ask several such questions", {200: Decisions}, 400, 403, request=Questions,
        examples=(
            example("Two actions", {"subject": ANNA, "resource": CASE,
                                    "evaluations": [{"action": {"name": "view"}}, {"action": {"name": "audit"}}]},
                    request=True),
            example("Yes and no", {"evaluations": [YES, {"decision": False, "context": {"reason": "denied"}}]}, "200"),
        ),
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Each with what it does not name from the request itself, answered in order; a semantic may end them early."""
        given = Questions.body(request)
        semantic = given["options"].get("evaluations_semantic", "execute_all")
        if semantic not in (*STOPS, "execute_all"):
            raise ValidationError({"options": f"evaluations_semantic is execute_all, {', '.join(STOPS)}."})
        answers = []
        for one in given["evaluations"]:
            answers.append(_answer(_asked(request, given | one)))
            if STOPS.get(semantic) is answers[-1]["decision"]:
                break
        return Response({"evaluations": answers})


class SubjectsView(APIView):
    @described(
        "Search who may do something", {200: Results}, 400, 403, request=Search,
        examples=(
            example("Who may view case 17?", {"subject": {"type": PERSON}, "action": {"name": "view"},
                                              "resource": CASE}, request=True),
            example("Anna alone", {"results": [ANNA], "page": {"next_token": ""}}, "200"),
        ),
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """By sign-in name, 50 at a time. For auditors and administrators."""
        _may_ask(request, "")
        given = Search.body(request)
        _person_named(given)
        kind, number = _named(given, "resource", "type"), _named(given, "resource", "id")
        found, more = people_found(_named(given, "action", "name"), _kind(kind), number, _token(given))
        return Response({"results": [{"type": PERSON, "id": name} for name in found], "page": {"next_token": more}})


class ResourcesView(APIView):
    @described(
        "Search to what somebody may do something", {200: Results}, 400, 403, request=Search,
        examples=(
            example("What may Anna work?", {"subject": ANNA, "action": {"name": "work"}, "resource": {"type": "case"}},
                    request=True),
            example("One case", {"results": [CASE], "page": {"next_token": ""}}, "200"),
        ),
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """By number, 50 at a time. Of oneself; auditors and administrators of anybody."""
        given = Search.body(request)
        who, kind = _named(given, "subject", "id"), _kind(_named(given, "resource", "type"))
        _may_ask(request, who)
        _person_named(given)
        found, more = things_found(who, _named(given, "action", "name"), kind, _token(given))
        return Response({"results": [{"type": kind, "id": number} for number in found], "page": {"next_token": more}})


class ActionsView(APIView):
    @described(
        "Search what somebody may do to something", {200: Results}, 400, 403, request=Search,
        examples=(
            example("What may Anna do to case 17?", {"subject": ANNA, "resource": CASE}, request=True),
            example("View and work it", {"results": [{"name": "view"}, {"name": "work"}]}, "200"),
        ),
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """All of it at once. Of oneself; auditors and administrators of anybody."""
        given = Search.body(request)
        who, kind = _named(given, "subject", "id"), _kind(_named(given, "resource", "type"))
        _may_ask(request, who)
        _person_named(given)
        names = actions_found(who, kind, _named(given, "resource", "id"))
        return Response({"results": [{"name": name} for name in names]})


@require_safe
def metadata(request: HttpRequest) -> JsonResponse:
    """Where to ask what (AuthZEN, 9: the well-known document of a policy decision point)."""
    base = f"{request.scheme}://{request.get_host()}"
    calls = {
        "access_evaluation_endpoint": "api-access-evaluation", "access_evaluations_endpoint": "api-access-evaluations",
        "search_subject_endpoint": "api-access-subjects", "search_resource_endpoint": "api-access-resources",
        "search_action_endpoint": "api-access-actions",
    }  # fmt: skip
    return JsonResponse({"policy_decision_point": base} | {key: base + reverse(name) for key, name in calls.items()})


def _asked(request: Request, given: dict[str, Any]) -> Asked:
    who = _named(given, "subject", "id")
    _may_ask(request, who)
    _person_named(given)
    kind = _kind(_named(given, "resource", "type"))
    return Asked(who, _named(given, "action", "name"), kind, _named(given, "resource", "id"))


def _answer(asked: Asked) -> dict[str, Any]:
    no = decided(asked)
    return {"decision": False, "context": {"reason": no}} if no else {"decision": True}


def _may_ask(request: Request, who: str) -> None:
    by = person(request)
    if who != by.get_username() and not (permissions.may_audit(by) or permissions.may_administer(by)):
        raise PermissionDenied("What others may do is told to administrators and auditors.")


def _named(given: dict[str, Any], part: str, name: str) -> str:
    found = given[part].get(name) if isinstance(given[part], dict) else None
    if not isinstance(found, str) or not found or "\0" in found:
        raise ValidationError({f"{part}.{name}": "This is missing, or no text."})
    return found[:150]


def _person_named(given: dict[str, Any]) -> None:
    if _named(given, "subject", "type") != PERSON:
        raise ValidationError({"subject.type": f"A subject is a {PERSON}."})


def _kind(kind: str) -> str:
    if kind not in OF:
        raise ValidationError({"resource.type": f"A resource is a {' or a '.join(OF)}."})
    return kind


def _token(given: dict[str, Any]) -> str:
    found = given["page"].get("token", "")
    return found if isinstance(found, str) and "\0" not in found else ""
