"""What is there for me to do, and how do I take it?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse

from casework.access import permissions, trail
from casework.lists import begun
from casework.lists.asked import DEADLINE, NOTHING, Asked, Grouping
from casework.lists.choosable import choosable
from casework.lists.columns import Column, chosen
from casework.lists.controls import Header, chips, filter_groups, header, orders
from casework.lists.counts import AtLeast
from casework.lists.grouping import chosen as chosen_group
from casework.lists.headings import grouping_shown, within_chip
from casework.lists.opening import Opened, ViewTab, opened
from casework.lists.saved import View, views_and_begun
from casework.lists.state import INBOX
from casework.tasks import services
from casework.tasks.assigning import bar
from casework.tasks.gone import become_of
from casework.tasks.grouped import groupings_of_tasks
from casework.tasks.inbox import CAP, KEPT, InboxPage, inbox_page
from casework.tasks.inbox_counts import Wanted
from casework.tasks.inbox_statements import COMPLETED, LISTS, STATES, TABS
from casework.tasks.live import shown_states
from casework.tasks.place import LATE, LONGEST, NEXT, OWN_ORDERS, Place
from casework.web.asked import numbers_in
from casework.web.decorators import answered, page_or_part, person, reads, wants_part, writes
from orchestration.ground import clock
from orchestration.ground.refusals import Refused

STATE_WORDS: Final = {
    "pending": "Open, and its case is not suspended: yours, or offered to you or your groups, whoever has it.",
    "blocked": "Its case cannot go on: it is suspended, and nobody can do the task until somebody resumes it; or "
    "something in it failed, and somebody has to decide. What is open of these stands in Pending, too.",
    "approaching": "Pending, and due within a day or late, whoever has it.",
    "completed": f"Done by you, or by people of your groups, within {KEPT.days} days, in cases that you may see.",
}
"""What each state is."""


@reads
def inbox(request: HttpRequest) -> HttpResponse:
    trail.list_read(request, "tasks")
    return shown(request, request.GET)


def shown(request: HttpRequest, asked: QueryDict, status: int = 200) -> HttpResponse:
    """The page that is asked for, by the address or by a form that comes from it."""
    by, now = person(request), clock.utc_now()
    columns, by_what = choosable(by, groupings_of_tasks)
    views, unnamed = begun.split(views_and_begun(by, INBOX, columns))
    opening = opened(asked, views)
    place = replace(Place.of(opening.asked), view=opening.number)
    in_columns, sought = chosen(columns, place.columns), place.asked(columns, by_what)
    page = inbox_page(
        user=by, tab=place.tab, now=now, after=place.after, latest_first=place.sort == LATE,
        next_first=place.sort == NEXT, group=chosen_group(by_what, place.group),
        reference=place.reference, columns=in_columns, asked=sought, tabs_asked=NOTHING if place.view else sought,
        also=[_wanted(view, columns, by_what) for view in views],
    )  # fmt: skip
    start = replace(place, after="")
    context: dict[str, Any] = {
        "page": page, "tabs": _tabs(TABS, start, page), "states": _tabs(STATES, start, page), "named": LISTS[page.tab],
        "state_words": STATE_WORDS.get(page.tab, ""), "view_tabs": _view_tabs(views, page, opening),
        "opening": opening, "kind": INBOX, "state": place.state, "view_changed": _is_changed(place, opening),
        "columns": columns, "chosen": in_columns, "start": start.address, "place_fields": place.fields,
        "to_next": reverse("task-next") + "?" + start.query,
        "first": not place.after,
        "orders": _orders(place, in_columns, sought), "headers": _headers(start, in_columns, sought),
        "filter_groups": filter_groups(columns, place.filters), "filtered": bool(place.filters or sought.within),
        "chips": [
            *within_chip(sought.within, by, replace(start, within="").address),
            *chips(sought, place.filters, lambda left: replace(start, filters=left).address),
        ],
        "unfiltered": replace(start, filters=(), reference="", within="").address,
        "grouping": grouping_shown(page.groups, by_what, start, by, CAP, _is_cut(page)), "span": len(in_columns) + 6,
        "in_turn": CAP if place.sort == NEXT and (_is_cut(page) or page.counts[page.tab] > CAP) else 0,
        "all_due": replace(start, sort="").address,
        "by_what": by_what, "group": place.group, "within": place.within if sought.within else "",
        "carry": place.carry,
        "picked": frozenset((request.session.get("many") or {}).get("chosen", ())),
        "bar": None if wants_part(request) else bar(by),
        "q": place.reference, "here": place.address, "next": replace(place, after=page.following).address,
        "seen": "" if wants_part(request) else shown_states([by.pk])[by.pk],
        "begun": begun.begun(unnamed, *_begun(unnamed, columns, by_what), place),
        "gone": become_of(by, _shown_before(asked).difference(row.id for row in page.rows)),
    }  # fmt: skip
    return page_or_part(request, "tasks/inbox.html", "tasks/_inbox_list.html", context, status)


def _begun(
    view: View | None, columns: Sequence[Column], by_what: Sequence[Grouping]
) -> tuple[Place | None, Asked | None]:
    """How a filter that was begun sets the list, and what of it the reader may have."""
    there = Place.of(begun.asked_of(view)) if view else None
    return there, there.asked(columns, by_what) if there else None


def _is_cut(page: InboxPage) -> bool:
    """Whether its list has more tasks than were looked at for what fits the filters."""
    return isinstance(page.counts[page.tab], AtLeast)


def _shown_before(asked: QueryDict) -> set[int]:
    """The tasks of the list that a page shows while it asks for what is there now (`had`)."""
    return set(numbers_in(asked.get("had", "")[:LONGEST].split(",")))


def _wanted(view: View, columns: Sequence[Column], by_what: Sequence[Grouping]) -> Wanted:
    place = Place.of(view.asked)
    return Wanted(place.tab, place.asked(columns, by_what))


def _tabs(lists: Mapping[str, str], start: Place, page: InboxPage) -> list[tuple[str, str, int, str]]:
    """The standing lists: filters go along from one to the other, those of a saved view stay with it."""
    plain = replace(start, reference="")
    return [
        (key, label, page.counts[key], (Place.standing(key) if start.view else replace(plain, tab=key)).address)
        for key, label in lists.items()
    ]


def _view_tabs(views: Sequence[View], page: InboxPage, opening: Opened) -> list[ViewTab]:
    return [
        ViewTab(view, count, view.id == opening.number) for view, count in zip(views, page.also, strict=True)
    ]  # fmt: skip


def _is_changed(place: Place, opening: Opened) -> bool:
    """Whether the list is set otherwise than the saved view that it is of."""
    return opening.view is not None and Place.of(opening.view.asked).state != place.state


def _orders(place: Place, shown: Sequence[Column], sought: Asked) -> list[tuple[str, str, bool]]:
    """The orders to choose from: value, words, whether it is chosen."""
    by = sought.order
    columns = dict.fromkeys((DEADLINE, *shown, *([by.column] if by else ())))
    own = [("", "First due first"), (NEXT, "What to do next"), (LATE, "Last due first")]
    if place.tab == COMPLETED:
        own = [("", "Done last first")]
    offered = [*own, *(choice for one in columns if one.is_ordered for choice in orders(one))]
    here = str(by) if by else place.sort if place.sort in OWN_ORDERS else ""
    return [(value, words, value == here) for value, words in offered]


def _headers(place: Place, shown: Sequence[Column], sought: Asked) -> list[Header]:
    return [header(column, sought.order, lambda sort: replace(place, sort=sort).address) for column in shown]


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
