"""What does a directory change here: who joins, moves and leaves?

It keeps all people but services and superusers. Of groups it sees and fills those that it made, and those that the
mapping opens to it (`access.identities`), to which a second administrator agreed; it makes no group wider. Who leaves
is kept out and never deleted: histories name them. Sign-in names and names of groups stay as they were made.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.auth.models import Group, User
from django.db import transaction
from django.db.models import Q, QuerySet

from audit.services import Origin
from casework.access import people
from casework.access.factors import factors_drop
from casework.access.identities import identities_drop
from casework.access.permissions import LEVELS, origin_of
from casework.access.roles_verification import control_begin
from casework.people.read import person_version
from casework.people.second_person import needs_second, proposal_make
from casework.people.services import person_invite
from casework.people.services import person_rename as named_anew
from casework.people.sight import NOBODY_LEFT, administrators_left
from casework.scim.models import DirectoryRecord
from casework.tasks.services import tasks_free
from orchestration.ground.clock import utc_now
from orchestration.ground.refusals import Refused

WHY: Final = "by the directory (SCIM)"
TAKEN: Final = Refused("exists", "There is somebody, or a group, of this name here already.")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Somebody as the directory wants them. `emails`: as they were sent, of which the primary one counts. `active`:
    None where it does not say, which changes nothing: who is kept out does not come in again by being left out."""

    name: str
    first: str
    last: str
    emails: tuple[dict[str, Any], ...]
    active: bool | None
    external_id: str

    @property
    def email(self) -> str:
        first = sorted(self.emails, key=lambda one: not one.get("primary"))
        return str(first[0].get("value") or "") if first else ""


def persons() -> QuerySet[User]:
    return (
        User.objects.filter(service=None, is_superuser=False)
        .exclude(directory__removed=True)
        .select_related("directory")
        .order_by("pk")
    )


def groups() -> QuerySet[Group]:
    """Those that it made, and those that are opened to it."""
    open_to_it = Q(claims__isnull=False) | Q(directory__removed=False)
    return Group.objects.filter(open_to_it).distinct().select_related("directory").order_by("pk")


@transaction.atomic
def person_add(*, by: User, wanted: Wanted) -> User | Refused:
    """Somebody new; or who was deleted by the directory, and has kept nothing of what they were."""
    gone = User.objects.filter(username__iexact=wanted.name, directory__removed=True, groups=None).first()
    if gone is None:
        made = person_invite(
            by=by, name=wanted.name, first=wanted.first, last=wanted.last, email=wanted.email, reason=WHY
        )
        if isinstance(made, Refused):
            taken = User.objects.filter(username__iexact=wanted.name.strip()).exists()
            return TAKEN if taken else made
        gone = made.user
    else:
        people.person_switch(user=gone, on=True, origin=_begun(by))
    _record(gone, wanted)
    return _changed(by, gone, wanted) or gone


@transaction.atomic
def person_change(*, by: User, number: int, wanted: Wanted) -> User | Refused:
    """As the directory wants them from now on."""
    user = User.objects.select_for_update(no_key=True).get(pk=number)
    _record(user, wanted)
    return _changed(by, user, wanted) or user


@transaction.atomic
def person_remove(*, by: User, user: User) -> Refused | None:
    """The directory has deleted them: they are kept out, in none of its groups, and have no way in that they had."""
    origin = _begun(by)
    if refused := _out(by, user):
        return refused
    for group in groups().filter(user=user):
        people.person_leave(user=user, group=group, origin=origin)
    people.password_set(user=user, password=None, origin=origin)
    factors_drop(person=user, origin=origin)
    identities_drop(person=user, origin=origin)
    _mark(person=user, removed=True)
    return None


