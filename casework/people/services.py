"""How does an administrator change people, groups and rights, so that no one alone widens what anybody may?

What takes rights holds at once. What gives rights waits for a second administrator where the product is set so, and
always where somebody changes their own. Each change is made on a row that is locked and still as its page showed it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.auth.models import Group, User
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from audit.services import Origin
from casework.access import people, sessions
from casework.access.permissions import LEVELS, origin_of
from casework.access.roles_verification import control_begin
from casework.access.unit_models import BusinessUnit
from casework.access.units import home_set, tree_hold
from casework.forms.answer_validation import tells
from casework.models import GroupClearance
from casework.people.read import RIGHTS, group_version, person_version
from casework.people.second_person import group_widen, joining_waits, needs_second, proposal_make
from casework.people.sight import NOBODY_LEFT, administrators_left
from casework.people.sight import Changed as Changed
from casework.tasks.services import tasks_free
from orchestration.ground.refusals import Refused

REASON_MOST: Final = 150
LONGEST_PURPOSE: Final = 100
MOST_PURPOSES: Final = 50
NOT_PRINTED: Final = "Use letters that can be read."
CHANGED_MEANWHILE: Final = Refused(
    "changed", "Somebody has changed this meanwhile. Nothing was done: look at it as it is now, and decide again."
)


@dataclass(frozen=True, slots=True)
class Invited:
    """Somebody new. `waiting`: their groups have to be agreed to by a second person."""

    user: User
    waiting: bool


@transaction.atomic
def person_invite(
    *,
    by: User,
    name: str,
    first: str = "",
    last: str = "",
    email: str = "",
    groups: Collection[str] = (),
    reason: str,
    service: bool = False,
    home: BusinessUnit | None = None,
) -> Invited | Refused:
    """Somebody new, without a password: they set one by a link. `service`: a program.
    `home`: the unit to which they belong; None: the whole organisation."""
    if home is not None:
        tree_hold()
        if not BusinessUnit.objects.filter(pk=home.pk).exists():
            return Refused("gone", "The unit to which they would belong was taken away meanwhile.")
    name = User.normalize_username(name.strip())
    errors = _wrong(first=first, last=last, email=email, reason=reason) | _wrong_name(name)
    wanted, unknown = _groups(groups)
    if unknown:
        errors["groups"] = f"There is no group {unknown[0]}."
    if errors:
        return _invalid(errors)
    user = people.person_make(name=name, first=first.strip(), last=last.strip(), origin=_begun(by, reason))
    if isinstance(user, Refused):
        return user
    if email:
        people.person_rename(
            user=user,
            first=user.first_name,
            last=user.last_name,
            email=email.strip(),
            origin=origin_because(by, reason),
        )
    if home is not None:
        home_set(person=user, unit=home, origin=origin_because(by, reason))
    waiting = joining_waits(by, user, wanted, service=service)
    if waiting:
        proposal_make(by=by, person=user, change={"join": sorted(group.name for group in wanted)}, reason=reason)
    else:
        for group in wanted:
            people.person_join(user=user, group=group, origin=origin_because(by, reason))
    return Invited(user, waiting)


@transaction.atomic
def person_rename(
    *, by: User, user: User, first: str, last: str, email: str, reason: str, version: str
) -> Changed | Refused:
    """How somebody is called, and where mail reaches them."""
    held = _held_person(user, version)
    if isinstance(held, Refused):
        return held
    if errors := _wrong(first=first, last=last, email=email, reason=reason, but=held.pk):
        return _invalid(errors)
    origin = _begun(by, reason)
    changed = people.person_rename(
        user=held, first=first.strip(), last=last.strip(), email=email.strip(), origin=origin
    )
    return Changed(changed)


@transaction.atomic
def person_groups(*, by: User, user: User, groups: Collection[str], reason: str, version: str) -> Changed | Refused:
    """Put somebody into these groups and no others. What they hold and may not take any more is free again."""
    held = _held_person(user, version)
    if isinstance(held, Refused):
        return held
    wanted, unknown = _groups(groups)
    errors = _wrong(reason=reason) | ({"groups": f"There is no group {unknown[0]}."} if unknown else {})
    if errors:
        return _invalid(errors)
    has = {group.pk: group for group in held.groups.all()}
    more = [group for group in wanted if group.pk not in has]
    less = [group for pk, group in has.items() if pk not in {group.pk for group in wanted}]
    origin = _begun(by, reason)
    for group in less:
        people.person_leave(user=held, group=group, origin=origin)
    waiting = joining_waits(by, held, more)
    if waiting:
        proposal_make(by=by, person=held, change={"join": sorted(group.name for group in more)}, reason=reason)
    else:
        for group in more:
            people.person_join(user=held, group=group, origin=origin)
    if less and not administrators_left():
        return _undone(NOBODY_LEFT)
    freed = tasks_free(holder=held, origin=origin) if less else 0
    return Changed(bool(less or more), freed, waiting)


@transaction.atomic
def person_switch(*, by: User, user: User, on: bool, reason: str, version: str) -> Changed | Refused:
    """Let somebody in, or keep them out: then their sessions and keys end and what they held is free again."""
    held = _held_person(user, version)
    if isinstance(held, Refused):
        return held
    if errors := _wrong(reason=reason):
        return _invalid(errors)
    if not on and held.pk == by.pk:
        return Refused("yourself", "Nobody keeps themselves out. Ask another administrator.")
    origin = _begun(by, reason)
    if on and not held.is_active and needs_second(by, held):
        proposal_make(by=by, person=held, change={"on": True}, reason=reason)
        return Changed(True, waiting=True)
    changed = people.person_switch(user=held, on=on, origin=origin)
    if not on and not administrators_left():
        return _undone(NOBODY_LEFT)
    return Changed(changed, 0 if on else tasks_free(holder=held, origin=origin))


@transaction.atomic
def person_sign_out(*, by: User, user: User, reason: str, version: str) -> Changed | Refused:
    """End somebody's sessions everywhere; they may sign in again, and keep what they hold."""
    held = _held_person(user, version)
    if isinstance(held, Refused):
        return held
    if errors := _wrong(reason=reason):
        return _invalid(errors)
    if held.pk == by.pk:
        return Refused("yourself", "Your own you end on the page Your account.")
    return Changed(bool(sessions.all_end(user=held, origin=_begun(by, reason))))


