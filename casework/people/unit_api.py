"""How does a program keep business units? As the pages do, with the same refusals."""

from __future__ import annotations

from typing import Any, Final

from django.contrib.auth.models import Group, User
from django.http import Http404
from rest_framework import serializers as s
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from casework.access import permissions
from casework.access.tightening import KINDS
from casework.access.unit_models import BusinessUnit, UnitRole
from casework.access.units import administered, parts_of
from casework.cases.api.rendering import person as asking
from casework.cases.api.requests import Nothing, Sent
from casework.people import unit_services as services
from casework.people.services import REASON_MOST
from casework.people.sight import Changed
from casework.people.unit_addresses import address_here
from casework.people.unit_policies import policy_set
from casework.people.unit_rights import changes_units, looks_at_units
from casework.people.unit_views import somebody
from casework.web.api.docs import described, example
from casework.web.api.errors import refusal
from orchestration.ground.refusals import Refused

UNIT: Final = {
    "id": 4, "key": "north", "name": "North", "below": "", "people": ["nora"],
    "roles": [{"person": "ben", "group": "Analysts"}], "groups": [],
    "rules": {"confidence": {"intent": 0.9}}, "addresses": ["north@example.org"],
}  # fmt: skip
_REASON: Final = "Why; kept with the change."


class RoleShape(s.Serializer[Any]):
    person = s.CharField()
    group = s.CharField()


class UnitShape(s.Serializer[Any]):
    id = s.IntegerField()
    key = s.CharField()
    name = s.CharField()
    below = s.CharField(help_text="The key of the one above; empty: the whole organisation.")
    people = s.ListField(child=s.CharField(), help_text="Who belongs to it.")
    roles = RoleShape(many=True, help_text="Who has a role for it by name.")
    groups = s.ListField(child=s.CharField(), help_text="Which groups belong to it.")
    addresses = s.ListField(child=s.CharField(), help_text="Mail to these comes in here.")
    rules = s.DictField(help_text="By what it is stricter, with those above it: kind -> subject -> value.")


class UnitList(s.Serializer[Any]):
    results = UnitShape(many=True)


class ChangedUnit(s.Serializer[Any]):
    unit = UnitShape(allow_null=True, help_text="As it is now; null: it was taken away.")
    freed = s.IntegerField(help_text="How many tasks went back to their groups.")
    waiting = s.BooleanField(help_text="Whether it waits for a second administrator.")


class NewUnit(Sent):
    key = s.CharField(max_length=40, help_text="Small letters, digits and -; for good.")
    name = s.CharField(max_length=100)
    below = s.CharField(max_length=40, required=False, default="", allow_blank=True)
    reason = s.CharField(max_length=REASON_MOST, help_text=_REASON)


class UnitChange(Sent):
    do = s.ChoiceField(choices=["rename", "move", "remove", "home", "role", "group", "policy", "address"])
    name = s.CharField(max_length=100, required=False, default="", allow_blank=True, help_text="For rename.")
    below = s.CharField(max_length=40, required=False, default="", allow_blank=True, help_text="For move.")
    person = s.CharField(max_length=150, required=False, default="", allow_blank=True, help_text="For home, role.")
    group = s.CharField(max_length=150, required=False, default="", allow_blank=True, help_text="For role, group.")
    kind = s.ChoiceField(choices=["", *KINDS], required=False, default="", help_text="For policy: which rule.")
    subject = s.CharField(max_length=120, required=False, default="", allow_blank=True, help_text="For policy.")
    value = s.CharField(
        max_length=20, required=False, default="", allow_blank=True, help_text="For policy; empty: no more."
    )
    address = s.CharField(max_length=254, required=False, default="", allow_blank=True, help_text="For address.")
    out = s.BooleanField(required=False, default=False, help_text="For home, role, group, address: not any more.")
    reason = s.CharField(max_length=REASON_MOST, help_text=_REASON)