@transaction.atomic
def group_add(*, by: User, name: str, external_id: str, members: Collection[int]) -> Group | Refused:
    """A new group, which sees what is public and may nothing until administrators change that."""
    name = name.strip()
    found = Group.objects.filter(name__iexact=name).first()
    if not name or len(name) > people.LONGEST_NAME or not name.isprintable():
        return Refused("invalid", f"A name has 1 to {people.LONGEST_NAME} letters that can be read.")
    if found is not None and not DirectoryRecord.objects.filter(group=found, removed=True).exists():
        return TAKEN
    if found is None:
        found, _ = people.group_ensure(name=name, clearance=LEVELS[0], origin=_begun(by))
    return group_change(by=by, number=found.pk, external_id=external_id, members=members)


@transaction.atomic
def group_change(*, by: User, number: int, external_id: str, members: Collection[int]) -> Group | Refused:
    """These are in it, and nobody else. What who left holds and may not take any more is free again."""
    group, origin = Group.objects.select_for_update(no_key=True).get(pk=number), _begun(by)
    _mark(group=group, external_id=external_id[:255], removed=False)
    has, wanted = set(group.user_set.values_list("pk", flat=True)), {*members}
    known = set(persons().filter(pk__in=wanted).values_list("pk", flat=True))
    if wanted - known - has:
        return Refused("invalid", "There is somebody among the members whom the directory does not keep here.")
    for user in User.objects.filter(pk__in=wanted - has).order_by("pk"):
        people.person_join(user=user, group=group, origin=origin)
    leaving = persons().filter(pk__in=has - wanted)
    for user in leaving:
        people.person_leave(user=user, group=group, origin=origin)
    if leaving and not administrators_left():
        return NOBODY_LEFT
    for user in leaving:
        tasks_free(holder=user, origin=origin)
    return group


@transaction.atomic
def group_remove(*, by: User, group: Group) -> Refused | None:
    """The directory has deleted it: nobody whom it keeps is in it. The group stays, with what it may."""
    if group.claims.exists():
        return Refused("invalid", "Administrators have opened this group to the directory; only they take that back.")
    outcome = group_change(by=by, number=group.pk, external_id="", members=())
    if isinstance(outcome, Refused):
        return outcome
    _mark(group=group, removed=True)
    return None


def _changed(by: User, user: User, wanted: Wanted) -> Refused | None:
    renamed = named_anew(
        by=by, user=user, first=wanted.first, last=wanted.last, email=wanted.email, reason=WHY,
        version=person_version(User.objects.get(pk=user.pk)),
    )  # fmt: skip
    if isinstance(renamed, Refused):
        return renamed
    if wanted.active is None or user.is_active == wanted.active:
        return None
    if not wanted.active:
        return _out(by, user)
    _in(by, user)
    return None


def _in(by: User, user: User) -> None:
    """Let in again: at once where all that they may comes from groups of the directory, else a second person agrees."""
    other = user.groups.exclude(pk__in=groups().values("pk")).exists() or user.user_permissions.exists()
    if other and needs_second(by, user):
        proposal_make(by=by, person=user, change={"on": True}, reason=WHY)
    else:
        people.person_switch(user=user, on=True, origin=_begun(by))


def _out(by: User, user: User) -> Refused | None:
    """Kept out: sessions and tokens end, what they held is free again."""
    origin = _begun(by)
    people.person_switch(user=user, on=False, origin=origin)
    if not administrators_left():
        return NOBODY_LEFT
    tasks_free(holder=user, origin=origin)
    return None


def _record(user: User, wanted: Wanted) -> None:
    _mark(person=user, external_id=wanted.external_id[:255], emails=list(wanted.emails), removed=False)


def _mark(*, person: User | None = None, group: Group | None = None, **values: Any) -> None:
    now = utc_now()
    DirectoryRecord.objects.update_or_create(
        person=person, group=group, defaults=values | {"modified": now},
        create_defaults=values | {"modified": now, "created": now},
    )  # fmt: skip


def _begun(by: User) -> Origin:
    origin = Origin(origin_of(by).actor, cause=WHY)
    control_begin(origin)
    return origin
