"""When has somebody's inbox changed, or what waits for them beside it? One look answers for all who look."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from casework.cases.waiting_live import waiting_states
from casework.tasks.inbox_state import inbox_states
from casework.web.decorators import person
from casework.web.live import live_answer
from casework.web.own_list import OwnList
from orchestration.ground import clock


def shown_states(people: Collection[int]) -> dict[int, str]:
    """For each of these people what stands for all that the page of their inbox shows: its tasks, and what is counted
    above them."""
    tasks, waiting = inbox_states(people, clock.utc_now()), waiting_states(people)
    return {who: tasks[who] + waiting[who] for who in people}


INBOX_CHANGES: Final = OwnList("inboxes", shown_states)


@login_required
@require_safe
def inbox_live(request: HttpRequest) -> HttpResponse:
    return live_answer(request, INBOX_CHANGES, person(request).pk)
