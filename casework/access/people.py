"""How are people, groups and rights changed so that it can be told later who could do what, and since when?

Each change stands on the control chain with who made it and why, in the transaction that makes it. Changes that pass by
this module are found when the chains are verified (`roles_verification`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import Group, Permission, User
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.services import Fact, Origin, record_control
from casework.access.clients import secrets_end
from casework.access.delegation import delegations_end
from casework.access.models import GroupPurpose, SignedIn
from casework.access.tokens import tokens_revoke
from casework.access.unit_models import UnitRole
from casework.models import GroupClearance
from orchestration.ground.clock import utc_now
from orchestration.ground.refusals import Refused

CHANGED = "role.changed"
LONGEST_NAME = 150


@dataclass(frozen=True, slots=True)
class Needed:
    """A group that has to be there, with this clearance and these rights ("app.codename") where it is made.

    `standing`: its rights come with the product, and are added where they are missing. `purposes`: what it looks for;
    it is given those that no group has had yet (`_purposes_given`).
    """

    name: str
    clearance: str
    rights: tuple[str, ...] = ()
    standing: bool = False
    purposes: tuple[str, ...] = ()


@transaction.atomic
def person_make(*, name: str, first: str = "", last: str = "", origin: Origin) -> User | Refused:
    """Somebody new, in no group and without a password."""
    if not name or len(name) > LONGEST_NAME or "\0" in name:
        return Refused("invalid", f"A name has 1 to {LONGEST_NAME} characters.")
    if User.objects.filter(username=name).exists():
        return Refused("exists", f"There is somebody called {name} already.")
    user = User(username=name, first_name=first[:150], last_name=last[:150])
    user.set_unusable_password()
    user.save()
    _keep(origin, {"person": name, "made": True})
    return user


@transaction.atomic
def person_rename(*, user: User, first: str, last: str, email: str, origin: Origin) -> bool:
    """How somebody is called and where mail reaches them; whether that changed anything. What it is now is not told."""
    wanted = {"first_name": first[:150], "last_name": last[:150], "email": email[:254]}
    changed = [name for name, value in wanted.items() if getattr(user, name) != value]
    if changed:
        User.objects.filter(pk=user.pk).update(**wanted)
        user.first_name, user.last_name, user.email = wanted.values()
        _keep(origin, {"person": user.get_username(), "fields": changed})
    return bool(changed)


@transaction.atomic
def link_given(*, user: User, origin: Origin) -> None:
    """Somebody is given a link by which they set a password. Any link from before is none any more."""
    if not user.has_usable_password():
        user.set_unusable_password()
        user.save(update_fields=["password"])
    _keep(origin, {"person": user.get_username(), "link": True})


@transaction.atomic
def person_switch(*, user: User, on: bool, origin: Origin) -> bool:
    """Let somebody in, or keep them out; whether that changed anything.

    With it end their sessions, and who is kept out loses the tokens of their programs: when they are let in again, none
    comes back to life. A sign-in that was under way may have made a session meanwhile, so both switches look for them.
    """
    changed = User.objects.filter(pk=user.pk, is_active=not on).update(is_active=on)
    if changed:
        user.is_active = on
        _keep(origin, {"person": user.get_username(), "active": on})
        sessions_end(user)
        if not on:
            secrets_end(person=user, origin=origin)
            tokens_revoke(person=user, origin=origin)
            delegations_end(user, "one of them may not come in any more", origin)
    return bool(changed)


def sessions_end(user: User) -> None:
    """Sign somebody out everywhere. A session's row does not say whose it is, so each is read."""
    theirs = [
        session.pk
        for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator()
        if session.get_decoded().get(SESSION_KEY) == str(user.pk)
    ]
    Session.objects.filter(pk__in=theirs).delete()
    SignedIn.objects.filter(person=user).delete()


@transaction.atomic
def person_join(*, user: User, group: Group, origin: Origin) -> bool:
    """Put somebody into a group; whether they were not in it."""
    if user.groups.filter(pk=group.pk).exists():
        return False
    user.groups.add(group)
    _keep(origin, {"person": user.get_username(), "joined": group.name})
    return True


