"""What does the one box find?"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from casework.access import trail
from casework.search.beside import Beside, beside
from casework.search.find import GROUPS, Hit, search
from casework.web.asked import day_in
from casework.web.decorators import person, reads
from orchestration.casetypes.effective import Days
from orchestration.ground import clock

LONGEST = 200


@reads
def search_page(request: HttpRequest) -> HttpResponse:
    asked = request.GET.get("q", "").strip()[:LONGEST]
    user, now, first = person(request), clock.utc_now(), "after" not in request.GET
    days = {name: request.GET.get(name, "")[:10] for name in ("holds_since", "holds_until")}
    holds = Days(*map(day_in, days.values()))
    found = search(user=user, now=now, asked=asked, after=request.GET.get("after", ""), holds=holds)
    if asked:
        trail.list_read(request, "search")
    context = {
        "q": asked, "found": found, "groups": _groups(found.hits), "first": first,
        "beside": beside(user=user, now=now, asked=asked, found=found) if first and not holds else Beside(),
        "next": "?" + urlencode({"q": asked, **days, "after": found.following}) if found.following else "",
        "holds": holds, **days,
    }  # fmt: skip
    return render(request, "search/page.html", context)


def _groups(hits: Iterable[Hit]) -> list[tuple[str, str, list[Hit]]]:
    """The groups that have any hit: key, name, hits."""
    found = list(hits)
    grouped = [(key, name, [hit for hit in found if hit.group == key]) for key, name in GROUPS.items()]
    return [group for group in grouped if group[2]]
