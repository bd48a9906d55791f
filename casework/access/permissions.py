"""May this person do this to that case?

The only module that asks guardian's tables. Every page, API call and export fetches its case or task here: fetching is
authorizing. A person who may not even see a case gets "not found"; one who may see it but not do this gets "denied",
and that is kept in the case's history.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q
from django.http import Http404

from audit.services import Fact, Origin
from casework.access.delegation import stands_in
from casework.access.reach import (
    EVERYWHERE,
    MAY_VIEW,
    MAY_WORK,
    NOBODY,
    NOWHERE,
    WHOLE,
    Membership,
    Reach,
    Units,
    covers,
    everywhere_of,
    granted,
    granted_here,
    is_here,
    reach_of,
    readers_of,
    who_may_view,
)
from casework.access.standing import is_offered, revealed_or_own
from casework.access.unit_models import Reach as Held
from casework.access.unit_models import Sight
from casework.access.within import is_within, kept_to, limited_to, within
from casework.models import (
    Case,
    CaseGroupObjectPermission,
    CaseUserObjectPermission,
    GroupClearance,
    ListedCase,
)
from orchestration.casetypes.case_type import CaseType
from orchestration.models import HumanTask
from orchestration.privacy.principal import Principal
from orchestration.privacy.pseudonyms import name_in_case, pseudonym
from orchestration.shell import services

__all__ = ["MAY_VIEW", "MAY_WORK", "is_offered", "who_may_view"]  # stand where rows are read, are asked for here

ACTIONS = ("view", "work", "reply", "reveal", "assign", "audit")
TASK_ACTIONS = ("view", "claim", "release", "complete", "assign", "order")
UNSEEN, DENIED = "unseen", "denied"
STATE = ("instance__items", "instance__data")
"""A right is checked without reading a case's data; whoever shows it reads it then, fresh (`selectors.state_of`)."""
LONGEST_SENDER = 50
LEVELS = [level.value for level in GroupClearance.Level]

# Gives groups rights on the case of a CTE `face(id)`: `casework.cases.case_row` sends it along with the case's row.
GRANT = """
insert into casework_casegroupobjectpermission (content_object_id, group_id, permission_id)
select face.id, g.id, p.id
from face cross join unnest(%(groups)s, %(codenames)s) as wanted(name, codename)
join auth_group g on g.name = wanted.name
join auth_permission p on p.codename = wanted.codename
join django_content_type t on t.id = p.content_type_id and t.app_label = 'casework' and t.model = 'case'
on conflict do nothing
"""


# The same for people whom a model names: they may view and work the case, as a group that is offered a task.
GRANT_TO_PEOPLE = """
insert into casework_caseuserobjectpermission (content_object_id, user_id, permission_id)
select face.id, u.id, p.id
from face join auth_user u on u.username = any(%(people)s) and u.is_active
join auth_permission p on p.codename in ('view_case', 'work_case')
join django_content_type t on t.id = p.content_type_id and t.app_label = 'casework' and t.model = 'case'
on conflict do nothing
"""


class Unseen(Http404):
    """It may be there, but not for this person. `what`: that which is there; "" where nothing is."""

    def __init__(self, sentence: str, what: str) -> None:
        super().__init__(sentence)
        self.what = what


class Denied(PermissionDenied):
    """The case may be seen, but this may not be done to it; its history has kept the attempt."""


def origin_of(user: User) -> Origin:
    """How the history names a person."""
    return Origin(f"person:{user.get_username()}")


def readers(user: User) -> tuple[int, ...]:
    """As whom this person reads the list of cases (`ListedCase.reader`): as who may view all, or as each group of
    theirs and as themselves, in the units where that holds."""
    view_all = right_in(user, "casework.view_case")
    return readers_of(user, NOBODY if EVERYWHERE in view_all else _seen_reach(user), view_all)


def listed_for(user: User, case: str) -> Exists:
    """Of any query: that the case at this path of it (`instance__case`) stands in this person's list of cases."""
    return Exists(ListedCase.objects.filter(within(user), case=OuterRef(case), reader__in=readers(user)))


def cases_with_right(user: User, action: str) -> Q:
    """Of a query over `Case`: those on which this person has the right. A probe a row, for lists that are short."""
    everywhere = right_in(user, f"casework.{action}_case")
    if EVERYWHERE in everywhere:
        return within(user)
    granted = {"content_object": OuterRef("pk"), "permission__codename": f"{action}_case"}
    held = Held.objects.filter(is_here("content_object__units"), person=user, group=OuterRef("group"))
    by_group = CaseGroupObjectPermission.objects.filter(Exists(held), **granted)
    by_name = CaseUserObjectPermission.objects.filter(**granted, user=user)
    seen = Sight.objects.filter(is_here("units"), person=user)
    fits = Q(Exists(by_group)) | (Q(Exists(by_name)) & Q(Exists(seen)))
    return within(user) & (fits | Q(units__overlap=sorted(everywhere)) if everywhere else fits)


def rights_in_lists(user: User) -> dict[str, Any]:
    """The parameters of `MAY_VIEW` and `MAY_WORK`."""
    everywhere = {f"{action}_in": sorted(right_in(user, f"casework.{action}_case")) for action in ("view", "work")}
    return {"person": user.pk, "only": sorted(limited_to(user)), **everywhere}