@transaction.atomic
def group_make(*, by: User, name: str, reason: str) -> Group | Refused:
    """A new group, which sees what is public and may nothing yet."""
    name = name.strip()
    errors = _wrong(reason=reason)
    if not name or len(name) > people.LONGEST_NAME or not name.isprintable():
        errors["name"] = f"A name has 1 to {people.LONGEST_NAME} letters that can be read."
    elif Group.objects.filter(name__iexact=name).exists():
        errors["name"] = "There is a group of this name already."
    if errors:
        return _invalid(errors)
    group, _ = people.group_ensure(name=name, clearance=LEVELS[0], origin=_begun(by, reason))
    return group


@transaction.atomic
def group_change(
    *, by: User, group: Group, level: str, rights: Collection[str], purposes: Collection[str], reason: str, version: str
) -> Changed | Refused:
    """What a group sees and looks for, and what it may on all cases: these rights (of `RIGHTS`) and no others."""
    held = Group.objects.select_for_update(no_key=True).get(pk=group.pk)
    if group_version(held) != version:
        return CHANGED_MEANWHILE
    if errors := _wrong(reason=reason) | _wrong_group(level, rights, purposes):
        return _invalid(errors)
    more, less = _difference(held, level, rights, purposes)
    origin = _begun(by, reason)
    _narrow(held, less, origin)
    waiting = bool(more) and needs_second(by, held)
    if waiting:
        proposal_make(by=by, group=held, change=more, reason=reason)
    elif more:
        group_widen(held, more, origin)
    if "take" in less and not administrators_left():
        return _undone(NOBODY_LEFT)
    return Changed(bool(less or more), 0, waiting)


def _wrong_group(level: str, rights: Collection[str], purposes: Collection[str]) -> dict[str, str]:
    errors = {} if level in LEVELS else {"clearance": "This is no clearance."}
    if any(right not in RIGHTS for right in rights):
        errors["rights"] = "There is no such right."
    if any(not 1 <= len(one) <= LONGEST_PURPOSE or not one.isprintable() for one in purposes):
        errors["purposes"] = f"A purpose has 1 to {LONGEST_PURPOSE} letters that can be read. Write one a line."
    elif len({*purposes}) > MOST_PURPOSES:
        errors["purposes"] = f"A group looks for {MOST_PURPOSES} purposes at most."
    return errors