@transaction.atomic
def person_leave(*, user: User, group: Group, origin: Origin) -> bool:
    """Take somebody out of a group; whether they were in it. What they gave or were given to act by ends."""
    if not user.groups.filter(pk=group.pk).exists():
        return False
    user.groups.remove(group)
    UnitRole.objects.filter(person=user, group=group).delete()
    _keep(origin, {"person": user.get_username(), "left": group.name})
    delegations_end(user, f"one of them left {group.name}", origin)
    return True


@transaction.atomic
def password_set(*, user: User, password: str | None, origin: Origin) -> None:
    """Give somebody a password, or none, so that nobody comes in by their name. Its worth is not judged here.

    Whoever came in by the one before is signed out.
    """
    if password is None:
        user.set_unusable_password()
    else:
        user.set_password(password)
    user.save(update_fields=["password"])
    sessions_end(user)
    _keep(origin, {"person": user.get_username(), "password": "unset" if password is None else "set"})


@transaction.atomic
def group_ensure(
    *, name: str, clearance: str, rights: Iterable[str] = (), origin: Origin, standing: bool = False
) -> tuple[Group, bool]:
    """The group, made with its clearance and rights ("app.codename") where it is not there; whether it was made.

    `standing`: its rights come with the product, and are added where they are missing.
    """
    group, made = Group.objects.get_or_create(name=name)
    missing: list[str] = []
    if made or standing:
        has = {f"{app}.{code}" for app, code in group.permissions.values_list("content_type__app_label", "codename")}
        missing = sorted(set(rights) - has)
        group.permissions.add(*map(permission, missing))
    row, classified = GroupClearance.objects.get_or_create(group=group, defaults={"level": clearance})
    if made or missing or classified:
        told: dict[str, Any] = {"group": name, "clearance": row.level, "rights": missing}
        _keep(origin, told | ({"made": True} if made else {}))
    return group, made


@transaction.atomic
def groups_ensure(needed: Iterable[Needed], origin: Origin) -> None:
    """What `group_ensure` does with each of them, in as many statements for all as for one; and their purposes."""
    needed, wanted = list(needed), dict[str, Needed]()
    for each in needed:
        wanted.setdefault(each.name, each)
    try:
        with transaction.atomic():
            told = _all_ensured(wanted)
    except IntegrityError:  # somebody else makes one of them at this moment
        for each in wanted.values():
            group_ensure(
                name=each.name, clearance=each.clearance, rights=each.rights, origin=origin, standing=each.standing
            )
        told = []
    told += _purposes_given({each.name: each.purposes for each in needed if each.purposes})
    if told:
        record_control([Fact(CHANGED, detail) for detail in told], origin, utc_now())


def _all_ensured(wanted: Mapping[str, Needed]) -> list[dict[str, Any]]:
    """Make what is missing; what is to be told of each group that was changed."""
    there = {group.name: group for group in Group.objects.filter(name__in=wanted).select_related("clearance")}
    made = {group.name: group for group in Group.objects.bulk_create(Group(name=n) for n in wanted if n not in there)}
    missing = _missing_rights(wanted, there)
    _rights_given({(there | made)[name]: rights for name, rights in missing.items()})
    unclassified = [name for name in wanted if name in made or not hasattr(there[name], "clearance")]
    levels = {name: wanted[name].clearance for name in unclassified}
    GroupClearance.objects.bulk_create(
        GroupClearance(group=(there | made)[name], level=level) for name, level in levels.items()
    )
    return [
        {"group": name, "clearance": levels.get(name) or there[name].clearance.level, "rights": missing.get(name, [])}
        | ({"made": True} if name in made else {})
        for name in wanted if name in levels or missing.get(name)
    ]  # fmt: skip


