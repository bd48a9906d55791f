"""Are people, groups and rights as the control chain says?

What was there when the chain began to tell of them is noted once (`control_begin`); from then on every change is on it.
Where that has not been noted, nothing can be compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from django.contrib.auth.models import Group, User
from django.db import transaction

from audit.models import AuditEvent, StandingChain
from audit.services import Fact, Origin, record_control
from casework.access import clients_verification, tokens_verification
from casework.access.delegation_verification import delegations_apart
from casework.access.factors import factors_apart
from casework.access.identities import identities_apart
from casework.access.models import ApiToken
from casework.access.people import CHANGED
from casework.access.tokens import ACTION
from casework.access.units_verification import units_apart
from orchestration.actors.registry import actor_facts
from orchestration.ground.clock import utc_now
from orchestration.models import Actor, ActorVersion
from orchestration.shell.verification.change import Change
from orchestration.shell.verification.control import BEGUN, with_every_control


@dataclass(slots=True)
class Roles:
    """Who is there and in which groups, and what the groups may: people and groups by their names."""

    groups: dict[str, dict[str, Any]] = field(default_factory=dict)
    people: dict[str, dict[str, Any]] = field(default_factory=dict)


def control_begin(origin: Origin) -> bool:
    """Note once who and what is there; whether that was done now."""
    with transaction.atomic():
        StandingChain.objects.select_for_update().get(pk=StandingChain.CONTROL)
        if AuditEvent.objects.filter(chain=StandingChain.CONTROL, action=BEGUN).exists():
            return False
        now = roles_now()
        models = ActorVersion.objects.values_list("actor__key", "version", "artefact").order_by("pk")
        detail = {
            "groups": now.groups, "people": now.people,
            "actors": {actor.key: actor_facts(actor) for actor in Actor.objects.order_by("key")},
            "models": [[key, version, sha256(bytes(weights)).hexdigest()] for key, version, weights in models],
        }  # fmt: skip
        record_control([Fact(BEGUN, detail)], origin, utc_now())
    return True


def roles_now() -> Roles:
    """As the rows say."""
    found = Roles()
    for group in Group.objects.select_related("clearance").prefetch_related("permissions__content_type", "purposes"):
        clearance = getattr(group, "clearance", None)
        found.groups[group.name] = {
            "clearance": None if clearance is None else clearance.level,
            "rights": sorted(f"{one.content_type.app_label}.{one.codename}" for one in group.permissions.all()),
            "purposes": sorted(one.purpose for one in group.purposes.all() if one.held),
        }
    tokens = set(ApiToken.objects.filter(from_before=True, revoked=None).values_list("person_id", flat=True))
    for user in User.objects.prefetch_related("groups", "user_permissions__content_type"):
        found.people[user.get_username()] = {
            "active": user.is_active, "staff": user.is_staff, "superuser": user.is_superuser,
            "groups": sorted(group.name for group in user.groups.all()),
            "rights": sorted(f"{one.content_type.app_label}.{one.codename}" for one in user.user_permissions.all()),
            "token": user.pk in tokens,
        }  # fmt: skip
    return found


def roles_told(changes: list[Change]) -> Roles | None:
    """As the control chain says; None where it has not begun to tell of them."""
    found: Roles | None = None
    for change in changes:
        if change.action == BEGUN:
            groups = {name: {"purposes": []} | group for name, group in change.detail["groups"].items()}
            found = Roles(groups, dict(change.detail["people"]))
        elif change.action == CHANGED and found is not None:
            _follow(found, change.detail)
        elif change.action == ACTION and found is not None and change.detail.get("from_before"):
            _follow(found, {"person": change.detail["person"], "token": False})
    return found


def _follow(roles: Roles, detail: dict[str, Any]) -> None:
    if "group" in detail:
        group = roles.groups.setdefault(detail["group"], {"clearance": None, "rights": []})
        held, taken = {*group.get("purposes", ()), *detail.get("purposes", ())}, detail.get("purposes taken", ())
        group["purposes"] = sorted(held.difference(taken))
        group["clearance"] = detail.get("clearance", group["clearance"])
        group["rights"] = sorted({*group["rights"], *detail.get("rights", ())} - {*detail.get("taken", ())})
        return
    nobody = {"active": True, "staff": False, "superuser": False, "groups": [], "rights": [], "token": False}
    person = roles.people.setdefault(detail["person"], nobody)
    person["active"] = detail.get("active", person["active"])
    person["token"] = detail.get("token", person["token"])
    person["groups"] = sorted(({*person["groups"]} - {detail.get("left")}) | {*filter(None, [detail.get("joined")])})


def roles_apart(changes: list[Change]) -> Iterator[str]:
    """What the rows say otherwise than the chain, in sentences."""
    told = roles_told(changes)
    if told is None:
        return
    now = roles_now()
    of_groups = {"clearance": "clearance", "rights": "rights", "purposes": "purposes"}
    yield from _apart("the group", told.groups, now.groups, of_groups)
    words = {
        "active": "leave to come in", "staff": "mark as staff", "superuser": "mark as superuser", "groups": "groups",
        "rights": "own rights", "token": "key to the API",
    }  # fmt: skip
    yield from _apart("the person", told.people, now.people, words)
    yield from tokens_verification.tokens_apart(changes)
    yield from identities_apart(changes)
    yield from clients_verification.clients_apart(changes)
    yield from factors_apart(changes)
    yield from delegations_apart(changes)
    yield from units_apart(changes)


def _apart(
    what: str, told: dict[str, dict[str, Any]], now: dict[str, dict[str, Any]], words: dict[str, str]
) -> Iterator[str]:
    for name in sorted(now.keys() - told.keys()):
        yield f"{what} {name} is there, though no change made it"
    for name in sorted(told.keys() - now.keys()):
        yield f"{what} {name} is gone, though no change took it away"
    for name in sorted(now.keys() & told.keys()):
        for key, word in words.items():
            if told[name][key] != now[name][key]:
                yield f"the {word} of {what.removeprefix('the ')} {name} are not those of the last change"


def hang_in() -> None:
    if roles_apart not in with_every_control:
        with_every_control.append(roles_apart)
