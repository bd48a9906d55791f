"""May this person do this to that case?

The only module that asks guardian's tables. Every page, API call and export fetches its case or task here: fetching is
authorizing. A person who may not even see a case gets "not found"; one who may see it but not do this gets "denied",
and that is kept in the case's history.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.contrib.auth.models import Group, Permission, User
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, Value
from django.db.models.functions import Coalesce, Concat, NullIf, Trim
from django.http import Http404

from audit.services import Fact, Origin
from casework.access.delegation import stands_in
from casework.access.standing import groups_with_clearance, is_offered, revealed_or_own
from casework.access.within import is_within, within
from casework.models import (
    Case,
    CaseGroupObjectPermission,
    CaseUserObjectPermission,
    GroupClearance,
    ListedCase,
    Reveal,
)
from orchestration.casetypes.case_type import CaseType
from orchestration.ground.clock import utc_now
from orchestration.models import HumanTask
from orchestration.privacy.masking import Principal
from orchestration.privacy.pseudonyms import pseudonym
from orchestration.shell import services

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
    theirs and as themselves."""
    return (0,) if has_everywhere(user, "casework.view_case") else (*groups_of(user), -user.pk)


def listed_for(user: User, case: str) -> Exists:
    """Of any query: that the case at this path of it (`instance__case`) stands in this person's list of cases."""
    return Exists(ListedCase.objects.filter(within(user), case=OuterRef(case), reader__in=readers(user)))


def cases_with_right(user: User, action: str) -> Q:
    """Of a query over `Case`: those on which this person has the right. A probe a row, for lists that are short."""
    if has_everywhere(user, f"casework.{action}_case"):
        return within(user)
    granted = {"content_object": OuterRef("pk"), "permission__codename": f"{action}_case"}
    by_group = CaseGroupObjectPermission.objects.filter(**granted, group__in=user.groups.all())
    by_name = CaseUserObjectPermission.objects.filter(**granted, user=user)
    return within(user) & (Q(Exists(by_group)) | Q(Exists(by_name)))


_WHO_MAY_VIEW = """
with may(id) as (
    select p.id from auth_permission p join django_content_type t on t.id = p.content_type_id
    where p.codename = 'view_case' and t.app_label = 'casework' and t.model = 'case')
select w.person, w.root
from unnest(%(people)s::bigint[], %(roots)s::bigint[]) as w(person, root)
join auth_user u on u.id = w.person and u.is_active
join casework_case f on f.instance_id = w.root
where u.is_superuser
   or exists (select from auth_user_user_permissions o join may on may.id = o.permission_id where o.user_id = u.id)
   or exists (select from auth_user_groups m join auth_group_permissions o on o.group_id = m.group_id
              join may on may.id = o.permission_id where m.user_id = u.id)
   or exists (select from casework_caseuserobjectpermission o join may on may.id = o.permission_id
              where o.content_object_id = f.id and o.user_id = u.id)
   or exists (select from auth_user_groups m join casework_casegroupobjectpermission o on o.group_id = m.group_id
              join may on may.id = o.permission_id where m.user_id = u.id and o.content_object_id = f.id)
   or exists (select from casework_reveal r
              where r.case_id = f.id and r.person_id = u.id and r.path = '' and r.until > %(now)s)"""


