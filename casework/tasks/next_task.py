"""Which task does somebody go on with when they have finished one?

Of the list that they came from: what is at risk first, then the more urgent, then what is due first; where the list is
in another order, that after what is at risk. Only what they may do.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from django.contrib.auth.models import User

from audit.data_keys import KeyFault
from casework.access.separation_of_duties import done_before
from casework.lists.asked import NOTHING, Asked
from casework.tasks.inbox import inbox_page
from casework.tasks.row import TaskRow
from orchestration.models import HumanTask
from orchestration.shell.selectors import state_of

LATEST: Final = datetime.max.replace(tzinfo=UTC)
TRIED: Final = 10
"""Tasks that are looked at, whether this person may do them, before none is proposed."""


def next_task(
    *,
    user: User,
    tab: str,
    now: datetime,
    after: str = "",
    latest_first: bool = False,
    reference: str = "",
    asked: Asked = NOTHING,
) -> int | None:
    """The number of a task of this list that is theirs or nobody's, and that they may do; None where none is left."""
    due_first = replace(asked, order=None)
    first = inbox_page(user=user, tab=tab, now=now, reference=reference, asked=due_first, next_first=True).rows
    turned = latest_first or after or asked.order
    listed = first if not turned else inbox_page(
        user=user, tab=tab, now=now, asked=asked, after=after, latest_first=latest_first, reference=reference
    ).rows  # fmt: skip
    return next((row.id for row in _open_to(user, in_turn((*first, *listed), listed))), None)


def in_turn(known: Iterable[TaskRow], listed: Iterable[TaskRow]) -> list[TaskRow]:
    """What is at risk, the more urgent first and then the first due, then what is listed, in its order.

    Nothing that somebody else has, that sleeps, is suspended or was done.
    """
    risky = sorted((row for row in known if row.at_risk), key=lambda row: (not row.urgent, row.due or LATEST, row.id))
    rows = {
        row.id: row
        for row in (*risky, *listed)
        if (row.mine or not row.assignee) and row.asleep is None and not row.suspended and row.ended is None
    }
    return list(rows.values())


def _open_to(user: User, rows: list[TaskRow]) -> Iterable[TaskRow]:
    """Those that this person is not barred from by what they did in the case before, and whose case can be opened."""
    tasks = HumanTask.objects.select_related("instance").in_bulk([row.id for row in rows[:TRIED]])
    return (row for row in rows[:TRIED] if row.id in tasks and _can_be_done(user, tasks[row.id]))


def _can_be_done(user: User, task: HumanTask) -> bool:
    try:
        state_of(task.instance)
        return not done_before(user, task)
    except KeyFault:  # one case whose key is gone keeps nobody from the next task
        return False
