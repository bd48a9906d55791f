"""When has a board changed that somebody looks at? Those who give out work are few, so each is looked at by itself."""

from __future__ import annotations

from collections.abc import Collection
from hashlib import sha256
from typing import Final

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from casework.tasks.assigning import groups_ordered
from casework.tasks.board import Board, board
from casework.web.decorators import person
from casework.web.live import live_answer
from orchestration.ground import clock


def board_state(shown: Board) -> str:
    """What stands for what a board shows: who is there, and how much each has."""
    said = [
        (load.key, load.open, load.late, load.soon, load.away) for load in (*shown.people, *shown.groups, *shown.units)
    ]
    return sha256(repr(said).encode()).hexdigest()[:32]


class BoardChanges:
    """Subjects are people. Any step may change how much somebody has to do."""

    name = "boards"

    def concerned(self, changed: frozenset[int], watched: Collection[int]) -> Collection[int]:
        return watched

    def look(self, subjects: Collection[int]) -> dict[int, str]:
        people = User.objects.filter(pk__in=subjects)
        return {who.pk: board_state(board(who, clock.utc_now())) for who in people}

    def visible(self, pairs: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
        """Who may still give out work."""
        people = User.objects.filter(pk__in={who for who, _ in pairs}, is_active=True)
        return {(who.pk, who.pk) for who in people if groups_ordered(who)}.intersection(pairs)


BOARD_CHANGES: Final = BoardChanges()


@login_required
@require_safe
def board_live(request: HttpRequest) -> HttpResponse:
    if not groups_ordered(person(request)):
        raise PermissionDenied("The board is for those who may give out the tasks of a case type.")
    return live_answer(request, BOARD_CHANGES, person(request).pk)
