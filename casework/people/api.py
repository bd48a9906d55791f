"""How does a program keep people and groups? As the pages do, with the same refusals."""

from __future__ import annotations

from typing import Any, Final

from django.contrib.auth.models import Group, User
from django.http import Http404
from rest_framework import serializers as s
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from casework.cases.api.rendering import person as asking
from casework.cases.api.requests import Nothing, Sent
from casework.cases.api.shapes import Shape
from casework.people import services
from casework.people.links import link_make
from casework.people.read import RIGHTS, STATES, group_row, group_rows, person_rows, persons
from casework.people.rights import changes, looks
from casework.people.services import Changed, Invited
from casework.web.api.docs import described, example
from casework.web.api.errors import refusal
from orchestration.ground.refusals import Refused

MOST: Final = 200
PERSON: Final = {
    "id": 7, "name": "nora", "first": "Nora", "last": "Nilsson", "email": "nora@example.org", "groups": ["Analysts"],
    "clearance": "internal", "active": True, "has_password": True, "last_sign_in": "2026-11-28T08:00:00Z", "held": 2,
    "version": "3f2a9c01d7e44b10",
}  # fmt: skip
GROUP: Final = {
    "id": 3,
    "name": "Analysts",
    "clearance": "internal",
    "members": 4,
    "rights": [],
    "purposes": ["reviewing a customer"],
    "version": "0d7e44b103f2a9c1",
}
_REASON: Final = "Why; kept with the change."
_VERSION: Final = "As you read it: where somebody has changed it meanwhile, nothing is done (409)."


class PersonShape(Shape):
    id = s.IntegerField()
    name = s.CharField(help_text="What they sign in with.")
    first = s.CharField()
    last = s.CharField(source="last_name")
    email = s.CharField()
    groups = s.ListField(child=s.CharField())
    clearance = s.CharField(help_text="The highest of their groups.")
    active = s.BooleanField(help_text="False: kept out.")
    has_password = s.BooleanField()
    last_sign_in = s.DateTimeField(source="last", allow_null=True)
    held = s.IntegerField(help_text="Open tasks that are theirs.")
    version = s.CharField(help_text="Stands for all this as it is; a change names it.")


class PersonList(s.Serializer[Any]):
    results = PersonShape(many=True)
    next = s.IntegerField(allow_null=True, help_text="The page after this; null: this is the last.")


class InvitedShape(s.Serializer[Any]):
    person = PersonShape()
    link = s.CharField(help_text="Where they set a password, once; empty where it went to them by mail.")
    mailed = s.CharField(help_text="The address that the mail server took it for; empty: nothing was sent.")
    waiting = s.BooleanField(help_text="Whether their groups wait for a second administrator.")


class ChangedPerson(s.Serializer[Any]):
    person = PersonShape()
    freed = s.IntegerField(help_text="Of their tasks, how many went back to the group.")
    waiting = s.BooleanField(help_text="Whether what gives rights waits for a second administrator.")


class GroupShape(Shape):
    id = s.IntegerField()
    name = s.CharField()
    clearance = s.CharField(help_text="What it sees unmasked.")
    members = s.IntegerField()
    rights = s.ListField(child=s.CharField(), help_text="What it may on all cases and versions.")
    purposes = s.ListField(child=s.CharField(), help_text="What it looks for: it reads what is kept for that.")
    version = s.CharField(help_text="Stands for all this as it is; a change names it.")


class GroupList(s.Serializer[Any]):
    results = GroupShape(many=True)


class ChangedGroup(s.Serializer[Any]):
    group = GroupShape()
    waiting = s.BooleanField(help_text="Whether what gives rights waits for a second administrator.")


class PeopleQuery(Sent):
    q = s.CharField(required=False, default="", allow_blank=True, max_length=150, help_text="Words of their names.")
    group = s.CharField(required=False, default="", allow_blank=True, max_length=150)
    state = s.ChoiceField(choices=list(STATES), required=False, default="", allow_blank=True)
    page = s.IntegerField(required=False, default=1, min_value=1, max_value=10_000)


class NewPerson(Sent):
    name = s.CharField(max_length=150)
    first = s.CharField(required=False, default="", allow_blank=True, max_length=150)
    last = s.CharField(required=False, default="", allow_blank=True, max_length=150)
    email = s.CharField(required=False, default="", allow_blank=True, max_length=254)
    groups = s.ListField(child=s.CharField(max_length=150), required=False, default=list, max_length=100)
    reason = s.CharField(max_length=services.REASON_MOST, help_text=_REASON)


class PersonGroups(Sent):
    groups = s.ListField(child=s.CharField(max_length=150), max_length=100, help_text="These, and no others.")
    reason = s.CharField(max_length=services.REASON_MOST, help_text=_REASON)
    version = s.CharField(max_length=16, help_text=_VERSION)


class PersonSwitch(Sent):
    active = s.BooleanField(help_text="False keeps them out at once.")
    reason = s.CharField(max_length=services.REASON_MOST, help_text=_REASON)
    version = s.CharField(max_length=16, help_text=_VERSION)


class GroupChange(Sent):
    clearance = s.CharField(max_length=12)
    rights = s.ListField(child=s.ChoiceField(choices=list(RIGHTS)), help_text="These, and no others.")
    purposes = s.ListField(
        child=s.CharField(max_length=services.LONGEST_PURPOSE), required=False, default=None, allow_null=True,
        max_length=services.MOST_PURPOSES, help_text="These, and no others; left out: as they are.",
    )  # fmt: skip
    reason = s.CharField(max_length=services.REASON_MOST, help_text=_REASON)
    version = s.CharField(max_length=16, help_text=_VERSION)


