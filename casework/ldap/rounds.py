"""When is the directory looked at, and what is changed here by it?

Each look is one event of the control chain, so that nobody can quietly change what it says. What changes for one person
is one transaction; who may come in no more goes first. Groups follow as the mapping says to which a second
administrator agreed (`access.identities`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import structlog
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.db import transaction

from audit.db.one_at_a_time import alone
from audit.models import AuditEvent, StandingChain
from audit.services import Fact, Origin, record_control
from casework.access import people
from casework.access.factors import factors_drop
from casework.access.identities import identities_drop, identity_link
from casework.access.oidc_models import ExternalIdentity, GroupClaim
from casework.access.roles_verification import control_begin
from casework.ldap.client import Away, Entry, everybody
from casework.ldap.plan import Here, Known, Plan, mail_of, plain, plan_of, too_many_leave
from casework.ldap.read import MARK, READ, Outcome
from casework.ldap.setup import ISSUER, Directory
from casework.people.external import groups_follow
from casework.people.sight import NOBODY_LEFT, administrators_left
from casework.scim.models import DirectoryRecord
from casework.tasks.services import tasks_free
from orchestration.ground.clock import utc_now
from orchestration.ground.refusals import Refused

log = structlog.get_logger()

ORIGIN: Final = Origin("system:directory", cause="as the directory says")
LOCK: Final = 0xD1EC7001
"""Of PostgreSQL's advisory locks: one look at a time, whatever the number of machines."""
MOST_TOLD: Final = 20
BUSY: Final = Refused("busy", "The directory is being looked at at this moment.")
LEFT_OTHER: Final = (
    "They come back, and are in groups that the directory does not keep: an administrator lets them in, on their page."
)


def look(directory: Directory, *, all_may_leave: bool = False) -> Outcome | Refused:
    """Look at the directory and do what it says. `all_may_leave`: however many leave by it."""
    with alone(LOCK) as is_alone:
        if not is_alone:
            return BUSY
        try:
            entries = everybody(directory)
        except Away as away:
            return _kept(Outcome(failed=f"The directory was not read: {away}."[:300]))
        here = here_now()
        plan = plan_of(entries, here)
        refused = None if all_may_leave else too_many_leave(plan, sum(one.active for one in here.known.values()))
        if refused is not None:
            return _kept(Outcome(people=len(entries), failed=refused.message))
        return _kept(replace(_done(plan, here), people=len(entries)))


def here_now() -> Here:
    """Who is here, and whom of them the directory keeps."""
    gives: dict[str, set[int]] = {}
    for value, group in GroupClaim.objects.values_list("value", "group"):
        gives.setdefault(value, set()).add(group)
    follow = set().union(*gives.values())
    rows = ExternalIdentity.objects.filter(issuer=ISSUER).select_related("person")
    known = {
        row.subject: Known(
            row.person_id, row.person.get_username(), row.person.first_name, row.person.last_name, row.person.email,
            row.person.is_active, frozenset(group.pk for group in row.person.groups.all() if group.pk in follow),
        )
        for row in rows.prefetch_related("person__groups")
    }  # fmt: skip
    left = DirectoryRecord.objects.filter(external_id__startswith=MARK, removed=True, person__isnull=False)
    everyone = list(User.objects.values_list("pk", "username", "email"))
    return Here(
        known, {row.external_id.removeprefix(MARK): int(row.person_id or 0) for row in left},
        {name.casefold() for _, name, _ in everyone},
        {email.casefold(): pk for pk, _, email in everyone if email},
        {value: frozenset(groups) for value, groups in gives.items()},
    )  # fmt: skip


def _done(plan: Plan, here: Here) -> Outcome:
    said: list[tuple[str, str]] = list(plan.not_taken)

    def each(steps: list[Any], do: Callable[[Any], str]) -> int:
        """How many were done; why others were not is said."""
        count = 0
        for step in steps:
            with transaction.atomic():
                control_begin(ORIGIN)
                why = do(step)
                transaction.set_rollback(bool(why))
            if why:
                said.append((_name_of(step), why))
            count += not why
        return count

    left = each(plan.leaves, _leave)
    moved = each(plan.moves, _move)
    renamed = each(plan.renames, lambda step: _rename(step, here))
    returned = each(plan.returns, lambda step: _return(step, here))
    joined = each(plan.joins, lambda step: _join(step, here))
    return Outcome(None, 0, joined, returned, renamed, moved, left, tuple(said))


