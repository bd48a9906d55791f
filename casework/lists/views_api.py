"""Which calls show and change saved views?"""

from __future__ import annotations

from typing import Any, Final

from django.contrib.auth.models import Group, User
from rest_framework import serializers as s
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from casework.access.within import limited_to
from casework.cases.api.rendering import person
from casework.cases.api.requests import Nothing, Sent
from casework.cases.api.shapes import Shape
from casework.lists.choosable import columns_for
from casework.lists.columns import Column
from casework.lists.models import SavedView
from casework.lists.saved import (
    NAME_MOST,
    View,
    default_set,
    view_change,
    view_for_user,
    view_of,
    view_remove,
    view_save,
    views_of,
)
from casework.lists.state import KINDS, LONGEST, Kind, unknown
from casework.web.api.docs import described, example
from casework.web.api.errors import refusal
from orchestration.ground.refusals import Refused

VIEW: Final = {
    "id": 7, "list": "inbox", "name": "Cards over 500", "owner": "Anna Albrecht", "own": True,
    "shared_with": "Analysts", "default": False, "asks": "tab=groups&from.amount=500&sort=-amount", "left_out": 0,
}  # fmt: skip
_QUERY: Final = "What the address of its list says: `tab=groups&is.channel=web&sort=-received&col=channel`."
_GROUP: Final = "A group that you are in, which has it too; empty: you alone."


class ViewShape(Shape):
    id = s.IntegerField()
    list = s.CharField(source="kind")
    name = s.CharField()
    owner = s.CharField()
    own = s.BooleanField(help_text="Whether you saved it, and so can change it.")
    shared_with = s.CharField(help_text="The group that has it too; empty: nobody.")
    default = s.BooleanField(source="is_default", help_text="Whether your page of the list opens with it.")
    asks = s.CharField(source="query", help_text=f"{_QUERY} Only what you may see.")
    left_out = s.IntegerField(help_text="Parts that use a field which you may not see.")


class ViewList(s.Serializer[Any]):
    results = ViewShape(many=True)


class ViewFilter(Sent):
    list = s.ChoiceField(choices=list(KINDS), required=False, default="inbox")


class NewView(Sent):
    list = s.ChoiceField(choices=list(KINDS), required=False, default="inbox")
    name = s.CharField(max_length=NAME_MOST)
    asks = s.CharField(source="query", max_length=LONGEST, allow_blank=True, help_text=_QUERY)
    group = s.CharField(required=False, default="", allow_blank=True, max_length=150, help_text=_GROUP)
    default = s.BooleanField(required=False, default=False)


class ViewChange(Sent):
    name = s.CharField(max_length=NAME_MOST, required=False)
    asks = s.CharField(source="query", max_length=LONGEST, allow_blank=True, required=False, help_text=_QUERY)
    group = s.CharField(allow_blank=True, max_length=150, required=False, help_text=_GROUP)
    default = s.BooleanField(required=False, help_text="Also for a view that others share with you.")


class ViewsView(APIView):
    @described(
        "Find saved views", {200: ViewList}, 400, parameters=[ViewFilter],
        examples=(example("One view", {"results": [VIEW]}, "200"),),
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """Your own views of a list, then those that others share with a group of yours."""
        kind = KINDS[ViewFilter.query(request)["list"]]
        by = person(request)
        return Response(ViewList({"results": views_of(by, kind, _columns(by))}).data)

    @described(
        "Save a view", {201: ViewShape}, 400, 409, request=NewView,
        examples=(example("It is saved", VIEW, "201"),),
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Under a name, for yourself or for a group too."""
        by, given = person(request), NewView.body(request)
        group = _group(by, given["group"])
        _all_known(given["query"], KINDS[given["list"]])
        outcome = view_save(
            by=by, kind=KINDS[given["list"]], name=given["name"], query=given["query"], group=group
        )  # fmt: skip
        if isinstance(outcome, Refused):
            return refusal(outcome)
        if given["default"]:
            default_set(by=by, view=outcome, on=True)
        return _told(by, outcome, 201)


class ViewView(APIView):
    @described("Read a saved view", {200: ViewShape}, 400, 404, examples=(example("One view", VIEW, "200"),))
    def get(self, request: Request, view: int) -> Response:
        """As far as you may see it."""
        Nothing.query(request)
        return _told(person(request), view_for_user(person(request), view))

    @described(
        "Change a saved view", {200: ViewShape}, 400, 404, 409, request=ViewChange,
        examples=(example("It is changed", VIEW, "200"),),
    )  # fmt: skip
    def post(self, request: Request, view: int) -> Response:
        """What is not named stays. Whether your list opens with it you may say of any; all else its owner alone."""
        by, found = person(request), view_for_user(person(request), view)
        given = ViewChange.body(request)
        is_default = given.pop("default", None)
        _all_known(given.get("query", ""), KINDS[found.kind])
        if "group" in given:
            given["group"] = _group(by, given["group"])
        outcome = view_change(by=by, view=found, **given) if given else found
        if isinstance(outcome, Refused):
            return refusal(outcome)
        if is_default is not None:
            default_set(by=by, view=found, on=is_default)
        return _told(by, found)


class ViewRemoveView(APIView):
    @described("Remove a saved view", {200: ViewShape}, 400, 404, 409, request=None)
    def post(self, request: Request, view: int) -> Response:
        """For everybody who had it. The answer is what it was."""
        by, found = person(request), view_for_user(person(request), view)
        Nothing.body(request)
        was = _shown(by, found)
        outcome = view_remove(by=by, view=found)
        return refusal(outcome) if isinstance(outcome, Refused) else Response(ViewShape(was).data)


def _columns(by: User) -> tuple[Column, ...]:
    return columns_for(by, limited_to(by))


def _group(by: User, name: str) -> int:
    """The number of the group of theirs with this name. Raises ValidationError where it is none."""
    found = by.groups.filter(name=name).first() if name else None
    if name and found is None:
        raise s.ValidationError({"group": "You can share a view with a group that you are in."})
    return found.pk if isinstance(found, Group) else 0


def _all_known(query: str, kind: Kind) -> None:
    """Raises ValidationError where a part would be left out without a word."""
    try:
        names = unknown(query, kind)
    except ValueError:
        return  # it is too long, and refused for that
    if names:
        raise s.ValidationError(
            {"asks": f"The {kind.title} knows no {', '.join(names)[:200]}. Columns are named by col."}
        )


def _shown(by: User, view: SavedView) -> View:
    return view_of(by, view, _columns(by))


def _told(by: User, view: SavedView, status: int = 200) -> Response:
    return Response(ViewShape(_shown(by, view)).data, status=status)
