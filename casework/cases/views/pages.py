"""Which cases are there, how does a new one come in, and what does one look like?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from casework.access import permissions, trail
from casework.cases import services, visits
from casework.cases.narration import KINDS
from casework.cases.read.case_list import case_list
from casework.cases.read.case_page import CasePage, case_page
from casework.cases.read.recent import recently_viewed
from casework.models import Case
from casework.studio.rule_versions import newest_types, newest_versions
from casework.web.decorators import page_or_part, person, reads
from orchestration.casetypes.case_type import CaseType
from orchestration.ground import clock

NEW: Final = "new"
"""As a kind of events: what happened since the reader last looked."""
WHICH = {"open": "Open", "closed": "Closed", "all": "All"}


@reads
def cases(request: HttpRequest) -> HttpResponse:
    reference, state = request.GET.get("q", "").strip()[:100], request.GET.get("state", "")[:64]
    kind = request.GET.get("kind", "")[:64]
    which = request.GET.get("which", "all" if reference else "open")
    page = case_list(
        user=person(request), now=clock.utc_now(), reference=reference, kind=kind, state=state, which=which,
        after=request.GET.get("after", ""),
    )  # fmt: skip
    trail.list_read(request, "cases")
    given = {"q": reference, "kind": kind, "state": state, "which": which, "after": page.following}
    types = _may_open(request)
    context: dict[str, Any] = {
        "recent": () if reference or request.GET.get("after") else recently_viewed(person(request), clock.utc_now()),
        "page": page, "q": reference, "kind": kind, "state": state, "which": which, "choices": WHICH.items(),
        "all_types": newest_versions(),
        "next": "?" + urlencode({name: value for name, value in given.items() if value}),
        "types": types, "samples": settings.SAMPLES_OFFERED and (types or permissions.may_publish(person(request))),
    }  # fmt: skip
    return render(request, "cases/list.html", context)


def _may_open(request: HttpRequest) -> list[CaseType]:
    return [case_type for _, case_type in newest_types() if permissions.may_open(person(request), case_type)]


@reads
def case(request: HttpRequest, case_id: int, place: str = "work") -> HttpResponse:
    """One place of a case: its work, its data, or its decisions and what AI said."""
    found = permissions.case_for_user(person(request), case_id, "view")
    seen = found.instance.head_sequence + services.case_viewed(by=person(request), case=found)
    return shown(request, found, place=place, seen=seen)


def shown(request: HttpRequest, found: Case, status: int = 200, place: str = "work", **more: Any) -> HttpResponse:
    """The page of a case that was fetched just now, or its live part."""
    kind = request.GET.get("show", "")
    page = case_page(user=person(request), case=found, now=clock.utc_now(), kind=kind, place=place)
    new = _new(request, found, page, more.get("seen", 0)) if place == "work" else frozenset()
    if kind == NEW:
        page = replace(page, happened=tuple(line for line in page.happened if line.sequence in new))
    context = {"page": page, "kinds": KINDS.items(), "kind": kind, "new": new, **more}
    return page_or_part(request, "cases/page.html", "cases/_live.html", context, status)


def _new(request: HttpRequest, found: Case, page: CasePage, seen: int) -> frozenset[int]:
    """The events on the page that others brought since this person last looked."""
    upto = max(seen, found.instance.head_sequence)
    before = visits.case_looked_at(by=person(request), case=found, upto=upto, now=clock.utc_now())
    own = permissions.origin_of(person(request)).actor
    return frozenset(line.sequence for line in page.happened if line.sequence > before and line.actor != own)
