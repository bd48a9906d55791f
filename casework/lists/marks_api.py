"""Which calls tag a case, and follow it?"""

from __future__ import annotations

from rest_framework import serializers as s
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from casework.access import permissions
from casework.cases.api.rendering import person
from casework.cases.api.requests import Nothing, Sent
from casework.cases.api.shapes import Shape
from casework.lists.tag_words import LONGEST
from casework.lists.tags import MOST, case_follow, case_tag, marks_of
from casework.web.api.docs import described, example
from casework.web.api.errors import refusal
from orchestration.ground.refusals import Refused


class TagsSent(Sent):
    add = s.ListField(child=s.CharField(max_length=LONGEST), max_length=MOST, required=False, default=list)
    remove = s.ListField(child=s.CharField(max_length=LONGEST), max_length=MOST, required=False, default=list)


class FollowSent(Sent):
    following = s.BooleanField()


class MarksShape(Shape):
    tags = s.ListField(child=s.CharField())
    following = s.BooleanField(help_text="Whether you follow the case.")


class TagsView(APIView):
    @described("Read the tags of a case", {200: MarksShape}, 400, 404)
    def get(self, request: Request, case: int) -> Response:
        """The words that people have put on it, and whether you follow it."""
        by = person(request)
        found = permissions.case_for_user(by, case, "view")
        Nothing.query(request)
        return Response(MarksShape(marks_of(found, by)).data)

    @described(
        "Tag a case", {200: MarksShape}, 400, 403, 404, 409, request=TagsSent,
        examples=(
            example("One more, one less", {"add": ["call-back"], "remove": ["new"]}, request=True),
            example("As it is now", {"tags": ["call-back", "vip"], "following": False}, "200"),
        ),
    )  # fmt: skip
    def post(self, request: Request, case: int) -> Response:
        """Each is made one lower-case word. The change stands in the case's history."""
        by = person(request)
        found = permissions.case_for_user(by, case, "work")
        outcome = case_tag(by=by, case=found, **TagsSent.body(request))
        return refusal(outcome) if isinstance(outcome, Refused) else Response(MarksShape(marks_of(found, by)).data)


class FollowView(APIView):
    @described("Follow a case", {200: MarksShape}, 400, 404, request=FollowSent)
    def post(self, request: Request, case: int) -> Response:
        """Or follow it no more. Nobody else hears of it."""
        by = person(request)
        found = permissions.case_for_user(by, case, "view")
        case_follow(by=by, case=found, following=FollowSent.body(request)["following"])
        return Response(MarksShape(marks_of(found, by)).data)
