"""Which cases are there?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse

from casework.access import permissions, trail
from casework.cases.list_live import list_states
from casework.cases.listing_place import WHICH, CasesPlace
from casework.cases.read.case_list import case_counts, case_list
from casework.cases.read.grouped import groupings_of_cases
from casework.cases.read.listed import CAP
from casework.cases.read.recent import recently_viewed
from casework.lists import begun
from casework.lists.asked import DEADLINE, Asked, Grouping
from casework.lists.choosable import choosable
from casework.lists.columns import Column, chosen
from casework.lists.controls import chips, filter_groups, header, orders
from casework.lists.grouping import chosen as chosen_group
from casework.lists.headings import grouping_shown, within_chip
from casework.lists.opening import Opened, ViewTab, opened
from casework.lists.saved import View, views_and_begun
from casework.lists.state import CASES
from casework.studio.rule_versions import newest_types, newest_versions
from casework.web.decorators import page_or_part, person, reads, wants_part
from orchestration.casetypes.case_type import CaseType
from orchestration.ground import clock


@reads
def cases(request: HttpRequest) -> HttpResponse:
    trail.list_read(request, "cases")
    by, now = person(request), clock.utc_now()
    columns, by_what = choosable(by, groupings_of_cases)
    views, unnamed = begun.split(views_and_begun(by, CASES, columns))
    opening = opened(request.GET, views)
    place = replace(CasesPlace.of(opening.asked), view=opening.number)
    sought, in_columns = place.asked(columns, by_what), chosen(columns, place.columns)
    page = case_list(
        user=by, now=now, reference=place.reference, kind=place.kind, state=place.state_name, which=place.which,
        after=place.after, asked=sought, columns=in_columns, group=chosen_group(by_what, place.group),
    )  # fmt: skip
    types = _may_open(request)
    context: dict[str, Any] = {
        "page": page, "place": place, "opening": opening, "kind": CASES, "state": place.state,
        "view_changed": _is_changed(place, opening), "columns": columns, "chosen": in_columns,
        "by_what": by_what, "group": place.group, "within": place.within if sought.within else "",
        "orders": _orders(in_columns, sought), "span": len(in_columns) + 5, "first": not place.after,
        "all_types": newest_versions(), "next": "?" + replace(place, after=page.following).query, "types": types,
        "recent": () if place.reference or place.after else recently_viewed(by, now),
        "samples": settings.SAMPLES_OFFERED and (types or permissions.may_publish(by)),
    }  # fmt: skip
    start = replace(place, after="")
    context |= _lists(by, now, start, opening, views, (columns, by_what))
    context |= _filters(by, start, sought, columns) | _heads(start, sought, in_columns)
    context["grouping"] = grouping_shown(page.groups, by_what, start, by, CAP)
    context["begun"] = begun.begun(unnamed, *_begun(unnamed, columns, by_what), place)
    context |= {"here": place.address, "seen": "" if wants_part(request) else list_states([by.pk])[by.pk]}
    return page_or_part(request, "cases/list.html", "cases/_list.html", context)


def _lists(
    by: User, now: datetime, start: CasesPlace, opening: Opened, views: Sequence[View],
    offered: tuple[Sequence[Column], Sequence[Grouping]],
) -> dict[str, Any]:  # fmt: skip
    """The lists that everybody has, and the saved views, each with how many cases it holds."""
    standing = [_standing(start, which) for which in WHICH]
    places = (*standing, *(CasesPlace.of(view.asked) for view in views))
    counts = case_counts(by, now, [each.wanted(*offered) for each in places])
    of_views = zip(views, counts[len(standing) :], strict=True)
    return {
        "tabs": list(zip(standing, WHICH.values(), counts, strict=False)),
        "view_tabs": [ViewTab(view, count, view.id == opening.number) for view, count in of_views],
    }


def _filters(by: User, start: CasesPlace, sought: Asked, columns: Sequence[Column]) -> dict[str, Any]:
    """What the list is filtered by, how each filter is left out, and by what else it can be."""
    inside = within_chip(sought.within, by, replace(start, within="").address)
    left_out = chips(sought, start.filters, lambda left: replace(start, filters=left).address)
    others = sum(map(bool, (sought.within, start.kind, start.state_name, start.reference)))
    return {
        "filter_groups": filter_groups(columns, start.filters), "chips": [*inside, *left_out],
        "unfiltered": replace(start, filters=(), within="").address,
        "filtered": bool(start.filters or sought.within), "set": len(sought.filters) + others,
    }  # fmt: skip


def _heads(start: CasesPlace, sought: Asked, shown: Sequence[Column]) -> dict[str, Any]:
    """The heads of the columns, each with the order that it leads to."""
    heads = [header(one, sought.order, lambda sort: replace(start, sort=sort).address) for one in (DEADLINE, *shown)]
    return {"start": start.address, "deadline_head": heads[0], "headers": heads[1:]}


def _begun(
    view: View | None, columns: Sequence[Column], by_what: Sequence[Grouping]
) -> tuple[CasesPlace | None, Asked | None]:
    """How a filter that was begun sets the list, and what of it the reader may have."""
    there = CasesPlace.of(begun.asked_of(view)) if view else None
    return there, there.asked(columns, by_what) if there else None


def _standing(start: CasesPlace, which: str) -> CasesPlace:
    """One of the lists that everybody has; filters go along to it, those of a saved view stay with that."""
    return CasesPlace(which) if start.view else replace(start, which=which, reference="")


def _orders(shown: Sequence[Column], sought: Asked) -> list[tuple[str, str, bool]]:
    """The orders to choose from: value, words, whether it is chosen."""
    here = str(sought.order or "")
    columns = dict.fromkeys((DEADLINE, *shown, *([sought.order.column] if sought.order else ())))
    offered = [("", "Newest first"), *(choice for one in columns if one.is_ordered for choice in orders(one))]
    return [(value, words, value == here) for value, words in offered]


def _is_changed(place: CasesPlace, opening: Opened) -> bool:
    """Whether the list is set otherwise than the saved view that it is of."""
    return opening.view is not None and CasesPlace.of(opening.view.asked).state != place.state


def _may_open(request: HttpRequest) -> list[CaseType]:
    return [case_type for _, case_type in newest_types() if permissions.may_open(person(request), case_type)]
