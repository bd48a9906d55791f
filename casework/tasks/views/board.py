"""How does whoever gives out the work see the load of people and groups, and move some of it?

Moving posts to the same place as the inbox does (`tasks-many`).
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from casework.access import trail
from casework.access.unit_models import BusinessUnit
from casework.tasks.assigning import bar, groups_ordered
from casework.tasks.board import TASKS, board, tasks_of, unit_seen
from casework.tasks.board_live import board_state
from casework.tasks.under_lock import name_of
from casework.web.asked import number_in
from casework.web.decorators import page_or_part, person, reads
from orchestration.ground import clock


@reads
def board_page(request: HttpRequest) -> HttpResponse:
    """`?person=` or `?group=`: whose tasks are shown below the board; `?unit=`: of cases of this unit alone."""
    by, now = person(request), clock.utc_now()
    if not groups_ordered(by):
        raise PermissionDenied("The board is for those who may give out the tasks of a case type.")
    trail.list_read(request, "board")
    asked = request.GET.get("unit", "")
    unit = unit_seen(by, asked)
    shown = board(by, now, unit)
    context: dict[str, Any] = {
        "board": shown, "seen": board_state(shown if unit is None else board(by, now)),
        "unknown_unit": bool(asked) and unit is None, "bar": bar(by), "most": TASKS, "place": request.get_full_path(),
        "picked": frozenset((request.session.get("many") or {}).get("chosen", ())),
    }  # fmt: skip
    return page_or_part(request, "tasks/board.html", "tasks/_board.html", context | _whose(request, by, unit))


def _whose(request: HttpRequest, by: User, unit: BusinessUnit | None) -> dict[str, Any]:
    """The person or group that is asked for, and their tasks; nothing where no such is known."""
    now, username, group = clock.utc_now(), request.GET.get("person", ""), request.GET.get("group", "")
    named = groups_ordered(by)
    if username:
        found = User.objects.filter(username=username, groups__name__in=named).distinct().first()
        return (
            {} if found is None else {"whose": name_of(found), "tasks": tasks_of(by, now, person=username, unit=unit)}
        )
    if group:
        one = Group.objects.filter(pk=number_in(group), name__in=named).first()
        return {} if one is None else {"whose": one.name, "tasks": tasks_of(by, now, group=one.pk, unit=unit)}
    return {}
