"""What does an event listener wait for? (5.4.2, 8.4.3)

A person (user event), the outside (generic event), time, a signal, or a change of a variable. A timer begins when its
listener does, or when the transition that it names has occurred.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from orchestration.engine import registry
from orchestration.engine.cmmn import stage_reach
from orchestration.engine.cmmn.case_run import CaseRun, Lineage
from orchestration.engine.cmmn.model import Node
from orchestration.engine.dialect import Heard
from orchestration.engine.state import Item
from orchestration.engine.step import ModelFault
from orchestration.engine.timers import BadTimer, Schedule, kept, schedule

Json = Any


def listen(run: CaseRun, item: Item) -> None:
    """The listener is available: begin what it waits for."""
    node = run.node(item)
    if node.timer is not None and node.timer.trigger is None:
        start_timer(run, item, node)
    elif node.listens == "signal":
        name = run.value(node.signal, item.id)
        if not name:
            raise ModelFault(f"The signal that {run.name(item)} waits for has no name.", item.id)
        run.step.subscribe(run.instance, item.id, "signal", str(name), node.id)
    elif node.extensions.heard is not None:
        _expect(run, item, node, node.extensions.heard)


def _expect(run: CaseRun, item: Item, node: Node, heard: Heard) -> None:
    """Wait for an event of a registry that has in it what the case says now."""
    name = run.value(heard.name, item.id)
    if not name:
        raise ModelFault(f"The event that {run.name(item)} waits for has no name.", item.id)
    key = registry.key({each: run.value(value, item.id) for each, value in heard.matching})
    run.step.subscribe(run.instance, item.id, "message", str(name), node.id, key)


def take_in(run: CaseRun, item: Item, node: Node, content: Mapping[str, Json]) -> None:
    """What came becomes variables of the case: of an event of a registry only what the model takes."""
    heard = node.extensions.heard
    if heard is None:
        run.step.set_variables(run.instance, content)
        return
    there = [one for one in heard.taken if one.source.names <= content.keys()]
    run.assign(item.id, {str(run.value(one.target, item.id)): run.value(one.source, item.id, content) for one in there})
    run.passing.update(dict.fromkeys(heard.passing))


def start_timers(run: CaseRun, nodes: Iterable[str], lineage: Lineage) -> None:
    """The start trigger of these timer listeners occurred."""
    for name in nodes:
        for item in run.open(name):
            waiting = item.state == "available" and not run.step.state.waits_of(item.id, "timer")
            if waiting and run.related(lineage, item):
                start_timer(run, item, run.node(item))


def start_timer(run: CaseRun, item: Item, node: Node) -> None:
    if node.timer is None:
        return
    text = run.value(node.timer.expression, item.id)
    try:
        run_timer(run, item, node, schedule(str(text), run.step.now, run.step.limits))
    except BadTimer as error:
        raise ModelFault(f"{run.name(item)}: {error}", item.id) from None


def run_timer(run: CaseRun, item: Item, node: Node, times: Schedule) -> None:
    facts = {"left": times.repeats, "every": times.every, **kept(times)} if times.every else None
    run.step.schedule_timer(run.instance, item.id, times.due, node.id, facts)


def times(due: str, facts: Mapping[str, Json]) -> Schedule:
    """The plan of a timer, from when it is due and what is noted beside it."""
    return Schedule(
        datetime.fromisoformat(due), facts.get("left", 0), str(facts.get("every") or ""), facts.get("made_up", 0)
    )


def hears(node: Node, name: str, kind: str) -> bool:
    """Whether a variable listener waits for this kind of change: create, update or delete."""
    return node.listens == "variable" and node.variable == name and (node.change == "all" or kind in node.change)


def is_orphan(run: CaseRun, item: Item) -> bool:
    """Whether nobody can be waiting for this listener any more. (Flowable, "Automatic removal of event listeners")"""
    dependents = run.model.listened.get(item.node, ())
    return bool(dependents) and not any(_may_wait(run, run.model.nodes[name], item) for name in dependents)


def _may_wait(run: CaseRun, node: Node, listener: Item) -> bool:
    if node.id == run.model.plan.id:
        return True
    for item in run.open(node.id):
        if any(_names(criterion.sentry.on_parts, listener) for criterion in node.exit):
            return True
        if item.state in ("available", "suspended"):
            return True
    return stage_reach.is_unmet(run, node) or _may_come(run, node)


def _names(parts: Iterable[Any], listener: Item) -> bool:
    return any(part.source == listener.node for part in parts)


def _may_come(run: CaseRun, node: Node) -> bool:
    """Whether a stage around the node has yet to begin, so that the node may still be created."""
    if node.stage is None or node.stage == run.model.plan.definition:
        return False
    holders = [run.model.nodes[item] for item in run.model.placed.get(node.stage, ())]
    return any(
        any(item.state != "active" for item in run.open(holder.id)) or _may_come(run, holder) for holder in holders
    )
