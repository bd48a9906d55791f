"""Whom and what does a case wait for, by name?

One line in the head of every place of the case. It costs no statement: what waits stands in the case's state.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from casework.cases.read.agent_work import WANTED
from casework.cases.read.case_view import Look
from casework.cases.read.open_tasks import OpenTask
from casework.cases.read.waiting import Awaited, Coming

SUSPENDED: Final = "somebody to let it go on: it is suspended"
DECIDES: Final = "a machine, or whoever decides what an agent wants,"
"""Which of the two is not known without a statement more."""
KINDS: Final = {"timer": "a moment", "message": "a message", "signal": "a signal"}


def waits_for(
    seen: Look, tasks: tuple[OpenTask, ...], comes_in: tuple[Awaited, ...], coming: tuple[Coming, ...]
) -> tuple[str, ...]:
    """What holds the case up most comes first; nothing where it is closed.

    `tasks`: the open ones; `comes_in`, `coming`: what it waits for from outside. Such an event is only named where the
    case waits for nothing else.
    """
    if seen.case.closed:
        return ()
    if seen.state.root.state == "suspended":
        return (SUSPENDED,)
    found = [f"a person to decide about “{name}”, which failed" for name in _named(seen, "incident")]
    found += [f"{_doer(task)} to finish “{task.name}”" for task in tasks]
    found += [one.label for one in comes_in]
    machine = DECIDES if WANTED in seen.past["actions"] else "a machine"
    found += [f"{machine} to finish “{name}”" for name in _named(seen, "job")]
    return tuple(dict.fromkeys(found or [_event(one) for one in coming]))


def _named(seen: Look, kind: str) -> Iterator[str]:
    """The steps on which something of this kind is open, the oldest first."""
    for number in sorted(seen.state.waits):
        if seen.state.waits[number].kind == kind:
            yield seen.view.text(seen.running.name(seen.state.waits[number].item))


def _doer(task: OpenTask) -> str:
    if task.mine:
        return "you"
    return task.assignee or " or ".join(task.groups) or "somebody"


def _event(coming: Coming) -> str:
    kind = KINDS.get(coming.kind, "a change of the data")
    return f"{kind}, “{coming.name}”" if coming.name else kind
