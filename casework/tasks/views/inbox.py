"""What is there for me to do, and how do I take it?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse

from casework.access import permissions, trail
from casework.tasks import services
from casework.tasks.assigning import bar
from casework.tasks.columns import MOST, chosen, offered
from casework.tasks.inbox import TABS, inbox_page
from casework.tasks.inbox_state import inbox_states
from casework.web.decorators import answered, page_or_part, person, reads, wants_part, writes
from orchestration.ground import clock
from orchestration.ground.refusals import Refused

LONGEST: Final = 2000
"""Characters of the address of a list that the address of a task carries on."""


@reads
def inbox(request: HttpRequest) -> HttpResponse:
    trail.list_read(request, "tasks")
    return shown(request, request.GET)


def shown(request: HttpRequest, asked: QueryDict, status: int = 200) -> HttpResponse:
    """The page that is asked for, by the address or by a form that comes from it."""
    place, now = Place.of(asked), clock.utc_now()
    columns = offered(permissions.principal(person(request), None, now))
    in_columns = chosen(columns, place.columns)
    page = inbox_page(
        user=person(request), tab=place.tab, now=now, after=place.after, latest_first=place.late,
        reference=place.reference, columns=in_columns,
    )  # fmt: skip
    context: dict[str, Any] = {
        "page": page, "tabs": [
            (key, label, page.counts[key], replace(place, tab=key, reference="", after="").address)
            for key, label in TABS.items()
        ],
        "late": place.late, "columns": columns, "chosen": in_columns, "start": replace(place, after="").address,
        "q": place.reference, "after": place.after, "here": place.address, "first": not place.after,
        "next": replace(place, after=page.following).address,
        "carry": place.carry,
        "picked": frozenset((request.session.get("many") or {}).get("chosen", ())),
        "bar": None if wants_part(request) else bar(person(request)),
        "seen": "" if wants_part(request) else _state(person(request)),
    }  # fmt: skip
    return page_or_part(request, "tasks/inbox.html", "tasks/_inbox_list.html", context, status)


def _state(user: User) -> str:
    return inbox_states([user.pk], clock.utc_now())[user.pk]


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody is in their inbox: tab, order, columns, what is searched for, and how far they have turned the
    pages."""

    tab: str
    late: bool
    reference: str
    after: str
    columns: tuple[str, ...] = ()

    @classmethod
    def of(cls, asked: QueryDict) -> Place:
        tab = asked.get("tab", "")
        return cls(
            tab=tab if tab in TABS else "mine",
            late=asked.get("sort") == "late",
            reference=asked.get("q", "").strip()[:100],
            after=asked.get("after", "")[:100],
            columns=tuple(dict.fromkeys(asked.getlist("col")))[:MOST],
        )

    @classmethod
    def carried(cls, request: HttpRequest) -> Place | None:
        """Where the page of a task was opened from, as its address says it (`?inbox=`)."""
        told = request.GET.get("inbox", "")[:LONGEST]
        return cls.of(QueryDict(told)) if told else None

    @property
    def address(self) -> str:
        return reverse("inbox") + "?" + self.query

    @property
    def carry(self) -> str:
        """What the address of a task's page ends in, so that its page leads back here."""
        return "?" + urlencode({"inbox": self.query})

    @property
    def query(self) -> str:
        given = {"tab": self.tab, "sort": "late" if self.late else "", "q": self.reference, "after": self.after}
        said = {name: value for name, value in given.items() if value} | {"col": self.columns}
        return urlencode(said, doseq=True)


@writes
def claim(request: HttpRequest, task_id: int) -> HttpResponse:
    task = permissions.task_for_user(person(request), task_id, "claim")
    outcome = services.task_claim(by=person(request), task=task)
    place = Place.of(request.POST) if request.POST.get("tab") else Place.carried(request)
    back = reverse("task", args=[task_id]) + (place.carry if place else "")
    said = f"“{task.name}” is yours now."
    if wants_part(request) and not isinstance(outcome, Refused):
        messages.success(request, said)
        return HttpResponse(headers={"HX-Redirect": back})
    return answered(request, outcome, said, back, lambda status: shown(request, request.POST, status))


@writes
def release(request: HttpRequest, task_id: int) -> HttpResponse:
    task = permissions.task_for_user(person(request), task_id, "release")
    outcome = services.task_release(by=person(request), task=task)
    back = (Place.carried(request) or Place.of(request.POST)).address
    said = f"“{task.name}” is back with its group."
    return answered(request, outcome, said, back, lambda status: shown(request, request.POST, status))
