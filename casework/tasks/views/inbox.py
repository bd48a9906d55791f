"""What is there for me to do, and how do I take it?"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from casework.access import permissions, trail
from casework.tasks import services
from casework.tasks.inbox import TABS, inbox_marker, inbox_page
from casework.web.decorators import answered, page_or_part, person, reads, wants_part, writes
from orchestration.ground import clock


@reads
def inbox(request: HttpRequest) -> HttpResponse:
    trail.list_read(request, "tasks")
    return _shown(request, request.GET.get("tab", ""))


def _shown(request: HttpRequest, tab: str, status: int = 200) -> HttpResponse:
    chosen = tab if tab in TABS else "mine"
    late, reference = request.GET.get("sort") == "late", request.GET.get("q", "").strip()[:100]
    page = inbox_page(
        user=person(request), tab=chosen, now=clock.utc_now(), after=request.GET.get("after", ""), latest_first=late,
        reference=reference,
    )  # fmt: skip
    context: dict[str, Any] = {
        "page": page, "tabs": [(key, label, page.counts[key]) for key, label in TABS.items()], "late": late,
        "q": reference, "here": _address(chosen, late, reference), "first": not request.GET.get("after"),
        "next": _address(chosen, late, reference, page.following),
        "seen": "" if wants_part(request) else inbox_marker(user=person(request), now=clock.utc_now()),
    }  # fmt: skip
    return page_or_part(request, "tasks/inbox.html", "tasks/_inbox_list.html", context, status)


def _address(tab: str, late: bool, reference: str, after: str = "") -> str:
    given = {"tab": tab, "sort": "late" if late else "", "q": reference, "after": after}
    return reverse("inbox") + "?" + urlencode({name: value for name, value in given.items() if value})


@writes
def claim(request: HttpRequest, task_id: int) -> HttpResponse:
    task = permissions.task_for_user(person(request), task_id, "claim")
    outcome = services.task_claim(by=person(request), task=task)
    tab = request.POST.get("tab", "")
    back = reverse("task", args=[task_id]) if not tab else f"{reverse('inbox')}?tab={tab if tab in TABS else 'mine'}"
    return answered(request, outcome, f"“{task.name}” is yours now.", back, lambda status: _shown(request, tab, status))


@writes
def release(request: HttpRequest, task_id: int) -> HttpResponse:
    task = permissions.task_for_user(person(request), task_id, "release")
    outcome = services.task_release(by=person(request), task=task)
    tab = request.POST.get("tab", "")
    back = f"{reverse('inbox')}?tab={tab if tab in TABS else 'mine'}"
    said = f"“{task.name}” is back with its group."
    return answered(request, outcome, said, back, lambda status: _shown(request, tab, status))
