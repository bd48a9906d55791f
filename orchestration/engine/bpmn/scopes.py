"""What begins with a scope, and when is it complete?

A process or sub-process (BPMN 2.0, 13.3.4, 13.3.5 and 13.5.4): on entry its event sub-processes listen and tokens
start; it is complete when no token is left in it, moving, resting or waiting at a join. That is looked at when the step
is quiet, since a token on its way is only on the agenda.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

from orchestration.engine.bpmn import tokens, waits
from orchestration.engine.bpmn.items import (
    close_item,
    facts_of,
    is_open,
    node_of,
    note,
    open_item,
    process,
    scopes_in,
    stall,
    turn,
)
from orchestration.engine.bpmn.model import Body, Event, SubProcess
from orchestration.engine.state import Item
from orchestration.engine.step import ModelFault, Step

Json = Any

DEAF: Final = "listening"
"""Where an item stalled: at a start event for which its scope could not listen."""

ENOUGH: Final = "enough"
"""Fact of an ad-hoc sub-process: its completion condition has held."""


def enter(step: Step, instance: int, scope: int | None, body: Body, node: SubProcess | None = None) -> None:
    """Bring a scope to life: what it listens for, then a token at each of its beginnings."""
    listen(step, instance, scope, body)
    if node is not None and node.kind == "adHoc":
        for id in body.starts:
            offer(step, instance, scope, id)
        return
    for id in body.starts:
        tokens.begin(step, instance, scope, id)


def listen(step: Step, instance: int, scope: int | None, body: Body) -> None:
    """Arm the start events of its event sub-processes (13.5.4)."""
    for _, start in body.event_subprocesses:
        step.plan(hear, step, instance, scope, start)


def hear(step: Step, instance: int, scope: int | None, start: Event) -> None:
    """Arm one of them; where that fails, the scope stays open with an incident at the event."""
    if not is_open(step, instance, scope):
        return
    try:
        waits.arm(step, instance, scope, start)
    except ModelFault as fault:
        for wait in waits.others(step, instance, scope, start.id):
            waits.stop(step, wait)
        stall(step, instance, scope, start, str(fault), DEAF)


def offer(step: Step, instance: int, scope: int | None, id: str) -> None:
    """An activity of an ad-hoc sub-process may be started by a person (13.3.5)."""
    open_item(step, instance, scope, process(step, instance).nodes[id], state="enabled")


def is_quiet(step: Step, instance: int, scope: int | None) -> bool:
    """Whether no token is left in the scope."""
    return not step.state.holder(instance, scope).children and not _waits_at_join(facts_of(step, instance, scope))


def _waits_at_join(facts: Mapping[str, Json]) -> bool:
    return any(name.startswith("tokens:") for name in facts)


def emptied(step: Step, instance: int) -> list[Item]:
    """Sub-processes of the instance that are complete by themselves, the innermost first."""
    empty = [item for item in scopes_in(step, instance) if not item.children and _is_body(step, item)]
    return [item for item in empty if is_quiet(step, instance, item.id)]


def _is_body(step: Step, item: Item) -> bool:
    """Whether the item is a sub-process at work: no frame of a loop, not stalled, not being undone."""
    node = node_of(step, item)
    if not isinstance(node, SubProcess) or item.state != "active" or "loop" in item.facts:
        return False
    return node.kind != "adHoc" and not ("queue" in item.facts or "stalled" in item.facts)


def is_enough(step: Step, scope: int | None) -> bool:
    """After an activity in an ad-hoc sub-process: whether its completion condition holds, so that nothing further
    begins in it (13.3.5)."""
    if scope is None or not is_ad_hoc(step, scope):
        return False
    item = step.state.items[scope]
    node = cast(SubProcess, node_of(step, item))
    if ENOUGH not in item.facts:
        if node.completion is None or step.evaluate(node.completion, item.instance, scope) is not True:
            return False
        note(step, item.instance, scope, ENOUGH, True)
        for offered in _offered(step, item):
            close_item(step, offered.id, "terminated", "terminate", "the ad-hoc sub-process needs no more")
    return True


def satisfied(step: Step, instance: int) -> list[Item]:
    """Ad-hoc sub-processes that are complete by their condition: what still runs is ended with them, or has ended."""
    enough = [item for item in scopes_in(step, instance) if ENOUGH in item.facts]
    return [i for i in enough if cast(SubProcess, node_of(step, i)).cancel_remaining or not performs(step, i)]


def _offered(step: Step, item: Item) -> list[Item]:
    return [child for child in step.state.children(item.instance, item.id) if child.state == "enabled"]


def completing(step: Step, instance: int) -> list[int | None]:
    """Scopes whose own flow has come to its end while event sub-processes still run in them (13.5.4)."""
    running = [item for item in scopes_in(step, instance) if _is_event(step, item)]
    found = dict.fromkeys(item.parent for item in running if "undoing" not in item.facts)
    return [scope for scope in found if turn(step, instance, scope) == 0 and _has_only_events(step, instance, scope)]


def _has_only_events(step: Step, instance: int, scope: int | None) -> bool:
    inside = step.state.each_child(instance, scope)
    return all(_is_event(step, item) for item in inside) and not _waits_at_join(facts_of(step, instance, scope))


def _is_event(step: Step, item: Item) -> bool:
    node = node_of(step, item)
    return isinstance(node, SubProcess) and node.kind == "event"


def performs(step: Step, item: Item) -> bool:
    """Whether an activity of an ad-hoc sub-process is at work in it."""
    return any(child.state != "enabled" for child in step.state.each_child(item.instance, item.id))


def is_ad_hoc(step: Step, item: int | None) -> bool:
    if item is None:
        return False
    node = node_of(step, step.state.items[item])
    return isinstance(node, SubProcess) and node.kind == "adHoc" and "loop" not in step.state.items[item].facts