class PeopleView(APIView):
    @described(
        "List people", {200: PersonList}, 400, 403, parameters=[PeopleQuery],
        examples=(example("One", {"results": [PERSON], "next": None}, "200"),),
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """By sign-in name, 200 at a time. For administrators and auditors."""
        looks(asking(request))
        given = PeopleQuery.query(request)
        page = given.pop("page")
        found = persons(person_rows(**given)[(page - 1) * MOST : page * MOST + 1])
        return Response(
            {"results": PersonShape(found[:MOST], many=True).data, "next": page + 1 if len(found) > MOST else None}
        )

    @described(
        "Invite somebody", {201: InvitedShape}, 400, 403, request=NewPerson,
        examples=(
            example("An analyst", {"name": "nora", "groups": ["Analysts"], "reason": "Begins on Monday"}, request=True),
            example("She is there", {"person": PERSON | {"has_password": False}, "link": "https://casewright.example/password/Nw/set/",
                    "mailed": "", "waiting": False}, "201"),
        ),
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Somebody new, without a password: they set one by the link, which is given this once."""
        by = changes(asking(request))
        outcome = services.person_invite(by=by, **NewPerson.body(request))
        if isinstance(outcome, Refused):
            return refusal(outcome)
        return Response(_invited(request, by, outcome), 201)


class PersonView(APIView):
    @described("Read a person", {200: PersonShape}, 403, 404, examples=(example("Nora", PERSON, "200"),))
    def get(self, request: Request, person: int) -> Response:
        """For administrators and auditors."""
        looks(asking(request))
        Nothing.query(request)
        return Response(_shown(_somebody(person)))

    @described(
        "Change the groups of a person", {200: ChangedPerson}, 400, 403, 404, 409, request=PersonGroups,
        examples=(
            example("Analysts only", {"groups": ["Analysts"], "reason": "Moved", "version": "3f2a9c01d7e44b10"},
                    request=True),
            example("As it is now", {"person": PERSON, "freed": 1, "waiting": False}, "200"),
        ),
    )  # fmt: skip
    def post(self, request: Request, person: int) -> Response:
        """What they hold and may not take any more goes back to the group in the same transaction."""
        by, user = changes(asking(request)), _somebody(person)
        return _changed(user, services.person_groups(by=by, user=user, **PersonGroups.body(request)))


class PersonSwitchView(APIView):
    @described(
        "Keep somebody out or let them in", {200: ChangedPerson}, 400, 403, 404, 409, request=PersonSwitch,
        examples=(
            example("Out", {"active": False, "reason": "Has left", "version": "3f2a9c01d7e44b10"}, request=True),
            example("As it is now", {"person": PERSON | {"active": False}, "freed": 2, "waiting": False}, "200"),
        ),
    )  # fmt: skip
    def post(self, request: Request, person: int) -> Response:
        """Who is kept out has no session and no key from the next request on, and holds no task."""
        by, user = changes(asking(request)), _somebody(person)
        given = PersonSwitch.body(request)
        return _changed(user, services.person_switch(by=by, user=user, on=given.pop("active"), **given))


class GroupsView(APIView):
    @described("List groups", {200: GroupList}, 403, examples=(example("One", {"results": [GROUP]}, "200"),))
    def get(self, request: Request) -> Response:
        """All of them, by name. For administrators and auditors."""
        looks(asking(request))
        Nothing.query(request)
        return Response({"results": GroupShape(group_rows(), many=True).data})


class GroupView(APIView):
    @described(
        "Change a group", {200: ChangedGroup}, 400, 403, 404, 409, request=GroupChange,
        examples=(
            example("It sees more", {"clearance": "confidential", "rights": [], "reason": "New work",
                                     "version": "0d7e44b103f2a9c1"}, request=True),
            example("As it is now", {"group": GROUP, "waiting": True}, "200"),
        ),
    )  # fmt: skip
    def post(self, request: Request, group: int) -> Response:
        """What it sees, and what it may on all cases and versions."""
        by = changes(asking(request))
        found = Group.objects.filter(pk=group).first()
        if found is None:
            raise Http404("There is no such group.")
        given = GroupChange.body(request)
        if given["purposes"] is None:
            given["purposes"] = group_row(found).purposes
        outcome = services.group_change(by=by, group=found, level=given.pop("clearance"), **given)
        if isinstance(outcome, Refused):
            return refusal(outcome)
        return Response({"group": GroupShape(group_row(Group.objects.get(pk=group))).data, "waiting": outcome.waiting})


def _somebody(number: int) -> User:
    found = User.objects.filter(pk=number).first()
    if found is None:
        raise Http404("There is nobody of this number.")
    return found


def _shown(user: User) -> dict[str, Any]:
    return dict(PersonShape(persons(User.objects.filter(pk=user.pk))[0]).data)


def _changed(user: User, outcome: Changed | Refused) -> Response:
    if isinstance(outcome, Refused):
        return refusal(outcome)
    return Response({"person": _shown(user), "freed": outcome.freed, "waiting": outcome.waiting})


def _invited(request: Request, by: User, invited: Invited) -> dict[str, Any]:
    link = link_make(by=by, user=invited.user, base=f"{request.scheme}://{request.get_host()}")
    assert not isinstance(link, Refused)  # who is new may come in
    return {
        "person": _shown(invited.user), "link": link.address, "mailed": link.mailed, "waiting": invited.waiting
    }  # fmt: skip
