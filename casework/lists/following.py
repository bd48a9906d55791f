"""What has happened in the cases that somebody follows, since they looked at each last?

Only cases that they may still see; what is masked for them is masked in what is told. Two statements beside what tells
who is looking, however many cases there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.contrib.auth.models import User
from django.db.models import F, OuterRef, Subquery

from audit.selectors import Entry, newest_of
from casework.access import permissions
from casework.cases.narration import NO_NAMES, tell
from casework.cases.past_rows import former_of
from casework.cases.read.actor_names import Names, actor_names
from casework.cases.read.case_view import row_mask, title_in
from casework.cases.read.timeline import actor_name
from casework.models import Case, Visit

MOST: Final = 50
"""Cases that a page shows: those that changed last."""
TOLD: Final = 3
"""Of what happened in one case."""
NEWS: Final = (
    "task.claimed", "task.released", "task.assigned", "task.priority", "task.due", "case.changed", "case.tags",
    "comment.said", "item.removed", "engine.TaskOpened", "engine.MilestoneReached", "engine.IncidentRaised",
    "engine.InstanceChanged", "engine.ItemPlanned",
)  # fmt: skip
"""What is told: it needs no look into the case."""


@dataclass(frozen=True, slots=True)
class News:
    at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class Followed:
    """`news`: the newest of what is new to the reader; `more`: whether there is more of it."""

    id: int
    title: str
    reference: str
    state: str
    closed: bool
    updated: datetime
    news: tuple[News, ...]
    more: bool


def followed(user: User, now: datetime) -> tuple[Followed, ...]:
    """The cases that this person follows, what changed last first."""
    seen = Visit.objects.filter(person=user, case=OuterRef("pk")).values("upto")
    theirs = Case.objects.filter(permissions.listed_for(user, "pk"), followers__person=user)
    cases = list(
        theirs.select_related("instance").defer("instance__items").annotate(upto=Subquery(seen[:1]))
        .order_by(F("updated").desc(), "-pk")[:MOST]
    )  # fmt: skip
    since = {case.instance_id: vars(case)["upto"] or 0 for case in cases}
    own = permissions.origin_of(user).actor
    entries = newest_of(since, actions=NEWS, but=own, most=TOLD + 1)
    names = actor_names({entry.actor for each in entries.values() for entry in each})
    former, person = former_of(since), permissions.principal(user, None, now)

    def shown(case: Case) -> Followed:
        instance, reader = case.instance, permissions.of_case(person, case.pk)
        masked = row_mask(
            instance.definition_id,
            bytes(instance.data),
            reader,
            former.get(instance.pk, {}),
        )
        found = list(_told(entries.get(instance.pk, ()), names, masked))
        return Followed(
            case.pk, title_in(masked, case.title), masked(case.reference), case.state, case.closed, case.updated,
            tuple(found[:TOLD]), len(found) > TOLD,
        )  # fmt: skip

    return tuple(shown(case) for case in cases)


def _told(entries: Any, names: Names, masked: Callable[[str], str]) -> Iterator[News]:
    entry: Entry
    for entry in entries:
        told = tell(entry, NO_NAMES)
        if told is not None:
            who = f"{actor_name(entry.actor, names)} " if told.by_actor else ""
            yield News(entry.at, masked(who + told.text))