class UnitsView(APIView):
    @described("List business units", {200: UnitList}, 403, examples=(example("One", {"results": [UNIT]}, "200"),))
    def get(self, request: Request) -> Response:
        """Those that you administer; for auditors all."""
        by = looks_at_units(asking(request))
        Nothing.query(request)
        return Response({"results": [_shown(unit) for unit in _seen(by)]})

    @described(
        "Make a business unit", {201: UnitShape}, 400, 403, 409, request=NewUnit,
        examples=(
            example("Below the whole organisation", {"key": "north", "name": "North", "reason": "Two regions now"},
                    request=True),
            example("It is there", UNIT | {"people": [], "roles": []}, "201"),
        ),
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Nobody belongs to it yet. Only who administers the unit above makes one."""
        by, given = changes_units(asking(request)), NewUnit.body(request)
        outcome = services.unit_make(by=by, parent=given.pop("below"), **given)
        return refusal(outcome) if isinstance(outcome, Refused) else Response(_shown(outcome), 201)


class UnitView(APIView):
    @described("Read a business unit", {200: UnitShape}, 403, 404, examples=(example("North", UNIT, "200"),))
    def get(self, request: Request, unit: int) -> Response:
        """With who belongs to it."""
        by = looks_at_units(asking(request))
        Nothing.query(request)
        return Response(_shown(_unit(by, unit)))

    @described(
        "Change a business unit", {200: ChangedUnit}, 400, 403, 404, 409, request=UnitChange,
        examples=(
            example("Nora belongs to it", {"do": "home", "person": "nora", "reason": "Works there now"}, request=True),
            example("As it is now", {"unit": UNIT, "freed": 1, "waiting": False}, "200"),
        ),
    )  # fmt: skip
    def post(self, request: Request, unit: int) -> Response:
        """Its name, its place, who belongs to it and for whom a role holds; `out` takes that back."""
        by = changes_units(asking(request))
        found = _unit(by, unit)
        outcome = _changed(by, found, UnitChange.body(request))
        if isinstance(outcome, Refused):
            return refusal(outcome)
        now = BusinessUnit.objects.select_related("parent").filter(pk=unit).first()
        return Response(
            {"unit": None if now is None else _shown(now), "freed": outcome.freed, "waiting": outcome.waiting}
        )


def _changed(by: User, unit: BusinessUnit, given: dict[str, Any]) -> Changed | Refused:
    reason, out = given["reason"], given["out"]
    match given["do"]:
        case "rename":
            return services.unit_rename(by=by, unit=unit, name=given["name"], reason=reason)
        case "move":
            return services.unit_move(by=by, unit=unit, parent=given["below"], reason=reason)
        case "remove":
            return services.unit_remove(by=by, unit=unit, reason=reason)
        case "group":
            return services.group_here(by=by, unit=unit, group=given["group"], out=out, reason=reason)
        case "address":
            return address_here(by=by, unit=unit, address=given["address"], out=out, reason=reason)
        case "policy":
            rule = {name: given[name] for name in ("kind", "subject", "value")}
            return policy_set(by=by, unit=unit, reason=reason, **rule)
    user = somebody(given["person"])
    if isinstance(user, Refused):
        return user
    if given["do"] == "home":
        return services.home_here(by=by, unit=unit, user=user, out=out, reason=reason)
    return services.role_here(by=by, unit=unit, user=user, group=given["group"], out=out, reason=reason)


def _seen(by: User) -> Any:
    rows = BusinessUnit.objects.select_related("parent").order_by("key")
    return rows if permissions.may_audit(by) else rows.filter(parts_of(administered(by)))


def _unit(by: User, number: int) -> BusinessUnit:
    found: BusinessUnit | None = _seen(by).filter(pk=number).first()
    if found is None:
        raise Http404("There is no such unit, or you may not see it.")
    return found


def _shown(unit: BusinessUnit) -> dict[str, Any]:
    roles = UnitRole.objects.filter(unit=unit).select_related("person", "group")
    people = User.objects.filter(home_unit__unit=unit).order_by("username")
    groups = Group.objects.filter(unit_of_group__unit=unit).order_by("name")
    return {
        "id": unit.pk, "key": unit.key, "name": unit.name, "below": unit.parent.key if unit.parent else "",
        "people": list(people.values_list("username", flat=True)),
        "roles": [
            {"person": row.person.get_username(), "group": row.group.name}
            for row in roles.order_by("person__username", "group__name")
        ],
        "groups": list(groups.values_list("name", flat=True)), "rules": unit.policy,
        "addresses": list(unit.addresses.order_by("address").values_list("address", flat=True)),
    }  # fmt: skip
