"""What failed in the cases that this person works, and waits for somebody to decide?

The open incidents (`orchestration.models.Incident`) of cases that the person may work, the oldest first, and how many
of them are of one kind: the same error, of the same actor.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final, LiteralString

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, QuerySet, Subquery

from audit.db.sql import cursor
from casework.access import permissions
from casework.cases.past_rows import former_of
from casework.cases.read.case_view import row_mask, title_in
from casework.lists.counts import up_to
from casework.models import Case
from orchestration.casetypes.capability_titles import capability_title
from orchestration.models import Actor, ActorCall, AgentProposal, Incident, Job

MOST: Final = 200
_WAITING: Final[LiteralString] = """
select (select count(*) from (
    select from orchestration_incident i where i.resolved is null
    and exists (select from casework_case f where f.instance_id = i.instance_id and MAY_WORK)
    limit %(most)s) w),
(select count(*) from (
    select from (select c.case_id from casework_commentnotice n
                 join casework_comment c on c.id = n.comment_id and c.withdrawn is null
                 where n.person_id = %(person)s and n.seen is null
                 union all select r.case_id from casework_revealnotice n join casework_reveal r on r.id = n.reveal_id
                 where n.person_id = %(person)s and n.seen is null
                 union all select o.id from casework_deadlinenotice n join casework_deadline d on d.id = n.deadline_id
                 join casework_case o on o.instance_id = d.instance_id
                 where n.person_id = %(person)s and n.seen is null) t
    where exists (select from casework_case f where f.id = t.case_id and MAY_VIEW)
    limit %(most)s) w),
(select count(*) from (
    select from orchestration_agentproposal p join orchestration_agentrun r on r.id = p.run_id and r.ended is null
    where p.state = 'held' and p.expires > %(now)s
    and exists (select from casework_case f where f.instance_id = r.instance_id and MAY_WORK)
    limit %(most)s) w)""".replace("MAY_WORK", permissions.MAY_WORK).replace("MAY_VIEW", permissions.MAY_VIEW)
"""As many as `_open`, the comments, reveals and deadlines that somebody is told of, and `held` have; our own text."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """One incident. `key` names it in a form: the case and its number there; `asked`: the capability; `actor`: who was
    called last; `asked_for`, `tried_by`: what both are called; `kind`: the same for all with this error of this
    actor."""

    key: str
    case: int
    number: int
    title: str
    message: str
    asked: str
    actor: str
    opened: datetime
    asked_for: str = ""
    tried_by: str = ""

    @property
    def kind(self) -> str:
        return sha256(f"{self.actor}\0{self.asked}\0{self.message}".encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Kind:
    """Incidents with the same error of the same actor. `whose`: the actor's, else what was asked for, as each is
    called."""

    key: str
    message: str
    whose: str
    count: int


def troubles(user: User, now: datetime) -> tuple[tuple[Trouble, ...], bool]:
    """At most MOST of them, masked for this reader, and whether there are more."""
    person = permissions.principal(user, None, now)
    job = Job.objects.filter(instance=OuterRef("instance"), job=OuterRef("job"))
    call = ActorCall.objects.filter(job__instance=OuterRef("instance"), job__job=OuterRef("job")).order_by("-pk")
    rows = _open(user).select_related("instance__case").annotate(
        asked=Subquery(job.values("capability")[:1]), actor=Subquery(call.values("actor")[:1]),
        named=Subquery(Actor.objects.filter(key=OuterRef("actor")).values("name")[:1]),
    )  # fmt: skip
    found, shown = [], list(rows.order_by("opened", "pk")[: MOST + 1])
    former = former_of(row.instance_id for row in shown)
    for row in shown[:MOST]:
        case = row.instance.case
        past = former.get(row.instance_id, {})
        masked = row_mask(
            row.instance.definition_id, bytes(row.instance.data), permissions.of_case(person, case.pk), past
        )
        found.append(
            Trouble(
                f"{case.pk}-{row.incident}", case.pk, row.incident, title_in(masked, case.title), masked(row.message),
                row.asked or "", row.actor or "", row.opened,
                capability_title(row.instance.definition_id, row.asked or ""), row.named or row.actor or "",
            )
        )  # fmt: skip
    return tuple(found), len(shown) > MOST


def kinds(found: Iterable[Trouble]) -> list[Kind]:
    """How many there are of each kind, the most first; kinds of one alone are left out."""
    rows = list(found)
    first = {row.kind: row for row in reversed(rows)}
    counted = Counter(row.kind for row in rows).most_common()
    return [
        Kind(key, first[key].message, first[key].tried_by or first[key].asked_for, count)
        for key, count in counted
        if count > 1
    ]


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much waits for somebody beside their inbox: what failed, what they are told of and have not seen, what agents
    want."""

    troubles: int = 0
    comments: int = 0
    proposals: int = 0


def waiting(user: User, now: datetime) -> Waiting:
    """As many as their lists show, and at least so many where a list is longer than it shows. One statement."""
    if not user.is_authenticated:
        return Waiting()
    given = {**permissions.rights_in_lists(user), "most": MOST + 1, "now": now}
    with cursor() as plain:
        counts = plain.execute(_WAITING, given).fetchone() or ()
    return Waiting(*(up_to(count, MOST) for count in counts))


def held(user: User, now: datetime) -> QuerySet[AgentProposal]:
    """What agents want in the cases that this person may work, while somebody can still decide it."""
    mine = Case.objects.filter(permissions.cases_with_right(user, "work"), instance=OuterRef("run__instance"))
    return AgentProposal.objects.filter(
        Exists(mine), state=AgentProposal.State.HELD, expires__gt=now, run__ended=None
    )  # fmt: skip


def _open(user: User) -> QuerySet[Incident]:
    mine = Case.objects.filter(permissions.cases_with_right(user, "work"), instance=OuterRef("instance"))
    return Incident.objects.filter(Exists(mine), resolved=None)