def who_may_view(pairs: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
    """Those of these (person, root instance) where the person may view the case, as `may` says; one statement."""
    people, roots = zip(*pairs, strict=True) if pairs else ((), ())
    with connection.cursor() as cursor:
        cursor.execute(_WHO_MAY_VIEW, {"people": list(people), "roots": list(roots), "now": utc_now()})
        return set(cursor.fetchall())


def may(user: User, action: str, case: Case) -> bool:
    """Whether this person may do this (one of `ACTIONS`): by right on all cases, or on this one."""
    return action in rights(user, case)


def rights(user: User, case: Case) -> frozenset[str]:
    """Everything that this person may do to this case (`ACTIONS`).

    Found once for a row that was fetched, in two statements, and as old as that row: who asks later fetches anew.
    """
    if not is_within(user, case.case_type):
        return frozenset()
    if user.pk not in case.granted:
        here = _granted_here(user, case) if user.is_active else frozenset()
        case.granted[user.pk] = frozenset(
            action for action in ACTIONS if f"{action}_case" in here or has_everywhere(user, f"casework.{action}_case")
        )
    return case.granted[user.pk]


def has_everywhere(user: User, permission: str) -> bool:
    """Whether a person has a permission without regard to a case, by themselves or by a group.

    As Django's own answer, and as old as the person's row, but found in one statement instead of two.
    """
    if not user.is_active or user.is_superuser:
        return user.has_perm(permission)
    if "granted_everywhere" not in user.__dict__:
        theirs = Permission.objects.filter(user=user).union(Permission.objects.filter(group__user=user))
        named = theirs.values_list("content_type__app_label", "codename")
        user.__dict__["granted_everywhere"] = frozenset(f"{label}.{name}" for label, name in named)
    return permission in user.__dict__["granted_everywhere"]


def _granted_here(user: User, case: Case) -> frozenset[str]:
    """What was granted on this case to the person, or to a group of theirs, or by a broken glass
    (`cases.breaking_glass`): one statement."""
    own = CaseUserObjectPermission.objects.filter(content_object=case, user=user)
    of_groups = CaseGroupObjectPermission.objects.filter(content_object=case, group__user=user)
    names = "permission__codename"
    glass = Reveal.objects.filter(case=case, person=user, path="", until__gt=utc_now()).values_list(Value("view_case"))
    return frozenset(name for (name,) in own.values_list(names).union(of_groups.values_list(names), glass))


def case_for_user(user: User, case_id: int, action: str, *, whole: bool = False) -> Case:
    """The case, for this action (one of `ACTIONS`). Raises Http404 or PermissionDenied.

    `whole`: with its state, for who shows it; else that is read where it is asked for, in a statement of its own.
    """
    found = Case.objects.select_related("instance").filter(pk=case_id)
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
    found = HumanTask.objects.select_related("instance__case", "assignee").defer(*STATE)
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
    return is_within(user, case_type.key) and user.groups.filter(name__in=case_type.may_open).exists()


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
    """The highest clearance among the person's groups; public where none says anything."""
    return _highest(level for _, level in _groups(user))


def _groups(user: User) -> list[tuple[str, str | None]]:
    """The person's groups by name, each with its clearance."""
    found = groups_with_clearance(user)
    user.__dict__["groups_seen"] = {pk: name for pk, name, _ in found}
    return [(name, level) for _, name, level in found]


def groups_of(user: User) -> Mapping[int, str]:
    """The person's groups, name by id, as they were when this page asked who is looking (`principal`)."""
    if "groups_seen" not in user.__dict__:
        _groups(user)
    seen: Mapping[int, str] = user.__dict__["groups_seen"]
    return seen


def _highest(levels: Iterable[str | None]) -> str:
    return max((level for level in levels if level), key=LEVELS.index, default=GroupClearance.Level.PUBLIC.value)


@dataclass(frozen=True, slots=True)
class Grant:
    """A group or a person with rights; `through`: on this case, or on all. `members`: active people of a group."""

    name: str
    is_group: bool
    members: int
    through: str
    rights: tuple[str, ...]


_CALLED = Coalesce(NullIf(Trim(Concat("user__first_name", Value(" "), "user__last_name")), Value("")), "user__username")
"""How a person with a right is called."""


def grants(case: Case) -> tuple[Grant, ...]:
    """Who has rights on a case; administrators of the database aside. Two statements."""
    here, everywhere = Value("this case"), Value("all cases")
    of_groups = CaseGroupObjectPermission.objects.filter(content_object=case)
    of_people = CaseUserObjectPermission.objects.filter(content_object=case, user__is_active=True)
    on_all = Permission.objects.filter(codename__in=[f"{action}_case" for action in ACTIONS], group__isnull=False)
    rows = of_groups.values_list("group__name", Value(True), here, "permission__codename").union(
        on_all.values_list("group__name", Value(True), everywhere, "codename"),
        of_people.values_list(_CALLED, Value(False), here, "permission__codename"),
    )
    found: dict[tuple[str, bool, str], set[str]] = {}
    for name, is_group, through, code in rows:
        found.setdefault((name, is_group, through), set()).add(code.removesuffix("_case"))
    groups = {name for name, is_group, _ in found if is_group}
    counted = Group.objects.filter(name__in=groups).annotate(members=Count("user", filter=Q(user__is_active=True)))
    members = dict(counted.values_list("name", "members"))
    return tuple(
        Grant(name, is_group, members.get(name, 0), through, tuple(one for one in ACTIONS if one in rights))
        for (name, is_group, through), rights in sorted(found.items()) if "view" in rights
    )  # fmt: skip


def least_clearance(case: Case) -> str:
    """The lowest clearance among the groups that see this case."""
    may_view = {"content_object": case, "permission__codename": "view_case"}
    found = CaseGroupObjectPermission.objects.filter(**may_view).values_list("group__clearance__level", flat=True)
    lowest = GroupClearance.Level.PUBLIC.value
    return min((level or lowest for level in found), key=LEVELS.index, default=lowest)


def principal(user: User, case: Case | None, now: datetime) -> Principal:
    """Who this person is to the masking policy: clearance, roles and what they have revealed of this case."""
    revealed: Iterable[str] = ()
    digests: frozenset[str] = frozenset()
    if case is not None and "is_viewed" not in user.__dict__:  # what is theirs alone is shown to no other (`viewing`)
        found = revealed_or_own(user, case, now)
        revealed, digests = (path for path, digest in found if not digest), frozenset(d for _, d in found if d)
    groups = _groups(user)
    roles = frozenset(name for name, _ in groups)
    wrote = partial(_is_among, digests)
    return Principal(_highest(level for _, level in groups), roles, frozenset(revealed), wrote)


def _is_among(digests: frozenset[str], text: str) -> bool:
    return bool(digests) and words_digest(text) in digests


def words_digest(text: str) -> str:
    """Stands for what somebody wrote, word for word."""
    return pseudonym("own words", text.replace("\r\n", "\n").strip().encode("utf-8", "replace"))