def may(user: User, action: str, case: Case) -> bool:
    """Whether this person may do this (one of `ACTIONS`): by right on all cases, or on this one."""
    return action in rights(user, case)


def rights(user: User, case: Case) -> frozenset[str]:
    """Everything that this person may do to this case (`ACTIONS`).

    Found once for a row that was fetched, in one statement, and as old as that row: who asks later fetches anew.
    """
    if not is_within(user, case.case_type):
        return frozenset()
    if user.pk not in case.granted:
        here = _granted(user, case) if user.is_active else frozenset()
        case.granted[user.pk] = frozenset(
            action
            for action in ACTIONS
            if f"{action}_case" in here or covers(right_in(user, f"casework.{action}_case"), case.units)
        )
    return case.granted[user.pk]


def _granted(user: User, case: Case) -> frozenset[str]:
    """What was granted on this case; what holds without regard to one is read along with it where nobody asked yet."""
    if user.is_superuser or "granted_everywhere" in user.__dict__:
        return granted_here(user, case)
    here, user.__dict__["granted_everywhere"] = granted(user, case)
    return here


def has_everywhere(user: User, permission: str) -> bool:
    """Whether a person has a permission without regard to a case, by themselves or by a group, in every unit."""
    return EVERYWHERE in right_in(user, permission)


def right_in(user: User, permission: str) -> Units:
    """In which units a person has a permission without regard to a case, by themselves or by a group.

    As old as the person's row.
    """
    if not user.is_active or user.is_superuser:
        return WHOLE if user.has_perm(permission) else NOWHERE
    if "granted_everywhere" not in user.__dict__:
        user.__dict__["granted_everywhere"] = everywhere_of(user)
    found: Units = user.__dict__["granted_everywhere"].get(permission, NOWHERE)
    return found


def case_for_user(user: User, case_id: int, action: str, *, whole: bool = False) -> Case:
    """The case, for this action (one of `ACTIONS`). Raises Http404 or PermissionDenied.

    `whole`: with its state, for who shows it; else that is read where it is asked for, in a statement of its own.
    """
    found = Case.objects.select_related("instance", "unit").filter(pk=case_id)
    case = (found if whole else found.defer(*STATE)).first()
    said = UNSEEN if case is None else case_verdict(user, case, action)
    if case is None or said == UNSEEN:
        raise Unseen("There is no such case, or you may not see it.", "" if case is None else f"case {case.pk}")
    if said == DENIED:
        deny(user, case, action, f"case {case.pk}")
    return case


def case_verdict(user: User, case: Case, action: str) -> str:
    """What the doors say to this person and action: `UNSEEN`, `DENIED`, or "" where it may be done.

    Whoever works a case may reply; a program may have that right alone, for the cases that it sent in, and then sees
    nothing of the case.
    """
    if action == "reply" and may(user, "reply", case) and may_send_as(user, case.source):
        return ""
    if not may(user, "view", case):
        return UNSEEN
    return "" if may(user, "work" if action == "reply" else action, case) else DENIED


def task_for_user(user: User, task_id: int, action: str) -> HumanTask:
    """The task, for this action (one of `TASK_ACTIONS`). Raises Http404 or PermissionDenied."""
    found = HumanTask.objects.select_related("instance__case__unit", "assignee").defer(*STATE)
    task = found.filter(pk=task_id).first()
    said = UNSEEN if task is None else task_verdict(user, task, action)
    if task is None or said == UNSEEN:
        raise Unseen("There is no such task, or you may not see it.", "" if task is None else f"task {task.pk}")
    if said == DENIED:
        deny(user, task.instance.case, action, f"task {task.pk}")
    return task


def task_verdict(user: User, task: HumanTask, action: str) -> str:
    """What the doors say to this person and action: `UNSEEN`, `DENIED`, or "" where it may be done.

    Whoever may work the case and is offered the task, by name or through a group, may claim it; only its assignee may
    release it or hand it on, and complete it, or whom they let act for them (`delegation`). Who may assign tasks may
    order them, too: say how urgent they are and when they are due. A task that is over is not denied: what is asked of
    it is then refused with a reason.
    """
    case = task.instance.case
    if not may(user, "view", case):
        return UNSEEN
    if action == "view":
        return ""
    if action == "order" or (action == "assign" and task.assignee_id != user.pk):
        return "" if may(user, "assign", case) else DENIED
    if not may(user, "work", case):
        return DENIED
    if task.state != HumanTask.State.OPEN:
        return ""
    return DENIED if _is_kept_from(user, task, action) else ""


def _is_kept_from(user: User, task: HumanTask, action: str) -> bool:
    """Whether an open task is not theirs to claim, release or complete."""
    if action in ("release", "complete") and task.assignee_id not in (None, user.pk):
        return action == "release" or stands_in(user, task) is None or not is_candidate(user, task)
    return action in ("claim", "complete") and not is_candidate(user, task)


