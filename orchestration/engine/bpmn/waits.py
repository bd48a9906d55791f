"""How does something wait for an event, and when has it occurred?

Event definitions that catch (BPMN 2.0, 10.4.2 to 10.4.6) are armed on an item or on the instance: a catching event on
its own item, a boundary event on its activity, the start of an event sub-process on the scope around it. A condition
counts when it becomes true: at once when it is true already, and again only after it was false (10.4.5).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from orchestration.engine import events as e
from orchestration.engine import registry
from orchestration.engine.bpmn import correlation
from orchestration.engine.bpmn.items import facts_of, note, outermost, process
from orchestration.engine.bpmn.model import Event, EventDefinition, Node
from orchestration.engine.keys import key_text
from orchestration.engine.state import Wait
from orchestration.engine.step import ModelFault, Step
from orchestration.engine.timers import BadTimer, Schedule, kept, schedule

Json = Any


def arm(step: Step, instance: int, item: int | None, node: Node) -> None:
    """Wait on the item (None: the instance) for what the node catches."""
    for definition in correlation.awaited(node):
        match definition.kind:
            case "timer":
                _start_clock(step, instance, item, node, definition)
            case "message" | "signal":
                name = _text(step, definition, instance, item)
                key = _key(step, definition, instance, item)
                step.subscribe(instance, item, definition.kind, name, node.id, key)
            case "conditional":
                step.subscribe(instance, item, "conditional", node.id, node.id)
                step.touch(instance)
            case "variable":
                step.subscribe(instance, item, "variable", _text(step, definition, instance, item), node.id)
                step.touch(instance)


def _text(step: Step, definition: EventDefinition, instance: int, item: int | None) -> str:
    return "" if definition.name is None else str(step.evaluate(definition.name, instance, item))


def name_of(step: Step, definition: EventDefinition, instance: int, item: int | None) -> str | None:
    """The name or code that an event definition stands for at this moment; None: any."""
    return None if definition.name is None else str(step.evaluate(definition.name, instance, item))


def _key(step: Step, definition: EventDefinition, instance: int, item: int | None) -> str | None:
    if definition.heard is not None:
        values = {name: step.evaluate(value, instance, item) for name, value in definition.heard.matching}
        return registry.key(values)
    if not definition.correlation:
        return local_key(step, instance, definition) or _learnt(step, definition, instance)
    return key_text([step.evaluate(path, instance, item) for path in definition.correlation]) or correlation.NO_KEY


def local_key(step: Step, instance: int, definition: EventDefinition) -> str | None:
    """The key of a signal that stays in one process and in what it calls (Flowable's scope "processInstance")."""
    return str(outermost(step, instance)) if definition.local else None


def _learnt(step: Step, definition: EventDefinition, instance: int) -> str | None:
    """The key that the instance took from the first message of the conversation."""
    name = definition.name.constant if definition.name is not None else None
    known = definition.kind == "message" and name in process(step, instance).retrievals
    return facts_of(step, instance, None).get("correlation") if known else None


def _start_clock(step: Step, instance: int, item: int | None, node: Node, definition: EventDefinition) -> None:
    written = None if definition.schedule is None else step.evaluate(definition.schedule, instance, item)
    try:
        plan = schedule(str(written), step.now, step.limits)
    except BadTimer as error:
        raise ModelFault(f"The timer '{node.name or node.id}' cannot start: {error}", item) from None
    _schedule(step, instance, item, node.id, plan)


def _schedule(step: Step, instance: int, item: int | None, node: str, plan: Schedule) -> None:
    facts = {"every": plan.every, "repeats": plan.repeats, **kept(plan)} if plan.every else None
    step.schedule_timer(instance, item, plan.due, node, facts)


def used(step: Step, wait: Wait, node: Node) -> bool:
    """Note that the wait was met. False while a parallel multiple event still waits for its others (10.4.5)."""
    if not (isinstance(node, Event) and node.parallel):
        return True
    if wait.id in step.state.waits:
        stop(step, wait)
    return not others(step, wait.instance, wait.item, node.id)


def stop(step: Step, wait: Wait) -> None:
    """Wait for it no longer."""
    if _held(wait) in facts_of(step, wait.instance, wait.item):
        note(step, wait.instance, wait.item, _held(wait), None)
    if wait.kind == "timer":
        step.emit(e.TimerCancelled(wait.instance, wait.item, wait.id))
    else:
        step.emit(e.SubscriptionClosed(wait.instance, wait.item, wait.id, wait.kind, wait.name))


def others(step: Step, instance: int, item: int | None, node: str) -> list[Wait]:
    """What still waits on the item (None: the instance) for the events of this node."""
    holder = step.state.instances[instance] if item is None else step.state.items[item]
    waits = (step.state.waits[number] for number in holder.waits)
    return [wait for wait in waits if wait.node == node and wait.kind not in ("incident", "task", "job")]


def again(step: Step, wait: Wait, node: Event) -> None:
    """After an event that does not interrupt: the next turn of a cycle, or all of a parallel multiple event anew."""
    if node.parallel:
        arm(step, wait.instance, wait.item, node)
    elif wait.kind == "timer" and wait.facts is not None:
        facts, fired = wait.facts, datetime.fromisoformat(wait.key or "")
        last = Schedule(fired, facts["repeats"], facts["every"], facts.get("made_up", 0))
        plan = last.next(step.now, step.limits)
        if plan is not None:
            _schedule(step, wait.instance, wait.item, node.id, plan)


def _held(wait: Wait) -> str:
    """The fact that a conditional event's condition was true when it was last looked at."""
    return f"held:{wait.id}"


def conditions_met(step: Step, instance: int) -> list[Wait]:
    """The conditional events of the instance whose condition has become true since it was last looked at."""
    model, found = process(step, instance), []
    for wait in step.state.waiting_for("conditional"):
        if wait.instance != instance:
            continue
        node, fact = model.nodes[wait.node], _held(wait)
        was = fact in facts_of(step, instance, wait.item)
        now = any(
            definition.condition is not None and step.evaluate(definition.condition, instance, wait.item) is True
            for definition in correlation.awaited(node)
            if definition.kind == "conditional"
        )
        if now != was:
            note(step, instance, wait.item, fact, True if now else None)
        if now and not was:
            found.append(wait)
    return found


def keep_keys(step: Step, instance: int) -> None:
    """Data changed: a message subscription follows the data that its key is read from (8.4.2, context-based)."""
    nodes = process(step, instance).nodes
    for wait in step.state.waiting_for("message"):
        if wait.instance != instance:
            continue
        for definition in correlation.awaited(nodes[wait.node]):
            mine = definition.correlation and name_of(step, definition, instance, wait.item) == wait.name
            if mine and (key := _key(step, definition, instance, wait.item)) != wait.key:
                stop(step, wait)
                step.subscribe(instance, wait.item, "message", wait.name, wait.node, key)


def learn_key(step: Step, wait: Wait, variables: Mapping[str, Json]) -> None:
    """A message that was received may be the first of its conversation."""
    paths = process(step, wait.instance).retrievals.get(wait.name)
    if wait.kind == "message" and wait.key is None and paths:
        learn(step, wait.instance, correlation.key_of_payload(paths, variables, step.now))


def learn(step: Step, instance: int, key: str | None) -> None:
    """The first message of a conversation, sent or received, gives the instance its key (8.3.2)."""
    if key and "correlation" not in facts_of(step, instance, None):
        note(step, instance, None, "correlation", key)
