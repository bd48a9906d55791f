"""Where does an administrator see and change business units, and who belongs to them?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.auth.models import Group, User
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render

from casework.access import permissions
from casework.access.tightening import KINDS
from casework.access.unit_models import BusinessUnit, UnitRole
from casework.access.units import ALL, administered, administers, parts_of, unit_tree
from casework.people import unit_services as services
from casework.people.rights import shown_to
from casework.people.second_person import ALONE, is_alone
from casework.people.sight import Changed
from casework.people.unit_addresses import address_here
from casework.people.unit_policies import policy_rows, policy_set
from casework.people.unit_rights import changes_units, looks_at_units
from casework.people.views import WAITS
from casework.web.decorators import answered, form_status, person, reads_and_writes
from orchestration.ground.counts import counted
from orchestration.ground.refusals import NO_SUCH, Refused


@dataclass(frozen=True, slots=True)
class UnitRow:
    """`depth`: how many units stand above it."""

    id: int
    key: str
    name: str
    depth: int
    people: int
    groups: int
    mine: bool


@reads_and_writes
def units(request: HttpRequest) -> HttpResponse:
    """The tree of those that one may look at; its form makes one."""
    by = looks_at_units(person(request))
    if request.method != "POST":
        return _list(request)
    sent, by = request.POST, changes_units(by)
    made = services.unit_make(
        by=by, key=sent.get("key", "").strip(), name=sent.get("name", ""), parent=sent.get("parent", ""),
        reason=sent.get("reason", ""),
    )  # fmt: skip
    if isinstance(made, Refused) and made.errors:
        return _list(request, made)
    if isinstance(made, Refused):
        return answered(request, made, "", "/people/units/")
    return redirect("people-unit", made.pk)


def unit_rows(by: User) -> list[UnitRow]:
    """Those that somebody may look at, each after the one above it; two statements."""
    seen = parts_of(administered(by)) if not permissions.may_audit(by) else parts_of(frozenset({0}))
    counted = BusinessUnit.objects.filter(seen).annotate(
        people=Count("homes", distinct=True), teams=Count("groups", distinct=True)
    )
    counts = {unit.pk: (unit.people, unit.teams) for unit in counted}
    return [
        UnitRow(unit.pk, unit.key, unit.name, len(unit.path) - 1, *counts[unit.pk], administers(by, unit))
        for unit in unit_tree() if unit.pk in counts
    ]  # fmt: skip


def _list(request: HttpRequest, refused: Refused | None = None) -> HttpResponse:
    by = person(request)
    rows = unit_rows(by)
    context = {
        "units": rows, "parents": [row for row in rows if row.mine], "whole": administers(by, None), "all": ALL,
        "refused": refused, "given": request.POST, "may_change": bool(administered(by)),
        "unit_only": not (administers(by, None) or permissions.may_audit(by)),
    }  # fmt: skip
    return render(request, "people/units.html", context, status=form_status(refused))


@reads_and_writes
def unit(request: HttpRequest, unit_id: int) -> HttpResponse:
    """One unit; `do` says what a form changes: its name, its place, who belongs to it, and for whom a role holds."""
    by = looks_at_units(person(request))
    found = _unit(by, unit_id)
    if request.method != "POST":
        return _page(request, found)
    changes_units(by)
    outcome = _FORMS.get(request.POST.get("do", ""), _nothing)(by, found, request.POST)
    if isinstance(outcome, Refused) and outcome.code != NO_SUCH:
        return _page(request, found, outcome)
    gone = not BusinessUnit.objects.filter(pk=found.pk).exists()
    return answered(request, outcome, _said(outcome, by), "/people/units/" if gone else f"/people/units/{found.pk}/")


def _unit(by: User, number: int) -> BusinessUnit:
    """The unit, for who may look at it. Raises Http404."""
    rows = BusinessUnit.objects.select_related("parent")
    return get_object_or_404(rows if permissions.may_audit(by) else rows.filter(parts_of(administered(by))), pk=number)


def _nothing(by: User, unit: BusinessUnit, sent: QueryDict) -> Refused:
    return Refused("invalid", "Nothing was asked for.")


def _rename(by: User, unit: BusinessUnit, sent: QueryDict) -> Changed | Refused:
    return services.unit_rename(by=by, unit=unit, name=sent.get("name", ""), reason=sent.get("reason", ""))


def _move(by: User, unit: BusinessUnit, sent: QueryDict) -> Changed | Refused:
    return services.unit_move(by=by, unit=unit, parent=sent.get("parent", ""), reason=sent.get("reason", ""))


def _remove(by: User, unit: BusinessUnit, sent: QueryDict) -> Changed | Refused:
    return services.unit_remove(by=by, unit=unit, reason=sent.get("reason", ""))


def _home(by: User, unit: BusinessUnit, sent: QueryDict) -> Changed | Refused:
    user = somebody(sent.get("person", ""))
    if isinstance(user, Refused):
        return user
    return services.home_here(by=by, unit=unit, user=user, out="out" in sent, reason=sent.get("reason", ""))


def _role(by: User, unit: BusinessUnit, sent: QueryDict) -> Changed | Refused:
    user = somebody(sent.get("person", ""))
    if isinstance(user, Refused):
        return user
    name, reason = sent.get("group", ""), sent.get("reason", "")
    return services.role_here(by=by, unit=unit, user=user, group=name, out="out" in sent, reason=reason)


def _group(by: User, unit: BusinessUnit, sent: QueryDict) -> Changed | Refused:
    name, reason = sent.get("group", ""), sent.get("reason", "")
    return services.group_here(by=by, unit=unit, group=name, out="out" in sent, reason=reason)


def _address(by: User, unit: BusinessUnit, sent: QueryDict) -> Changed | Refused:
    address, reason = sent.get("address", ""), sent.get("reason", "")
    return address_here(by=by, unit=unit, address=address, out="out" in sent, reason=reason)


def _policy(by: User, unit: BusinessUnit, sent: QueryDict) -> Changed | Refused:
    rule = {name: sent.get(name, "") for name in ("kind", "subject", "value", "reason")}
    return policy_set(by=by, unit=unit, **rule)


_FORMS: Final[Mapping[str, Callable[[User, BusinessUnit, QueryDict], Changed | Refused]]] = {
    "rename": _rename, "move": _move, "remove": _remove, "home": _home, "role": _role, "group": _group,
    "policy": _policy, "address": _address,
}  # fmt: skip


def somebody(name: str) -> User | Refused:
    """Of a sign-in name."""
    found = None if "\0" in name else User.objects.filter(username=name.strip()).first()
    return found or Refused("invalid", "Please correct what is marked.", {"person": "Nobody has this sign-in name."})


def _said(outcome: Changed | Refused, by: User) -> str:
    if isinstance(outcome, Refused):
        return ""
    if not outcome.anything:
        return "It was so already."
    freed = f" {counted(outcome.freed, 'task')} went back to the group." if outcome.freed else ""
    waits = f"Asked for.{WAITS}{ALONE if outcome.waiting and is_alone(by) else ''}"
    return waits if outcome.waiting else f"Changed.{freed}"


def _page(request: HttpRequest, found: BusinessUnit, refused: Refused | None = None) -> HttpResponse:
    by = person(request)
    above = {unit.pk: unit for unit in BusinessUnit.objects.filter(pk__in=found.path)}
    here = Q(home_unit__unit=found) | Q(unit_roles__unit=found)
    context: dict[str, Any] = {
        "known": set(User.objects.filter(here).filter(shown_to(by)).values_list("pk", flat=True)),
        "alone": administers(by, None) and is_alone(by),
        "unit": found, "above": [above[one] for one in found.path[:-1]], "all": ALL,
        "people": User.objects.filter(home_unit__unit=found).order_by("username"),
        "roles": UnitRole.objects.filter(unit=found).select_related("person", "group").order_by("person__username"),
        "groups": Group.objects.filter(unit_of_group__unit=found).order_by("name"),
        "addresses": found.addresses.order_by("address"), "policies": policy_rows(found), "kinds": KINDS.items(),
        "every": Group.objects.order_by("name").values_list("name", flat=True),
        "parents": [row for row in unit_rows(by) if row.mine], "whole": administers(by, None),
        "may_change": administers(by, found), "may_move": administers(by, found.parent), "refused": refused,
        "given": request.POST if refused else {},
    }  # fmt: skip
    return render(request, "people/unit.html", context, status=form_status(refused))
