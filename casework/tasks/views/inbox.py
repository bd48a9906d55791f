"""What is there for me to do, and how do I take it?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse

from casework.access import permissions, trail
from casework.lists.asked import Asked, Given, given_filters
from casework.lists.asked import asked as asked_of
from casework.lists.columns import MOST, Column, chosen, offered
from casework.lists.controls import Header, chips, filter_fields, header, orders
from casework.tasks import services
from casework.tasks.assigning import bar
from casework.tasks.gone import become_of
from casework.tasks.inbox import TABS, inbox_page
from casework.tasks.inbox_state import inbox_states
from casework.web.decorators import answered, page_or_part, person, reads, wants_part, writes
from orchestration.ground import clock
from orchestration.ground.refusals import Refused

LONGEST: Final = 2000
"""Characters of the address of a list that the address of a task carries on."""

LATE: Final = "late"
"""The order of the inbox turned around."""


@reads
def inbox(request: HttpRequest) -> HttpResponse:
    trail.list_read(request, "tasks")
    return shown(request, request.GET)


def shown(request: HttpRequest, asked: QueryDict, status: int = 200) -> HttpResponse:
    """The page that is asked for, by the address or by a form that comes from it."""
    place, now = Place.of(asked), clock.utc_now()
    columns = offered(permissions.principal(person(request), None, now))
    in_columns, sought = chosen(columns, place.columns), place.asked(columns)
    page = inbox_page(
        user=person(request), tab=place.tab, now=now, after=place.after, latest_first=place.sort == LATE,
        reference=place.reference, columns=in_columns, asked=sought,
    )  # fmt: skip
    start = replace(place, after="")
    context: dict[str, Any] = {
        "page": page, "tabs": [
            (key, label, page.counts[key], replace(start, tab=key, reference="").address)
            for key, label in TABS.items()
        ],
        "columns": columns, "chosen": in_columns, "start": start.address, "given": place.given,
        "first": not place.after,
        "orders": _orders(place, in_columns, sought), "headers": _headers(start, in_columns, sought),
        "fields": filter_fields(columns, place.filters), "filtered": bool(place.filters),
        "chips": chips(sought, place.filters, lambda left: replace(start, filters=left).address),
        "unfiltered": replace(start, filters=(), reference="").address,
        "carry": place.carry,
        "picked": frozenset((request.session.get("many") or {}).get("chosen", ())),
        "bar": None if wants_part(request) else bar(person(request)),
        "q": place.reference, "here": place.address, "next": replace(place, after=page.following).address,
        "seen": "" if wants_part(request) else _state(person(request)),
        "gone": become_of(person(request), _shown_before(asked).difference(row.id for row in page.rows)),
    }  # fmt: skip
    return page_or_part(request, "tasks/inbox.html", "tasks/_inbox_list.html", context, status)


def _shown_before(asked: QueryDict) -> set[int]:
    """The tasks of the list that a page shows while it asks for what is there now (`had`)."""
    return {int(one) for one in asked.get("had", "")[:LONGEST].split(",") if one.isascii() and one.isdecimal()}


def _orders(place: Place, shown: Sequence[Column], sought: Asked) -> list[tuple[str, str, bool]]:
    """The orders to choose from: value, words, whether it is chosen."""
    by = sought.order
    columns = dict.fromkeys((*shown, by.column) if by else shown)
    own = [("", "First due first"), (LATE, "Last due first")]
    offered = [*own, *(choice for column in columns for choice in orders(column))]
    here = str(by) if by else place.sort if place.sort == LATE else ""
    return [(value, words, value == here) for value, words in offered]


def _headers(place: Place, shown: Sequence[Column], sought: Asked) -> list[Header]:
    return [header(column, sought.order, lambda sort: replace(place, sort=sort).address) for column in shown]


def _state(user: User) -> str:
    return inbox_states([user.pk], clock.utc_now())[user.pk]


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody is in their inbox: tab, order, columns, filters, what is searched for, and how far they have
    turned the pages."""

    tab: str
    sort: str
    reference: str
    after: str
    columns: tuple[str, ...] = ()
    filters: tuple[Given, ...] = ()

    @classmethod
    def of(cls, asked: QueryDict) -> Place:
        tab = asked.get("tab", "")
        return cls(
            tab=tab if tab in TABS else "mine",
            sort=asked.get("sort", "")[:200],
            reference=asked.get("q", "").strip()[:100],
            after=asked.get("after", "")[:500],
            columns=tuple(dict.fromkeys(asked.getlist("col")))[:MOST],
            filters=given_filters(asked.lists()),
        )

    def asked(self, columns: Sequence[Column]) -> Asked:
        """What of it concerns fields of the cases, for who may choose these columns."""
        return asked_of(self.filters, "" if self.sort == LATE else self.sort, columns)

    @property
    def given(self) -> list[Given]:
        """Names and values as the address has them."""
        said = [("tab", self.tab), ("sort", self.sort), ("q", self.reference), ("after", self.after)]
        return [one for one in (*said, *(("col", path) for path in self.columns), *self.filters) if one[1]]

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
        return urlencode(self.given)


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