def is_candidate(user: User, task: HumanTask) -> bool:
    """Whether the task is offered to a group of this person, or to them by name, or theirs already."""
    return task.assignee_id == user.pk or is_offered(user, task)


def deny(user: User, case: Case, action: str, what: str) -> None:
    """Keep the attempt in the case's history, then raise PermissionDenied."""
    services.record(case.instance_id, [Fact("access.denied", {"action": action, "what": what})], origin_of(user))
    raise Denied(f"You may see this case, but not {action} {what}.")


def may_open(user: User, case_type: CaseType) -> bool:
    """Whether this person may bring in cases of this type."""
    return is_within(user, case_type.key) and any(
        one.name in case_type.may_open and one.units for one in reach_of(user).memberships
    )


def own_source(user: User) -> str:
    """The name under which this person's or program's cases come in by the API; no other has the same.

    A name that is too long to be kept is replaced by a number, and `#` stands in no user name.
    """
    named = f"api:{user.get_username()}"
    return named if len(named) <= LONGEST_SENDER else f"api:#{user.pk}"


def may_send_as(user: User, source: str) -> bool:
    """Whether this is a source of theirs: their own name, or with a `/` behind it a system that they speak for.

    Source and reference name a case, so nobody may claim the references of another.
    """
    return source == own_source(user) or source.startswith(own_source(user) + "/")


def may_publish(user: User) -> bool:
    """Whether this person may change rules and publish case types."""
    return has_everywhere(user, "orchestration.publish_definition")


def may_audit(user: User) -> bool:
    """Whether this person may read and verify the history of every case."""
    return has_everywhere(user, "casework.audit_case")


def may_erase(user: User) -> bool:
    """Whether this person may say how long cases are kept, and have a person's data found and erased."""
    return has_everywhere(user, "casework.erase_case")


def may_administer(user: User) -> bool:
    """Whether this person may change people, groups and rights."""
    return has_everywhere(user, "auth.change_user")


def clearance(user: User) -> str:
    """The highest clearance among the person's groups that hold wherever they see anything; public where none does."""
    return _highest(one.sees_anywhere for one in _reach(user).throughout())


def purposes(user: User) -> frozenset[str]:
    """What the person looks for by groups that hold wherever they see anything."""
    return _purposes(user, _reach(user).throughout())


def _purposes(user: User, groups: Iterable[Membership]) -> frozenset[str]:
    """What they look for by these groups; by a token that names purposes, for those alone."""
    return kept_to(user, frozenset(purpose for one in groups for purpose in one.purposes))


def _reach(user: User) -> Reach:
    """What the person holds as it is now."""
    found = reach_of(user)
    user.__dict__["reach_seen"] = found
    return found


def _seen_reach(user: User) -> Reach:
    """The same, as it was when this page asked who is looking (`principal`)."""
    found: Reach | None = user.__dict__.get("reach_seen")
    return _reach(user) if found is None else found


def groups_of(user: User) -> Mapping[int, str]:
    """The person's groups, name by id, as they were when this page asked who is looking (`principal`)."""
    return _seen_reach(user).groups


def reach_seen(user: User) -> Reach:
    """Where these hold, as old as that."""
    return _seen_reach(user)


def _highest(levels: Iterable[str | None]) -> str:
    return max((level for level in levels if level), key=LEVELS.index, default=GroupClearance.Level.PUBLIC.value)


def principal(user: User, case: Case | None, now: datetime) -> Principal:
    """Who this person is to the masking policy: clearance, roles, purposes and what they have revealed of this case."""
    revealed: Iterable[str] = ()
    digests: frozenset[str] = frozenset()
    if case is not None and "is_viewed" not in user.__dict__:  # what is theirs alone is shown to no other (`viewing`)
        found = revealed_or_own(user, case, now)
        revealed, digests = (path for path, digest in found if not digest), frozenset(d for _, d in found if d)
    reach = _reach(user)
    if case is None:
        groups, levels = list(reach.throughout()), [one.sees_anywhere for one in reach.throughout()]
    else:
        groups = list(reach.here(case.units))
        levels = [one.sees(masking_in(case)) for one in groups]
    roles = frozenset(one.name for one in groups)
    seen = Principal(_highest(levels), roles, _purposes(user, groups), frozenset(revealed), OwnWords(digests))
    return seen if case is None else of_case(seen, case.pk)


def of_case(person: Principal, case: int) -> Principal:
    """The same person where a list shows this case: what stands for a value there is the same as on its page."""
    return replace(person, named=partial(name_in_case, case))


def masking_in(case: Case) -> Mapping[str, str]:
    """How much groups see at most by the unit of a case."""
    found: Mapping[str, str] = {} if case.unit is None else case.unit.policy.get("masking", {})
    return found


@dataclass(frozen=True, slots=True)
class OwnWords:
    """Whether a text is word for word of those that somebody wrote in a case, by their `words_digest`."""

    digests: frozenset[str]

    def __call__(self, text: str) -> bool:
        return bool(self.digests) and words_digest(text) in self.digests


def words_digest(text: str) -> str:
    """Stands for what somebody wrote, word for word."""
    return pseudonym("own words", text.replace("\r\n", "\n").strip().encode("utf-8", "replace"))
