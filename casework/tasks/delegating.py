"""How does somebody let another act for them for a time, and what may whoever does so finish?

Whoever acts for another finishes a task that the other holds, where it is offered to both and neither is kept from it
by what they did in the case. The history names both, and what such a step bars from holds for both.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q

from audit.services import Fact
from casework.access.delegation import delegation_end, keep, stands_in
from casework.access.delegation_models import ActedFor, Delegation
from casework.access.permissions import is_candidate, is_offered, may, origin_of, who_may_view
from casework.access.separation_of_duties import done_before
from casework.forms.answer_validation import tells, text_errors
from casework.studio.rule_versions import newest_types
from casework.tasks.inbox import held_rows
from casework.tasks.row import TaskRow
from casework.tasks.under_lock import name_of
from orchestration.ground import clock
from orchestration.ground.refusals import NO_SUCH, Refused
from orchestration.models import HumanTask

LONGEST: Final = timedelta(days=92)
MOST: Final = 20
"""That somebody gave and that are not over."""
SHOWN: Final = 50


@dataclass(frozen=True, slots=True)
class Given:
    """A delegation for the page of one of its two. `types`: names of case types; none: all."""

    id: int
    giver: str
    to: str
    types: tuple[str, ...]
    begins: datetime
    until: datetime
    reason: str
    begun: bool


@dataclass(frozen=True, slots=True)
class For:
    """Whom somebody acts for now, and what that person holds that both may finish."""

    name: str
    until: datetime
    rows: tuple[TaskRow, ...]


def acting(by: User, row: HumanTask) -> User | Refused | None:
    """For whom this person would finish an open task that another holds; None where they act for nobody there.

    Asked under the lock of the case; that they work the case themselves was asked when the task was fetched.
    """
    found = stands_in(by, row)
    if found is None or not is_candidate(by, row):
        return None
    giver = found.giver
    if not may(giver, "work", row.instance.case) or not _is_offered(giver, row):
        return Refused("not-offered", f"{name_of(giver)} may not do this task any more, so nobody does it for them.")
    if did := done_before(giver, row):
        return Refused("four-eyes", f"{name_of(giver)} {did}, so nobody may do this for them.")
    return giver


def is_held_by_another(by: User, row: HumanTask) -> bool:
    return row.state == HumanTask.State.OPEN and row.assignee_id not in (None, by.pk)


def _is_offered(giver: User, row: HumanTask) -> bool:
    """Whether it is still offered to whoever holds it: holding alone is not enough for another to act by."""
    return is_offered(giver, row)


def acted(row: HumanTask, giver: User) -> Fact:
    """Note that a task is finished for somebody, before the step that finishes it; what the history says of it."""
    ActedFor.objects.update_or_create(task=row, defaults={"person": giver})
    told = {"task": row.name, "item": row.item, "definition": row.definition_item}
    return Fact("task.delegated", {**told, "for": giver.get_username(), "name": name_of(giver)})


def colleagues(by: User) -> list[User]:
    """Whom one may let act for oneself: whoever is in a group of one's own; no program that is nobody's."""
    found = User.objects.filter(groups__in=by.groups.all(), is_active=True, service=None).exclude(pk=by.pk)
    return list(found.distinct().order_by("first_name", "last_name", "username")[:300])


def types_by_key() -> dict[str, str]:
    """What each case type is called."""
    return {one.key: one.name for _, one in newest_types()}


@transaction.atomic
def delegation_begin(
    *, by: User, to: str, case_types: Collection[str], begins: datetime, until: datetime, reason: str
) -> Delegation | Refused:
    """Let somebody act for oneself; nobody else can give this away."""
    now, reason = clock.utc_now(), reason.strip()
    them = next((one for one in colleagues(by) if one.get_username() == to), None)
    errors = _wrong(case_types, begins, until, reason, now)
    if them is None:
        errors["to"] = "Choose somebody of your own groups who may come in."
    if them is None or errors:
        return Refused("invalid", "Please correct what is marked.", errors)
    User.objects.select_for_update(no_key=True).get(pk=by.pk)  # of many at one moment, one after the other
    if _is_given(by, them, sorted(set(case_types)), max(begins, now), until):
        return Refused("given", "You have given them this already.")
    if Delegation.objects.filter(giver=by, ended=None, until__gt=now).count() >= MOST:
        return Refused("limit", f"You have given {MOST} delegations that are not over. End one first.")
    row = Delegation.objects.create(
        giver=by, to=them, case_types=sorted(set(case_types)), begins=max(begins, now), until=until, reason=reason,
        made=now,
    )  # fmt: skip
    told = {"case_types": row.case_types, "begins": row.begins.isoformat(), "until": until.isoformat()}
    keep(row, {**told, "reason": reason}, origin_of(by))
    return row


def _is_given(by: User, to: User, case_types: Sequence[str], begins: datetime, until: datetime) -> bool:
    """Whether one that is not over says the same, or the same from earlier on."""
    same = Delegation.objects.filter(giver=by, to=to, ended=None, case_types=case_types, until=until)
    return same.filter(begins__lte=begins).exists()


def _wrong(
    case_types: Collection[str], begins: datetime, until: datetime, reason: str, now: datetime
) -> dict[str, str]:
    errors: dict[str, str] = {}
    if not set(case_types) <= types_by_key().keys():
        errors["case_types"] = "There is no such case type."
    if not max(begins, now) < until <= max(begins, now) + LONGEST:
        errors["until"] = f"It ends after it begins, and within {LONGEST.days} days."
    if begins > now + LONGEST:
        errors["begins"] = f"It begins within {LONGEST.days} days."
    if not tells(reason, 3, 200) or text_errors({"reason": reason}):
        errors["reason"] = "Say in 3 to 200 characters why."
    return errors


@transaction.atomic
def delegation_stop(*, by: User, number: int) -> Delegation | Refused:
    """Either of the two ends it, at once."""
    found = Delegation.objects.select_for_update(of=("self",)).select_related("giver", "to")
    row = found.filter(Q(giver=by) | Q(to=by), pk=number).first()
    if row is None:
        return Refused(NO_SUCH, "There is no such delegation of yours.")
    if row.ended is not None or row.until <= clock.utc_now():
        return Refused("over", "This is over already.")
    why = "its giver ended it" if row.giver_id == by.pk else "whoever acted ended it"
    delegation_end(row, why, origin_of(by))
    return row


def given_by_and_to(user: User, now: datetime) -> tuple[list[Given], list[Given]]:
    """What one gave and what one was given, that is not over; also what has not begun."""
    rows = Delegation.objects.filter(Q(giver=user) | Q(to=user), ended=None, until__gt=now)
    names = types_by_key()
    found = list(rows.select_related("giver", "to").order_by("begins", "pk"))
    mine = [_given(row, names, now) for row in found if row.giver_id == user.pk]
    return mine, [_given(row, names, now) for row in found if row.to_id == user.pk]


def _given(row: Delegation, names: dict[str, str], now: datetime) -> Given:
    types = tuple(names.get(key, key) for key in row.case_types)
    begun = row.begins <= now
    return Given(row.pk, name_of(row.giver), name_of(row.to), types, row.begins, row.until, row.reason, begun)


def held_for(user: User, now: datetime) -> list[For]:
    """What those hold for whom one acts now, as one may see it oneself."""
    rows = Delegation.objects.filter(to=user, ended=None, begins__lte=now, until__gt=now, giver__is_active=True)
    found: dict[int, list[Delegation]] = {}
    for row in rows.select_related("giver").order_by("until", "pk"):
        found.setdefault(row.giver_id, []).append(row)
    held = held_rows(user=user, holders=list(found), now=now, limit=SHOWN) if found else {}
    kinds = _kinds_seen(user, [row.id for rows in held.values() for row in rows])
    return [_for(given, held[giver], kinds) for giver, given in found.items()]


def _kinds_seen(user: User, tasks: Sequence[int]) -> dict[int, str]:
    """Of these tasks those whose case this person may see, each with the case type."""
    rows = HumanTask.objects.filter(pk__in=tasks).values_list("pk", "instance", "instance__case__case_type")
    cases = {task: (instance, kind) for task, instance, kind in rows}
    seen = who_may_view({(user.pk, instance) for instance, _ in cases.values()})
    return {task: kind for task, (instance, kind) in cases.items() if (user.pk, instance) in seen}


def _for(given: Sequence[Delegation], held: Sequence[TaskRow], kinds: Mapping[int, str]) -> For:
    types = {key for row in given for key in row.case_types}
    every = not all(row.case_types for row in given)
    shown = tuple(row for row in held if row.id in kinds and (every or kinds[row.id] in types))
    return For(name_of(given[0].giver), max(row.until for row in given), shown)
