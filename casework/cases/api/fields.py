"""Which calls show and change fields of a case outside a task? The rules are those of the page (`cases.editing`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.contrib.auth.models import User
from rest_framework import serializers as s
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from casework.access import permissions
from casework.cases.api.json_fields import AnyField
from casework.cases.api.rendering import person
from casework.cases.api.requests import Nothing, Sent
from casework.cases.api.shapes import Shape
from casework.cases.editing import CHANGED, Would, editable, field_edit, form_of, standing
from casework.cases.read.case_view import Look, look
from casework.cases.read.dependents import Dependents, dependents
from casework.models import Case
from casework.web.api.docs import described, example
from casework.web.api.errors import refusal
from casework.web.api.shapes import Error
from orchestration.casetypes.case_type import EditableField
from orchestration.casetypes.form_answers import at_path
from orchestration.ground import clock
from orchestration.ground.refusals import Refused

FIELD: Final = {
    "path": "channel", "name": "Channel", "value": "web", "stood": "Q8vJ2c", "reason_needed": False, "choices": {},
}  # fmt: skip
CHANGE: Final = {"path": "channel", "value": "telephone", "stood": "Q8vJ2c", "reason": "", "only_look": True}
ANSWER: Final = {
    "path": "channel", "value": "web", "stood": "Q8vJ2c", "changed": False, "steps": [], "decisions": ["Routing"],
    "happens": ["Decided Routing by rule 3"],
}  # fmt: skip
_STOOD: Final = "What stands for the value: send it with a change, which is refused where another has written since."


class FieldShape(Shape):
    path = s.CharField()
    name = s.CharField(help_text="What it is called.")
    value = AnyField(help_text="What stands there, as you may see it.")
    stood = s.CharField(help_text=_STOOD)
    reason_needed = s.BooleanField()
    choices = s.DictField(child=s.CharField(), help_text="What may be chosen, with its words; empty: any.")


class FieldList(s.Serializer[Any]):
    results = FieldShape(many=True)


class FieldChange(Sent):
    path = s.CharField(max_length=200, help_text="Dotted, as the list of fields has it.")
    value = AnyField(required=True, allow_null=True)
    stood = s.CharField(max_length=100, help_text="As the list of fields, or a 409, said it.")
    reason = s.CharField(required=False, default="", allow_blank=True, help_text="Kept in the history.")
    only_look = s.BooleanField(required=False, default=False, help_text="Say what it would do, and do nothing.")


class FieldAnswer(Shape):
    path = s.CharField()
    value = AnyField(help_text="What stands there now.")
    stood = s.CharField(help_text=_STOOD)
    changed = s.BooleanField()
    steps = s.ListField(child=s.CharField(), help_text="Steps that read the field.")
    decisions = s.ListField(child=s.CharField(), help_text="Decisions that read it.")
    happens = s.ListField(child=s.CharField(), help_text="What the change would do at once; said with `only_look`.")


class Conflict(Error):
    """The case is in another state, or (`changed`) somebody has written the field since."""

    value = AnyField(required=False, help_text="Of `changed`: what stands there now.")
    wanted = AnyField(required=False, help_text="Of `changed`: what you sent.")
    stood = s.CharField(required=False, help_text="Of `changed`: send this to write over it.")


CONFLICT: Final = {
    "code": CHANGED, "message": "Somebody has changed this field since you looked at it, so it stays as it is now.",
    "errors": {}, "value": "letter", "wanted": "telephone", "stood": "b81xYw",
}  # fmt: skip


class FieldsView(APIView):
    @described("Find fields to change", {200: FieldList}, 400, 403, 404,
               examples=(example("One field", {"results": [FIELD]}, "200"),))  # fmt: skip
    def get(self, request: Request, case: int) -> Response:
        """Those that the case type lets you change outside a task, now."""
        by = person(request)
        found = permissions.case_for_user(by, case, "work")
        Nothing.query(request)
        seen = look(user=by, case=found, now=clock.utc_now())
        return Response(FieldList({"results": [_shown(seen, one) for one in _editable(seen, by)]}).data)

    @described(
        "Change a field", {200: FieldAnswer, 409: Conflict}, 400, 403, 404, request=FieldChange,
        examples=(
            example("What would it do?", CHANGE, request=True), example("This", ANSWER, "200"),
            example("Somebody was faster", CONFLICT, "409"),
        ),
    )  # fmt: skip
    def post(self, request: Request, case: int) -> Response:
        """With the checks of the page: the right to work the case, the field's, its schema, and what stood there."""
        by = person(request)
        found = permissions.case_for_user(by, case, "work")
        given = FieldChange.body(request)
        seen = look(user=by, case=found, now=clock.utc_now())
        outcome = field_edit(by=by, case=found, **given)
        if isinstance(outcome, Refused):
            return _refused(outcome, given, by, found)
        happens = outcome.events if isinstance(outcome, Would) else ()
        reads = dependents(seen, given["path"], happens)
        return Response(_answer(_fresh(by, found), given, reads, outcome))


def _editable(seen: Look, by: User) -> list[EditableField]:
    return list(editable(seen.case_type, by, seen.view, seen.state))


def _stands(seen: Look, path: str) -> dict[str, Any]:
    """What this reader sees there, and what stands for it."""
    stood = standing(dict(seen.state.root.variables), path)
    return {"value": at_path(seen.view.data, path), "stood": stood}


def _shown(seen: Look, field: EditableField) -> dict[str, Any]:
    asked = form_of(seen.case_type, field).fields[0]
    told = {"path": field.path, "name": asked.label, "reason_needed": field.reason, "choices": asked.choices or {}}
    return told | _stands(seen, field.path)


def _answer(seen: Look, given: Mapping[str, Any], reads: Dependents, outcome: object) -> dict[str, Any]:
    told = {"path": given["path"], "changed": not isinstance(outcome, Would)} | _stands(seen, given["path"])
    lists = {"steps": list(reads.steps), "decisions": list(reads.decisions), "happens": list(reads.happens)}
    return dict(FieldAnswer(told | lists).data)


def _refused(outcome: Refused, given: Mapping[str, Any], by: User, case: Case) -> Response:
    """A conflict says both values: what stands there now, as this person may see it, and what they sent."""
    answer = refusal(outcome)
    if outcome.code == CHANGED:
        answer.data |= _stands(_fresh(by, case), given["path"]) | {"wanted": given["value"]}
    return answer


def _fresh(by: User, case: Case) -> Look:
    """The case as it is now, after what was done to it."""
    now_there = Case.objects.select_related("instance").get(pk=case.pk)
    return look(user=by, case=now_there, now=clock.utc_now())
