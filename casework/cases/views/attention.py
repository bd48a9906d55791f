"""What failed and waits for me, and how do I decide about it, one or many at once?

What comes while the page is open is shown and not chosen: nobody decides about what they have not looked at.
Many are done some at a time, so that the page says how far it has come; each has its result, and what could not be done
stays chosen.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from casework.actors.ledger.drift import drifted
from casework.cases.decide_many import Row, decided
from casework.cases.incidents import BY_HAND, END, MOVE, RETRY, SKIP, WAYS, Wish, offers
from casework.cases.read.attention import MOST, Trouble, kinds, troubles
from casework.cases.read.outdated import NEWS_FOR, outdated
from casework.cases.waiting_live import waiting_states
from casework.lists.counts import up_to
from casework.web.asked import COUNTED, number_in
from casework.web.decorators import page_or_part, person, reads_and_writes, wants_part
from orchestration.ground import clock

AT_ONCE: Final = 25
"""Incidents that are decided before the page says how far it is."""
OFFERED: Final = (RETRY, MOVE, BY_HAND, SKIP, END)
DONE: Final = {
    RETRY: "tried again. What fails anew comes back here.", MOVE: "handed to another actor.",
    BY_HAND: "waiting for a person now.", SKIP: "gone on without it.", END: "ended.",
}  # fmt: skip


@dataclass(slots=True)
class Progress:
    """How far many at once have come. `why`: of what could not be done, by key."""

    done: int = 0
    why: dict[str, str] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        return self.done + len(self.why) + len(self.left)

    @property
    def past(self) -> int:
        return self.done + len(self.why)


@reads_and_writes
def attention(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request)
    wish = Wish(
        request.POST.get("how", RETRY), actor=request.POST.get("actor", ""), reason=request.POST.get("reason", "")
    )
    keys = request.POST.getlist("trouble")[:MOST]
    if not keys or wish.how not in OFFERED:
        messages.error(request, "Nothing was chosen, so nothing was done.")
        return redirect("attention")
    progress = _before(request)
    for row in decided(person(request), keys[:AT_ONCE], wish):
        _count(progress, row)
    progress.left = keys[AT_ONCE:]
    if progress.left:
        return render(request, "cases/attention_progress.html", {"progress": progress, "wish": wish})
    if progress.done:
        messages.success(request, f"{progress.done} {DONE[wish.how]}")
    return _page(request, progress) if progress.why else redirect("attention")


def _before(request: HttpRequest) -> Progress:
    """What the rounds before this one have come to."""
    done, failed = request.POST.get("done", "0"), request.POST.getlist("failed")[:MOST]
    why = {key: request.POST.get(f"why-{key}", "")[:500] for key in failed}
    return Progress(number_in(done, COUNTED), why)


def _count(progress: Progress, row: Row) -> None:
    if row.done:
        progress.done += 1
    else:
        progress.why[row.key] = f"{row.title}: {row.message}"


def _page(request: HttpRequest, progress: Progress | None = None) -> HttpResponse:
    user, now = person(request), clock.utc_now()
    part = wants_part(request)
    seen = "" if part else waiting_states([user.pk])[user.pk]
    found, cut = troubles(user, now)
    kind = request.GET.get("kind", "")
    shown = [one for one in found if not kind or one.kind == kind]
    chosen = set(progress.why) if progress is not None else set() if part else {one.key for one in shown}
    context: dict[str, Any] = {
        "troubles": shown, "kinds": kinds(found), "kind": kind, "all": up_to(len(found) + cut, MOST), "chosen": chosen,
        "progress": progress, "offers": _offers(shown), "how": request.POST.get("how", RETRY),
        "ways": [(way, WAYS[way]) for way in OFFERED],
        "outdated": () if part else outdated(user, now), "news_for": NEWS_FOR.days, "cut": MOST if cut else 0,
        "drifted": () if part else drifted(user, now),
        "here": reverse("attention") + (f"?kind={quote(kind)}" if kind else ""),
        "seen": seen,
    }  # fmt: skip
    status = 409 if progress is not None else 200
    return page_or_part(request, "cases/attention.html", "cases/_attention.html", context, status)


def _offers(shown: Collection[Trouble]) -> list[Any]:
    """Who could have the work, where all that is shown asks for one capability."""
    asked = {one.asked for one in shown if one.asked}
    return [one for one in offers(asked.pop()) if not one.why_not] if len(asked) == 1 else []
