"""When has somebody's inbox changed? One look answers for all who have theirs open: once a group, once a person."""

from __future__ import annotations

from collections.abc import Collection

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from casework.tasks.inbox_state import inbox_states
from casework.web.decorators import person
from casework.web.live import live_answer
from orchestration.ground import clock


class InboxChanges:
    """Subjects are people. Any step may open or close a task for any of them."""

    name = "inboxes"

    def concerned(self, changed: frozenset[int], watched: Collection[int]) -> Collection[int]:
        return watched

    def look(self, subjects: Collection[int]) -> dict[int, str]:
        return inbox_states(subjects, clock.utc_now())

    def visible(self, pairs: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
        """Everybody sees their own, as long as they are active."""
        active = User.objects.filter(pk__in={who for who, _ in pairs}, is_active=True).values_list("pk", flat=True)
        return {(who, who) for who in active}.intersection(pairs)


INBOX_CHANGES = InboxChanges()


@login_required
@require_safe
def inbox_live(request: HttpRequest) -> HttpResponse:
    return live_answer(request, INBOX_CHANGES, person(request).pk)
