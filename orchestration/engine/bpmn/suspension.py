"""How does a process stand still, and how does it go on?

BPMN leaves suspension to the system. Ours is that of cases: people's tasks are closed and opened again, jobs are called
off and asked for again, timers keep the moment at which they are due, and what the process called stands still with it.
A signal that comes meanwhile is not heard. A message that comes to a called process is kept for it; one for a whole
case that stands still is refused, so that whoever brings it keeps it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, cast

from orchestration.engine import commands as c
from orchestration.engine import events as e
from orchestration.engine.bpmn import catching, work
from orchestration.engine.bpmn.items import facts_of, node_of, note
from orchestration.engine.bpmn.model import Activity
from orchestration.engine.state import Wait
from orchestration.engine.step import CommandRejected, Step

Json = Any

_STOPPED: Final = "stopped"
_KEPT: Final = "kept"


def suspend(step: Step, instance: int) -> None:
    """active -> suspended. Raises CommandRejected in any other state."""
    _change(step, instance, "suspend", "active", "suspended")
    for holder in _holders(step, instance):
        _stop(step, instance, holder)
    _tell_called(step, instance, c.Suspend, "active")


def resume(step: Step, instance: int) -> None:
    """suspended -> active. Raises CommandRejected in any other state."""
    _change(step, instance, "resume", "suspended", "active")
    for holder in _holders(step, instance):
        if _STOPPED in facts_of(step, instance, holder):
            _go_on(step, instance, holder)
    for letter in facts_of(step, instance, None).get(_KEPT, ()):
        step.plan(_hand_over, step, instance, letter)
    note(step, instance, None, _KEPT, None)
    _tell_called(step, instance, c.Resume, "suspended")
    step.touch(instance)


def keep(step: Step, wait: Wait, variables: Mapping[str, Json]) -> None:
    """Hold a message until the process that it came to goes on."""
    kept = facts_of(step, wait.instance, None).get(_KEPT, ())
    letter = {"subscription": wait.id, "name": wait.name, "variables": dict(variables)}
    note(step, wait.instance, None, _KEPT, [*kept, letter])


def _hand_over(step: Step, instance: int, letter: Mapping[str, Json]) -> None:
    """To what it came to; where that has gone in the meantime, to whoever waits for it now."""
    wait = step.state.waits.get(letter["subscription"])
    if wait is None:
        step.throw_message(instance, None, letter["name"], letter["variables"])
    else:
        catching.occurred(step, wait, letter["variables"])


def _change(step: Step, instance: int, transition: str, source: str, target: str) -> None:
    found = step.state.instances[instance]
    if found.state != source:
        raise CommandRejected("state", f"{found.key} is {found.state}; only what is {source} can do that.")
    step.emit(e.InstanceChanged(instance, transition, source, target))


def _holders(step: Step, instance: int) -> list[int | None]:
    return [None, *(item.id for item in step.state.items.values() if item.instance == instance)]


def _stop(step: Step, instance: int, holder: int | None) -> None:
    """Close the task, job and timers that stand on the item (None: the instance), and note them."""
    found = step.state.instances[instance] if holder is None else step.state.items[holder]
    waits = [wait for number in found.waits if (wait := step.state.waits[number]).kind in ("task", "job", "timer")]
    if not waits:
        return
    timers = [{"node": wait.node, "due": wait.key, "facts": wait.facts} for wait in waits if wait.kind == "timer"]
    note(step, instance, holder, _STOPPED, {"work": len(timers) < len(waits), "timers": timers})
    for wait in waits:
        step.emit(_closing(wait))


def _closing(wait: Wait) -> e.Event:
    if wait.kind == "task":
        return e.TaskClosed(wait.instance, wait.id, "suspended")
    if wait.kind == "job":
        return e.JobClosed(wait.instance, wait.item or 0, wait.id, "suspended")
    return e.TimerCancelled(wait.instance, wait.item, wait.id)


def _go_on(step: Step, instance: int, holder: int | None) -> None:
    stopped = facts_of(step, instance, holder)[_STOPPED]
    note(step, instance, holder, _STOPPED, None)
    for timer in stopped["timers"]:
        step.schedule_timer(instance, holder, datetime.fromisoformat(timer["due"]), timer["node"], timer["facts"])
    if stopped["work"] and holder is not None:
        item = step.state.items[holder]
        work.begin(step, item, cast(Activity, node_of(step, item)))


def _tell_called(step: Step, instance: int, command: type[c.Suspend] | type[c.Resume], state: str) -> None:
    mine = {item.id for item in step.state.items.values() if item.instance == instance}
    for called in [one for one in step.state.instances.values() if one.parent in mine and one.state == state]:
        step.behaviour(called.id).command(step, command(instance=called.id), called.id, None)
