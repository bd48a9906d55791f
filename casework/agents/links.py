"""Which cases was this one opened from, and which were opened from it?

What the two histories keep, read from this one: nothing beside them is stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from audit.selectors import timeline
from casework.access import permissions
from casework.agents.opening import LINKED
from casework.cases.read.actor_names import actor_names
from casework.cases.read.case_view import look
from casework.cases.read.timeline import actor_name
from casework.models import Case
from casework.web.decorators import person, reads
from orchestration.ground import clock

FROM: Final = "opened from there"


@dataclass(frozen=True, slots=True)
class Link:
    """`title`: empty where this reader may not see the case, or where it is gone. `came_from`: whether this one was
    opened from it."""

    case: int
    title: str
    came_from: bool
    at: datetime
    who: str


@reads
def links(request: HttpRequest, case_id: int) -> HttpResponse:
    """Both ways, each as this reader may see it."""
    user = person(request)
    case = permissions.case_for_user(user, case_id, "view")
    seen = look(user=user, case=case, now=clock.utc_now(), most=1)
    context = {"case": case, "title": seen.view.text(case.title), "links": links_of(user, case)}
    return render(request, "agents/links.html", context)


def links_of(user: User, case: Case) -> list[Link]:
    """The oldest first."""
    told = [(entry, dict(entry.detail)) for entry in timeline(case.instance_id, action=LINKED)]
    known = permissions.cases_with_right(user, "view")
    rows = Case.objects.filter(known, pk__in=[detail["case"] for _, detail in told])
    titles = {row.pk: _title(user, row) for row in rows.select_related("instance")}
    names = actor_names({entry.actor: True for entry, _ in told})
    return [
        Link(one["case"], titles.get(one["case"], ""), one["how"] == FROM, entry.at, actor_name(entry.actor, names))
        for entry, one in told
    ]


def _title(user: User, case: Case) -> str:
    return look(user=user, case=case, now=clock.utc_now(), most=1).view.text(case.title)
