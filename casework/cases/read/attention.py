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
from typing import Final

from django.contrib.auth.models import User
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, QuerySet, Subquery

from casework.access import permissions
from casework.cases.past_rows import former_of
from casework.cases.read.case_view import row_mask
from casework.models import Case, CommentNotice
from orchestration.models import ActorCall, Incident, Job

MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Trouble:
    """One incident. `key` names it in a form: the case and its number there; `asked`: the capability; `actor`: who was
    called last; `kind`: the same for all with this error of this actor."""

    key: str
    case: int
    number: int
    title: str
    message: str
    asked: str
    actor: str
    opened: datetime

    @property
    def kind(self) -> str:
        return sha256(f"{self.actor}\0{self.asked}\0{self.message}".encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Kind:
    """Incidents with the same error of the same actor."""

    key: str
    message: str
    actor: str
    asked: str
    count: int


def troubles(user: User, now: datetime) -> tuple[Trouble, ...]:
    """At most MOST of them, masked for this reader."""
    person = permissions.principal(user, None, now)
    job = Job.objects.filter(instance=OuterRef("instance"), job=OuterRef("job"))
    call = ActorCall.objects.filter(job__instance=OuterRef("instance"), job__job=OuterRef("job")).order_by("-pk")
    rows = _open(user).select_related("instance__case").annotate(
        asked=Subquery(job.values("capability")[:1]), actor=Subquery(call.values("actor")[:1])
    )  # fmt: skip
    found, shown = [], list(rows.order_by("opened", "pk")[:MOST])
    former = former_of(row.instance_id for row in shown)
    for row in shown:
        case = row.instance.case
        past = former.get(row.instance_id, {})
        masked = row_mask(row.instance.definition_id, bytes(row.instance.data), person, past)
        found.append(
            Trouble(
                f"{case.pk}-{row.incident}", case.pk, row.incident, masked(case.title), masked(row.message),
                row.asked or "", row.actor or "", row.opened,
            )
        )  # fmt: skip
    return tuple(found)


def kinds(found: Iterable[Trouble]) -> list[Kind]:
    """How many there are of each kind, the most first; kinds of one alone are left out."""
    rows = list(found)
    first = {row.kind: row for row in reversed(rows)}
    counted = Counter(row.kind for row in rows).most_common()
    return [
        Kind(key, first[key].message, first[key].actor, first[key].asked, count) for key, count in counted if count > 1
    ]


def counts(user: User) -> tuple[int, int]:
    """How many there are, and how many comments that the person is told of and has not seen; each at most MOST + 1. One
    statement for both."""
    if not user.is_authenticated:
        return 0, 0
    seen = Case.objects.filter(permissions.cases_with_right(user, "view"), pk=OuterRef("comment__case"))
    told = CommentNotice.objects.filter(Exists(seen), person=user, seen=None, comment__withdrawn=None)
    both = (ArraySubquery(each.values("pk")[: MOST + 1]) for each in (_open(user), told))
    found = User.objects.filter(pk=user.pk).values_list(*both).first() or ((), ())
    return len(found[0]), len(found[1])


def _open(user: User) -> QuerySet[Incident]:
    mine = Case.objects.filter(permissions.cases_with_right(user, "work"), instance=OuterRef("instance"))
    return Incident.objects.filter(Exists(mine), resolved=None)
