"""Who is there, in which groups, and what do groups see and may?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

import orjson
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import Group, User
from django.db.models import Count, Prefetch, Q, QuerySet

from casework.access.permissions import LEVELS
from casework.models import RightsProposal
from casework.people.second_person import about, words_of
from orchestration.models import HumanTask

PAGE: Final = 50
RIGHTS: Final = {
    "casework.view_case": "sees all cases",
    "casework.work_case": "works all cases",
    "casework.reply_case": "hands in replies to all cases",
    "casework.reveal_case": "reveals masked values of all cases",
    "casework.break_glass": "breaks the glass: sees any whole case for an hour, which a second person reviews",
    "casework.view_as": "views the product as a role or a person does, of those who may no more than they themselves",
    "casework.assign_case": "gives out the tasks of all cases",
    "casework.audit_case": "reads and verifies every history",
    "casework.erase_case": "says how long cases are kept, has a person's data erased",
    "audit.verify_auditevent": "verifies any history by itself",
    "orchestration.publish_definition": "changes rules, models and actors",
    "auth.change_user": "changes people, groups and rights",
}
"""What a group may on all cases and versions, in words. Rights on single cases come with the case type."""
STATES: Final = {"": "Everybody", "in": "May come in", "out": "Kept out", "new": "Have not been here"}


@dataclass(frozen=True, slots=True)
class Person:
    """`clearance`: the highest of their groups. `is_new`: they have set no password. `last`: when they
    last signed in. `held`: open tasks."""

    id: int
    name: str
    first: str
    last_name: str
    email: str
    groups: tuple[str, ...]
    clearance: str
    active: bool
    is_new: bool
    may_all: bool
    last: datetime | None
    held: int
    version: str

    @property
    def called(self) -> str:
        return f"{self.first} {self.last_name}".strip() or self.name

    @property
    def has_password(self) -> bool:
        return not self.is_new

    @property
    def state(self) -> str:
        """In words."""
        if not self.active:
            return "kept out"
        return "has set no password" if self.is_new else "may come in"


@dataclass(frozen=True, slots=True)
class GroupRow:
    """`members`: active people. `rights`: of `RIGHTS`; `other`: what else it may, by name; `purposes`: what it looks
    for."""

    id: int
    name: str
    clearance: str
    members: int
    rights: tuple[str, ...]
    other: tuple[str, ...]
    purposes: tuple[str, ...]
    version: str

    @property
    def may(self) -> tuple[str, ...]:
        """In words."""
        return tuple(RIGHTS[right] for right in self.rights)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A change that waits for a second person."""

    id: int
    of: str
    what: tuple[str, ...]
    reason: str
    by: str
    by_id: int
    at: datetime


def person_rows(q: str = "", group: str = "", state: str = "") -> QuerySet[User]:
    """Those whose names or address hold these words, in the order of their sign-in names."""
    found = User.objects.filter(pk__gt=0).order_by("username")  # below: made up, to view as a role
    for word in q.split():
        named = Q(username__icontains=word) | Q(first_name__icontains=word) | Q(last_name__icontains=word)
        found = found.filter(named | Q(email__icontains=word))
    if group:
        found = found.filter(groups__name=group)
    if state in ("in", "out"):
        found = found.filter(is_active=state == "in")
    none = {"password__startswith": UNUSABLE_PASSWORD_PREFIX}
    return found.filter(**none, is_active=True) if state == "new" else found


def persons(rows: QuerySet[User]) -> list[Person]:
    """Three statements, however many there are."""
    groups = Group.objects.select_related("clearance").order_by("name")
    held = Count("tasks", filter=Q(tasks__state=HumanTask.State.OPEN), distinct=True)
    return [_person(user) for user in rows.annotate(held=held).prefetch_related(Prefetch("groups", queryset=groups))]


def _person(user: User) -> Person:
    groups = list(user.groups.all())
    levels = [group.clearance.level for group in groups if hasattr(group, "clearance")]
    return Person(
        user.pk, user.get_username(), user.first_name, user.last_name, user.email,
        tuple(group.name for group in groups), max(levels, key=LEVELS.index, default=LEVELS[0]),
        user.is_active, not user.has_usable_password(), user.is_superuser, user.last_login,
        getattr(user, "held", 0), _version_of(user, groups),
    )  # fmt: skip


def person_version(user: User) -> str:
    """Stands for somebody's row and groups as they are: who changes them says which they saw."""
    return _version_of(user, user.groups.order_by("name"))


def _version_of(user: User, groups: Iterable[Group]) -> str:
    names = sorted(group.name for group in groups)
    return _digest([user.is_active, user.first_name, user.last_name, user.email, names])


def group_rows() -> list[GroupRow]:
    """All groups by name; four statements."""
    counted = Group.objects.annotate(members=Count("user", filter=Q(user__is_active=True)))
    rows = (
        counted.select_related("clearance").prefetch_related("permissions__content_type", "purposes").order_by("name")
    )
    return [_group(group, group.members) for group in rows]


def group_row(group: Group) -> GroupRow:
    return _group(group, group.user_set.filter(is_active=True).count())


def _group(group: Group, members: int) -> GroupRow:
    level = group.clearance.level if hasattr(group, "clearance") else LEVELS[0]
    has = sorted(f"{one.content_type.app_label}.{one.codename}" for one in group.permissions.all())
    known = tuple(right for right in RIGHTS if right in has)
    other = tuple(right for right in has if right not in RIGHTS)
    purposes = tuple(sorted(one.purpose for one in group.purposes.all() if one.held))
    version = _digest([group.name, level, has, purposes])
    return GroupRow(group.pk, group.name, level, members, known, other, purposes, version)


def group_version(group: Group) -> str:
    return group_row(group).version


def _digest(facts: list[object]) -> str:
    return sha256(orjson.dumps(facts)).hexdigest()[:16]


def waiting() -> list[Waiting]:
    """What waits for a second person, the oldest first."""
    rows = RightsProposal.objects.select_related("person", "group", "by").order_by("pk")
    return [
        Waiting(
            row.pk, _of(row), words_of(row), row.reason, row.by.get_full_name() or row.by.get_username(),
            row.by_id, row.created,
        )
        for row in rows
    ]  # fmt: skip


def _of(row: RightsProposal) -> str:
    return about(row) if row.person is None else row.person.get_full_name() or row.person.get_username()