def _difference(
    group: Group, level: str, rights: Collection[str], purposes: Collection[str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What of this the group has not, as a change that may wait for a second person, and what it has beyond it."""
    has = {f"{app}.{code}" for app, code in group.permissions.values_list("content_type__app_label", "codename")}
    looks_for = set(group.purposes.filter(held=True).values_list("purpose", flat=True))
    row = GroupClearance.objects.filter(group=group).first()
    now = LEVELS.index(LEVELS[0] if row is None else row.level)
    more: dict[str, Any] = {"give": sorted({*rights} - has), "purposes": sorted({*purposes} - looks_for)}
    less: dict[str, Any] = {
        "take": sorted((has & RIGHTS.keys()) - {*rights}),
        "purposes": sorted(looks_for - {*purposes}),
    }
    more |= {"clearance": level if LEVELS.index(level) > now else ""}
    less |= {"clearance": level if LEVELS.index(level) < now else ""}
    return {key: each for key, each in more.items() if each}, {key: each for key, each in less.items() if each}


def _narrow(group: Group, less: Mapping[str, Any], origin: Origin) -> None:
    for right in less.get("take", ()):
        people.group_right(group=group, right=right, given=False, origin=origin)
    for purpose in less.get("purposes", ()):
        people.group_purpose(group=group, purpose=purpose, given=False, origin=origin)
    if "clearance" in less:
        people.clearance_set(group=group, level=less["clearance"], origin=origin)


def _held_person(user: User, version: str) -> User | Refused:
    """Their row, locked, where it is as the page showed it."""
    held = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    return held if person_version(held) == version else CHANGED_MEANWHILE


def _groups(names: Collection[str]) -> tuple[list[Group], list[str]]:
    """The groups of these names, and the names that are none."""
    asked = [name for name in names if "\0" not in name]  # nobody has such a name, and PostgreSQL cannot ask
    found = list(Group.objects.filter(name__in=asked).order_by("name"))
    return found, sorted({*names} - {group.name for group in found})


def reason_errors(reason: str) -> dict[str, str]:
    """Why a reason says nothing, by field."""
    return _wrong(reason=reason)


def _undone(refused: Refused) -> Refused:
    transaction.set_rollback(True)
    return refused


def _begun(by: User, reason: str) -> Origin:
    """The chain notes who is there before the first change that it tells of."""
    origin = origin_because(by, reason)
    control_begin(origin)
    return origin


def origin_because(by: User, reason: str) -> Origin:
    """As the history keeps who did something, and why."""
    return Origin(origin_of(by).actor, cause=reason.strip())


def _invalid(errors: dict[str, str]) -> Refused:
    return Refused("invalid", "Please correct what is marked.", errors)


def _wrong_name(name: str) -> dict[str, str]:
    try:
        UnicodeUsernameValidator()(name)
    except ValidationError:
        return {"name": "A sign-in name has letters, digits and @ . + - _ only."}
    if len(name) > people.LONGEST_NAME or User.objects.filter(username__iexact=name).exists():
        return {"name": "Somebody is called so already, or the name is too long."}
    return {}


def _wrong(*, first: str = "", last: str = "", email: str = "", reason: str, but: int | None = None) -> dict[str, str]:
    """Why these cannot be kept, by field. `but`: whose own address of mail it may be."""
    reason, email = reason.strip(), email.strip()
    errors: dict[str, str] = {}
    if not tells(reason, 3, REASON_MOST) or not reason.isprintable():
        errors["reason"] = f"Say in 3 to {REASON_MOST} letters why: it is kept with the change."
    for field, text in (("first", first), ("last", last)):
        if len(text) > 150 or not text.isprintable():
            errors[field] = NOT_PRINTED
    if email:
        errors |= _wrong_mail(email, but)
    return errors


def _wrong_mail(email: str, but: int | None) -> dict[str, str]:
    try:
        validate_email(email)
    except ValidationError:
        return {"email": "This is no address of mail."}
    if User.objects.filter(email__iexact=email).exclude(pk=but or 0).exists():
        return {"email": "Somebody else has this address."}
    return {}
