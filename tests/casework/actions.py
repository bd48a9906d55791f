"""How do the tests of people's actions go in? By both doors, the page and the API: what holds must hold at each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from audit.selectors import Entry, timeline
from casework.models import Case
from casework.tasks.services import task_claim
from casework.tasks.task_page import form_of, task_page
from orchestration.ground import clock
from orchestration.models import HumanTask

PAGES = {
    "claim": "/tasks/{}/claim/", "release": "/tasks/{}/release/", "complete": "/tasks/{}/complete/",
    "plan": "/cases/{}/plan/", "reveal": "/cases/{}/reveal/", "reply": "/cases/{}/receive/wait_for_reply/",
    "resolve": "/cases/{}/incidents/{}/", "open": "/cases/new/complaint/",
}  # fmt: skip
API = {
    "claim": "/api/tasks/{}/claim/", "release": "/api/tasks/{}/release/", "complete": "/api/tasks/{}/complete/",
    "plan": "/api/cases/{}/plan/", "reveal": "/api/cases/{}/reveal/", "reply": "/api/cases/{}/replies/",
    "resolve": "/api/cases/{}/incidents/{}/resolve/", "open": "/api/cases/",
}  # fmt: skip


@dataclass(frozen=True)
class Door:
    """One way in. `done` is the status of what was done."""

    is_api: bool
    done: int

    def __call__(self, who: User, action: str, *which: int, **given: Any) -> HttpResponse:
        """Do it as this person. `given` is sent; the API's callers wrap it as the API wants it."""
        client, address = self._client(who), self.address(action, *which)
        if not self.is_api:
            return client.post(address, given)
        return client.post(address, given, content_type="application/json")

    def get(self, who: User, action: str, *which: int) -> HttpResponse:
        return self._client(who).get(self.address(action, *which))

    def address(self, action: str, *which: int) -> str:
        return (API if self.is_api else PAGES)[action].format(*which)

    def answers(self, **answers: Any) -> dict[str, Any]:
        """Answers to a form, as this door takes them."""
        return {"answers": answers} if self.is_api else answers

    def _client(self, who: User) -> Client:
        client = Client()
        client.force_login(who)
        return client


@pytest.fixture(params=["page", "api"])
def door(request: pytest.FixtureRequest) -> Door:
    return Door(is_api=request.param == "api", done=200 if request.param == "api" else 302)


def as_seen(who: User, task: HumanTask) -> str:
    """What the page of a task carries for who finishes it, where that signs what it shows; they take it first."""
    if not form_of(task).signs:
        return ""
    task_claim(by=who, task=task)
    read = HumanTask.objects.select_related("instance__case__unit", "assignee").get(pk=task.pk)
    return task_page(user=who, task=read, now=clock.utc_now()).signature


def open_task(case: Case) -> HumanTask:
    """The only open task of a case."""
    return HumanTask.objects.get(instance=case.instance_id, state="open")


def kept(case: Case, action: str) -> list[Entry]:
    """What the history says of this action."""
    return timeline(case.instance_id, action=action)


def refusals(case: Case) -> list[tuple[str, str]]:
    """Who was refused in this case, and by which code."""
    return [(entry.actor, entry.detail["code"]) for entry in kept(case, "command.refused")]


def denials(case: Case) -> list[tuple[str, str]]:
    """Who was denied what in this case."""
    return [(entry.actor, entry.detail["action"]) for entry in kept(case, "access.denied")]


def statements(call: Callable[[], Any]) -> int:
    """How many SQL statements a call costs."""
    with CaptureQueriesContext(connection) as captured:
        call()
    return len(captured)
