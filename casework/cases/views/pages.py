"""What does a case look like?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from django.http import HttpRequest, HttpResponse

from casework.access import permissions
from casework.cases import services, visits
from casework.cases.narration import KINDS
from casework.cases.read.case_page import CasePage, case_page
from casework.models import Case
from casework.web.decorators import page_or_part, person, reads
from orchestration.ground import clock

NEW: Final = "new"
"""As a kind of events: what happened since the reader last looked."""


@reads
def case(request: HttpRequest, case_id: int, place: str = "work") -> HttpResponse:
    """One place of a case: its work, its data, or its decisions and what AI said."""
    found = permissions.case_for_user(person(request), case_id, "view", whole=True)
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