def _name_of(step: Any) -> str:
    if isinstance(step, Entry):
        return step.name
    number = step[0] if isinstance(step, tuple) else step
    return User.objects.get(pk=number).get_username()


def _join(entry: Entry, here: Here) -> str:
    made = people.person_make(name=entry.name, first=plain(entry.first), last=plain(entry.last), origin=ORIGIN)
    if isinstance(made, Refused):
        return made.message
    return _taken(made, entry, here)


def _return(step: tuple[int, Entry], here: Here) -> str:
    """Who left by the directory and has nothing but what it gives is let in again."""
    user = User.objects.select_for_update(no_key=True).get(pk=step[0])
    if user.groups.exists() or user.user_permissions.exists() or user.is_superuser:
        return LEFT_OTHER
    people.person_switch(user=user, on=True, origin=ORIGIN)
    return _taken(user, step[1], here)


def _taken(user: User, entry: Entry, here: Here) -> str:
    """From now on the directory keeps them."""
    linked = identity_link(person=user, issuer=ISSUER, subject=entry.id, origin=ORIGIN)
    if isinstance(linked, Refused):
        return linked.message
    _noted(user, entry.id, removed=False)
    _named(user, entry, here)
    groups_follow(user, entry.groups, ORIGIN)
    return ""


def taken_over(user: User, entry: Entry, origin: Origin) -> Refused | None:
    """Somebody who is here already is whom the directory has under this name: somebody at the machine says so."""
    with transaction.atomic():
        control_begin(origin)
        linked = identity_link(person=user, issuer=ISSUER, subject=entry.id, origin=origin)
        if isinstance(linked, Refused):
            return linked
        _noted(user, entry.id, removed=False)
        people.password_set(user=user, password=None, origin=origin)
    return None


def _named(user: User, entry: Entry, here: Here) -> None:
    email = mail_of(entry, here.mails, user.pk)
    people.person_rename(user=user, first=plain(entry.first), last=plain(entry.last), email=email, origin=ORIGIN)
    if email:
        here.mails[email.casefold()] = user.pk


def _rename(step: tuple[int, Entry], here: Here) -> str:
    _named(User.objects.select_for_update(no_key=True).get(pk=step[0]), step[1], here)
    return ""


def _move(step: tuple[int, Entry]) -> str:
    user = User.objects.select_for_update(no_key=True).get(pk=step[0])
    groups_follow(user, step[1].groups, ORIGIN)
    return ""


def _leave(number: int) -> str:
    """Kept out, in no group that follows the directory, and without any way in that they had; never deleted."""
    user = User.objects.select_for_update(no_key=True).get(pk=number)
    people.person_switch(user=user, on=False, origin=ORIGIN)
    for group in Group.objects.filter(user=user, claims__isnull=False).distinct():
        people.person_leave(user=user, group=group, origin=ORIGIN)
    if not administrators_left():
        return NOBODY_LEFT.message
    tasks_free(holder=user, origin=ORIGIN)
    people.password_set(user=user, password=None, origin=ORIGIN)
    factors_drop(person=user, origin=ORIGIN)
    subject = ExternalIdentity.objects.filter(person=user, issuer=ISSUER).values_list("subject", flat=True)
    _noted(user, subject[0], removed=True)
    identities_drop(person=user, origin=ORIGIN)
    return ""


def _noted(user: User, id: str, *, removed: bool) -> None:
    now = utc_now()
    values = {"external_id": f"{MARK}{id}"[:255], "removed": removed, "modified": now}
    DirectoryRecord.objects.update_or_create(
        person=user, group=None, defaults=values, create_defaults=values | {"created": now}
    )


def _kept(outcome: Outcome) -> Outcome:
    """On the control chain."""
    now = utc_now()
    if outcome.failed:
        log.error("the directory was not followed", why=outcome.failed)
    told = {
        "people": outcome.people, "joined": outcome.joined, "returned": outcome.returned, "renamed": outcome.renamed,
        "moved": outcome.moved, "left": outcome.left, "not_taken": [list(one) for one in outcome.not_taken[:MOST_TOLD]],
        "failed": outcome.failed,
    }  # fmt: skip
    record_control([Fact(READ, told)], ORIGIN, now)
    return replace(outcome, at=now)


def is_due() -> bool:
    directory: Directory | None = settings.LDAP
    if directory is None or not directory.every:
        return False
    events = AuditEvent.objects.filter(chain=StandingChain.CONTROL, action=READ).order_by("-at")
    at = events.values_list("at", flat=True).first()
    return at is None or at < utc_now() - timedelta(seconds=directory.every)
