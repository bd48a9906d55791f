"""Which calls show the copies of a case beside what their owners have, heal them and send changes?"""

from __future__ import annotations

from typing import Any, Final

from rest_framework import serializers as s
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from casework.access import permissions
from casework.cases.api.json_fields import AnyField
from casework.cases.api.rendering import person
from casework.cases.api.requests import Nothing, Sent
from casework.cases.api.shapes import Shape
from casework.cases.read.case_view import look
from casework.models import Case
from casework.systems.changing import change_ask
from casework.systems.comparing import comparison_ask, owner_of
from casework.systems.healing import copies_heal, copies_keep
from casework.systems.read import copies_page, stood
from casework.web.api.docs import described, example
from casework.web.api.errors import refusal
from orchestration.casetypes.case_type import by_definition
from orchestration.ground import clock
from orchestration.ground.refusals import Refused

WISHES: Final = ("compare", "heal", "keep", "change")
LINE: Final = {
    "path": "policy.deductible", "name": "Policy: Deductible", "ours": "300.00 EUR", "theirs": "500.00 EUR",
    "verdict": "differs", "stood": "Q8vJ2c",
}  # fmt: skip
PART: Final = {
    "owner": "policy", "system": "Policy system", "state": "differs", "compared": "2026-11-29T10:00:00Z", "error": "",
    "told": "b81xYw", "mapping": "0c4f1a2b3d4e", "copies": [LINE],
}  # fmt: skip
ANSWER: Final[dict[str, Any]] = {"owners": [PART], "changes": []}


class CopyShape(Shape):
    path = s.CharField()
    name = s.CharField(help_text="What it is called.")
    ours = AnyField(help_text="What stands in the case, as you may see it.")
    theirs = AnyField(help_text="What its owner told last; null where that is not known, or not yours to see.")
    verdict = s.CharField(help_text="`same`, `differs`, `unknown` (not compared yet) or `hidden` (not yours to see).")
    stood = s.CharField(help_text="What stands for the value: send it with `change`.")


class OwnerShape(Shape):
    owner = s.CharField()
    system = s.CharField()
    state = s.CharField(
        help_text="`waiting`, `running`, `same`, `differs`, `kept` (as history), `failed`; empty: never."
    )
    compared = s.DateTimeField(allow_null=True, help_text="When the owner last answered.")
    error = s.CharField(help_text="Why it could not be asked, or its answer not be taken over.")
    told = s.CharField(help_text="What stands for its answer: send it with `heal` and `keep`.")
    mapping = s.CharField(help_text="The version of the mapping.")
    copies = CopyShape(many=True)


class SentShape(Shape):
    number = s.IntegerField()
    name = s.CharField()
    system = s.CharField()
    before = AnyField()
    after = AnyField()
    state = s.CharField(help_text="`waiting`, `running`, `done`, `refused` by the owner, or `failed`.")
    error = s.CharField()
    mapping = s.CharField()
    asked = s.DateTimeField()


class CopiesShape(Shape):
    owners = OwnerShape(many=True)
    changes = SentShape(many=True)


class CopiesSent(Sent):
    owner = s.CharField(max_length=64)
    wish = s.ChoiceField(choices=WISHES)
    told = s.CharField(
        required=False, default="", max_length=100, help_text="Of `heal` and `keep`: as the copies said it."
    )
    path = s.CharField(required=False, default="", max_length=200, help_text="Of `change`: the field.")
    value = AnyField(required=False, default=None, allow_null=True, help_text="Of `change`: what is to stand there.")
    stood = s.CharField(required=False, default="", max_length=100, help_text="Of `change`: as the copies said it.")
    reason = s.CharField(required=False, default="", max_length=500, help_text="Of `heal`, `keep` and `change`.")


class CopiesView(APIView):
    @described(
        "Read the copies of a case", {200: CopiesShape}, 400, 404, examples=(example("One differs", ANSWER, "200"),)
    )
    def get(self, request: Request, case: int) -> Response:
        """Each copy of what another system owns, beside what that told when it was last asked."""
        by = person(request)
        found = permissions.case_for_user(by, case, "view")
        Nothing.query(request)
        return _answer(by, found)

    @described(
        "Compare, heal or change copies", {200: CopiesShape}, 400, 403, 404, 409, request=CopiesSent,
        examples=(
            example("Compare", {"owner": "policy", "wish": "compare"}, request=True),
            example("Take over", {"owner": "policy", "wish": "heal", "told": "b81xYw", "reason": "As they have it."},
                    request=True),
        ),
    )  # fmt: skip
    def post(self, request: Request, case: int) -> Response:
        """`compare` and `change` are done by workers after the answer: read again. `keep` is for cases that have
        ended. Owners that a kind of case does not have are refused."""
        by = person(request)
        found = permissions.case_for_user(by, case, "work")
        given = CopiesSent.body(request)
        owner = owner_of(by_definition(found.instance.definition_id), given["owner"])
        if owner is None:
            return refusal(Refused("unknown", "This kind of case has no such owner."))
        outcome: object = None
        match given["wish"]:
            case "compare":
                comparison_ask(found.instance_id, owner, permissions.origin_of(by).actor)
            case "heal" | "keep":
                does = copies_heal if given["wish"] == "heal" else copies_keep
                outcome = does(by=by, case=found, owner=owner, told=given["told"], reason=given["reason"])
            case _:
                wanted = {name: given[name] for name in ("path", "value", "stood", "reason")}
                outcome = change_ask(by=by, case=found, owner=owner, **wanted)
        return refusal(outcome) if isinstance(outcome, Refused) else _answer(by, found)


def _state(part: Any) -> str:
    """Copies that were never compared are not said to be the same."""
    return "" if part.at is None and part.state == "same" else str(part.state)


def _answer(by: Any, case: Case) -> Response:
    fresh = Case.objects.select_related("instance").get(pk=case.pk)
    now = clock.utc_now()
    page, seen = copies_page(user=by, case=fresh, now=now), look(user=by, case=fresh, now=now)
    owners = [
        {
            "owner": part.key, "system": part.system, "state": _state(part), "compared": part.at, "error": part.error,
            "told": part.told, "mapping": part.mapping,
            "copies": [
                {"path": line.path, "name": line.name, "ours": line.ours, "theirs": line.theirs,
                 "verdict": line.verdict, "stood": stood(seen, line.path)}
                for line in part.lines
            ],
        }
        for part in page.parts
    ]  # fmt: skip
    return Response(CopiesShape({"owners": owners, "changes": page.changes}).data)
