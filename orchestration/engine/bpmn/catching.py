"""What happens when an event occurs that something waits for?

A catching event goes on, an event-based gateway decides, a boundary event takes its activity's place or adds a token,
an event sub-process begins (BPMN 2.0, 13.5.1 to 13.5.4). Errors and escalations come here too, once it is known who
catches them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from orchestration.engine.bpmn import activities, tokens, variables, waits
from orchestration.engine.bpmn.items import body_of, close_item, interrupt, is_open, open_item, process, turn
from orchestration.engine.bpmn.model import Event, Flow, Gateway, Node, SubProcess, Task
from orchestration.engine.bpmn.reach import link_names
from orchestration.engine.state import Wait
from orchestration.engine.step import Step

Json = Any


def catch(step: Step, instance: int, scope: int | None, node: Node, flow: Flow | None) -> None:
    """A token arrives at an intermediate catching event and waits; at a link it only passes."""
    if link_names(node):
        return tokens.pass_through(step, instance, scope, node)
    waits.arm(step, instance, open_item(step, instance, scope, node), node)
    return None


def choose(step: Step, instance: int, scope: int | None, node: Node, flow: Flow | None) -> None:
    """A token waits at an event-based gateway for the first of the events behind it (13.4.4)."""
    item = open_item(step, instance, scope, node)
    nodes = process(step, instance).nodes
    for out in node.outgoing:
        waits.arm(step, instance, item, nodes[out.target])


def occurred(step: Step, wait: Wait, values: Mapping[str, Json]) -> None:
    """What the wait stands for has happened."""
    if wait.kind != "timer" and wait.id not in step.state.waits:
        return
    node = process(step, wait.instance).nodes[wait.node]
    waits.learn_key(step, wait, values)
    if not waits.used(step, wait, node):
        return _take_in(step, wait.instance, wait.item, node, values)
    if node.type == "boundaryEvent":
        return at_boundary(step, cast(int, wait.item), cast(Event, node), values, wait)
    if node.type == "startEvent":
        return in_sub_process(step, wait.instance, wait.item, cast(Event, node), values, wait)
    return caught(step, cast(int, wait.item), node, values)


def caught(step: Step, item: int, node: Node, values: Mapping[str, Json]) -> None:
    """A catching event or receive task, waiting itself or behind an event-based gateway, goes on."""
    if isinstance(node, Task) and step.state.items[item].node == node.id:
        return activities.complete(step, item, values)
    found = step.state.items[item]
    _take_in(step, found.instance, found.parent, node, values)
    close_item(step, item)
    if found.node == node.id:
        return tokens.leave(step, found.instance, found.parent, node)
    return tokens.resume(step, found.instance, found.parent, node)


def _take_in(step: Step, instance: int, scope: int | None, node: Node, values: Mapping[str, Json]) -> None:
    """The content of a message or signal becomes variables: mapped, or each by its name."""
    if node.extensions.heard is not None:
        values = variables.taken(step, node.extensions.heard, instance, scope, values)
    elif node.outputs:
        values = variables.transferred(step, node.outputs, instance, scope, values)
    variables.assign(step, instance, scope, values)


def at_boundary(
    step: Step, host: int, event: Event, values: Mapping[str, Json] | None = None, wait: Wait | None = None
) -> None:
    """A boundary event occurs: the activity ends if it interrupts, and a token goes on from the event (13.5.3)."""
    found = step.state.items[host]
    if event.interrupting:
        close_item(step, host, "terminated", "terminate", f"interrupted by {event.name or event.id}")
    elif wait is not None:
        waits.again(step, wait, event)
    if is_open(step, found.instance, found.parent):
        _take_in(step, found.instance, found.parent, event, values or {})
        tokens.resume(step, found.instance, found.parent, event)


def in_sub_process(
    step: Step,
    instance: int,
    scope: int | None,
    start: Event,
    values: Mapping[str, Json] | None = None,
    wait: Wait | None = None,
) -> None:
    """The start event of an event sub-process occurs in the scope: it runs instead of, or beside, the rest (13.5.4)."""
    if turn(step, instance, scope) != 0:
        return
    if start.interrupting:
        interrupt(step, instance, scope, f"interrupted by {start.name or start.id}")
        stop_listening(step, instance, scope)
    elif wait is not None:
        waits.again(step, wait, start)
    _take_in(step, instance, scope, start, values or {})
    holder = cast(SubProcess, process(step, instance).nodes[start.scope])
    item = activities.start(step, instance, scope, holder)
    tokens.begin(step, instance, item, start.id)


def stop_listening(step: Step, instance: int, scope: int | None) -> None:
    """A scope that was interrupted, or whose own flow is over, starts no further event sub-process."""
    for _, start in body_of(step, instance, scope).event_subprocesses:
        for wait in waits.others(step, instance, scope, start.id):
            waits.stop(step, wait)


def enter_at(step: Step, instance: int, at: str) -> None:
    """A process begins because what `at` waits for has happened: a start event, or what stands for one (10.5.6)."""
    model = process(step, instance)
    if model.nodes[at].type == "startEvent":
        tokens.begin(step, instance, None, at)
    else:
        tokens.resume(step, instance, None, model.nodes[at])
    for id in model.body.nodes:
        gateway = model.nodes[id]
        if not (isinstance(gateway, Gateway) and gateway.instantiate and gateway.parallel):
            continue
        targets = [flow.target for flow in gateway.outgoing]
        for other in targets if at in targets else ():
            if other != at:
                tokens.begin(step, instance, None, other)