def _purposes_given(wanted: Mapping[str, Iterable[str]]) -> list[dict[str, Any]]:
    """Give these groups the purposes that no group has had yet, so that whoever publishes a case type opens nothing to
    anybody that another one keeps for some; what is to be told of each group."""
    asked = {purpose for purposes in wanted.values() for purpose in purposes}
    if not asked:
        return []
    new = asked.difference(GroupPurpose.objects.filter(purpose__in=asked).values_list("purpose", flat=True))
    given = {name: sorted(new.intersection(purposes)) for name, purposes in wanted.items()}
    groups = {group.name: group for group in Group.objects.filter(name__in=given)}
    GroupPurpose.objects.bulk_create(
        GroupPurpose(group=groups[name], purpose=purpose) for name, purposes in given.items() for purpose in purposes
    )
    return [{"group": name, "purposes": purposes} for name, purposes in given.items() if purposes]


def _missing_rights(wanted: Mapping[str, Needed], there: Mapping[str, Group]) -> dict[str, list[str]]:
    """Rights that those have not that are new, or standing."""
    has = {
        (name, f"{app}.{code}")
        for name, app, code in Group.objects.filter(pk__in=[group.pk for group in there.values()]).values_list(
            "name", "permissions__content_type__app_label", "permissions__codename"
        )
    } if there else set()  # fmt: skip
    return {
        name: missing for name, each in wanted.items() if name not in there or each.standing
        if (missing := sorted({right for right in each.rights if (name, right) not in has}))
    }  # fmt: skip


def _rights_given(rights: Mapping[Group, Iterable[str]]) -> None:
    if not rights:
        return
    codes = {right.partition(".")[2] for each in rights.values() for right in each}
    found = Permission.objects.filter(codename__in=codes).select_related("content_type")
    known = {f"{one.content_type.app_label}.{one.codename}": one for one in found}
    has = Group.permissions.through
    has.objects.bulk_create(
        has(group=group, permission=known.get(right) or permission(right))  # which says that there is none
        for group, each in rights.items() for right in each
    )  # fmt: skip


@transaction.atomic
def group_right(*, group: Group, right: str, given: bool, origin: Origin) -> bool:
    """Give a group a right on all cases or versions, or take it; whether that changed anything.

    Raises Permission.DoesNotExist.
    """
    wanted = permission(right)
    if group.permissions.filter(pk=wanted.pk).exists() == given:
        return False
    if given:
        group.permissions.add(wanted)
    else:
        group.permissions.remove(wanted)
    _keep(origin, {"group": group.name, "rights" if given else "taken": [right]})
    return True


@transaction.atomic
def clearance_set(*, group: Group, level: str, origin: Origin) -> bool:
    """How much a group may see unmasked; whether that changed anything. Raises ValueError for a level that is none."""
    if level not in GroupClearance.Level.values:
        raise ValueError(f"A clearance is one of {', '.join(GroupClearance.Level.values)}.")
    row, made = GroupClearance.objects.select_for_update().get_or_create(group=group)
    if row.level == level and not made:
        return False
    GroupClearance.objects.filter(pk=row.pk).update(level=level)
    _keep(origin, {"group": group.name, "clearance": level})
    return True


@transaction.atomic
def group_purpose(*, group: Group, purpose: str, given: bool, origin: Origin) -> bool:
    """Have a group look for something, or no more; whether that changed anything."""
    row, _ = GroupPurpose.objects.select_for_update().get_or_create(
        group=group, purpose=purpose, defaults={"held": False}
    )
    if row.held == given:
        return False
    GroupPurpose.objects.filter(pk=row.pk).update(held=given)
    _keep(origin, {"group": group.name, "purposes" if given else "purposes taken": [purpose]})
    return True


def permission(dotted: str) -> Permission:
    """By "app.codename". Raises Permission.DoesNotExist."""
    app, codename = dotted.split(".")
    return Permission.objects.get(content_type__app_label=app, codename=codename)


def _keep(origin: Origin, detail: Mapping[str, Any]) -> None:
    record_control([Fact(CHANGED, detail)], origin, utc_now())
