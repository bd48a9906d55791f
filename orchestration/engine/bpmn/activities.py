"""How does an activity begin, repeat and end?

BPMN 2.0, 13.3.2 (life cycle), 13.3.6 (standard loop) and 13.3.7 (multi-instance). An activity without a loop is one
item. With a loop, a frame item stands for the whole of it: boundary events are armed on the frame, and each instance is
an item inside it, with the loop counter and the element of the collection as its own variables.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

from orchestration.engine.bpmn import compensation_log, execution_listeners, scopes, tokens, variables, waits, work
from orchestration.engine.bpmn.conditions import decided
from orchestration.engine.bpmn.items import close_item, facts_of, is_open, node_of, note, open_item, stall
from orchestration.engine.bpmn.model import Activity, CallActivity, Flow, Loop, Node, SubProcess, Task
from orchestration.engine.state import Item
from orchestration.engine.step import ModelFault, Step

Json = Any

MOST_AT_ONCE: Final = 10_000
"""Instances that a parallel loop may open; more is taken for a mistake of the model."""


def enter(step: Step, instance: int, scope: int | None, node: Node, flow: Flow | None) -> None:
    """A token arrives at an activity; it is used up where nothing further begins."""
    if not facts_of(step, instance, scope).get(scopes.ENOUGH):
        start(step, instance, scope, cast(Activity, node))


def start(
    step: Step,
    instance: int,
    scope: int | None,
    node: Activity,
    facts: dict[str, Json] | None = None,
    local: dict[str, Json] | None = None,
) -> int | None:
    """Begin the activity, with its loop if it has one; the item that stands for it, None when it is over already."""
    if facts is None and _only_passes(step, scope, node):
        _pass(step, instance, scope, node)
        return None
    if node.loop is None:
        item = _open(step, instance, scope, node, local or {}, facts)
        _arm_boundaries(step, item, node)
        return _begin(step, item, node)
    frame = open_item(step, instance, scope, node, local, facts={"loop": {"done": 0}, **(facts or {})})
    _arm_boundaries(step, frame, node)
    _start_loop(step, frame, node, node.loop)
    return frame


def _only_passes(step: Step, scope: int | None, node: Activity) -> bool:
    """Whether a token need not rest here: the work is instant, and nothing hangs on the activity."""
    asked = node.extensions.skip or node.extensions.listeners
    hung = node.loop or node.boundaries or node.handler or node.for_compensation or node.inputs
    return (
        not hung and not asked and not _may_throw(node) and work.is_instant(node) and not scopes.is_ad_hoc(step, scope)
    )


def _may_throw(node: Activity) -> bool:
    script = node.script if isinstance(node, Task) else None
    return script is not None and any(assignment.throws for assignment in script.assignments)


def _pass(step: Step, instance: int, scope: int | None, node: Activity) -> None:
    try:
        values = work.at_once(step, instance, scope, node)
    except ModelFault as fault:
        stall(step, instance, scope, node, str(fault), "work", fault.code)
    variables.returned(step, node, instance, scope, scope, values)
    tokens.pass_through(step, instance, scope, node)


def _open(
    step: Step,
    instance: int,
    scope: int | None,
    node: Activity,
    local: dict[str, Json],
    facts: dict[str, Json] | None,
) -> int:
    own = local
    inputs = [one for one in node.inputs if one.own] if isinstance(node, CallActivity) else node.inputs
    if inputs:
        own = {**local, **variables.transferred(step, inputs, instance, scope, local)}
    if isinstance(node, SubProcess) and node.body.data:
        own = {**variables.initial(node.body), **own}
    item = open_item(step, instance, scope, node, own, facts)
    if node.extensions.listeners:
        execution_listeners.carry_out(step, execution_listeners.at("start", node.extensions.listeners), instance, item)
    return item


def _arm_boundaries(step: Step, item: int, node: Activity) -> None:
    instance = step.state.items[item].instance
    for event in node.boundaries:
        waits.arm(step, instance, item, event)


def _begin(step: Step, item: int, node: Activity) -> int | None:
    if isinstance(node, SubProcess):
        scopes.enter(step, step.state.items[item].instance, item, node.body, node)
        return item
    done = work.begin(step, step.state.items[item], node)
    if done is None:
        return item
    complete(step, item, done)
    return None


def begin_again(step: Step, item: int) -> None:
    """Do the work of an item again, after an incident; what listens at its border goes on listening."""
    found = step.state.items[item]
    node = cast(Activity, node_of(step, found))
    border = {event.id for event in node.boundaries}
    armed = [wait for wait in step.state.waits_of(item) if wait.node in border]
    for wait in step.state.waits_of(item, "timer", "message", "signal", "conditional", "variable"):
        if wait not in armed:
            waits.stop(step, wait)
    if not armed and not is_instance(step, found):
        _arm_boundaries(step, item, node)
    if is_frame(found) and node.loop is not None:
        _go_on(step, item, node, node.loop)
    else:
        _begin(step, item, node)


# -- the end of an activity


def complete(step: Step, item: int, values: Mapping[str, Json]) -> None:
    """The work of the item is done: give its values back, remember how to undo it, and go on."""
    if item not in step.state.items:
        return
    found = step.state.items[item]
    node = cast(Activity, node_of(step, found))
    if is_frame(found):
        return _end_loop(step, item, node)
    variables.returned(step, node, found.instance, item, found.parent, values)
    if node.extensions.listeners:
        execution_listeners.carry_out(
            step, execution_listeners.at("end", node.extensions.listeners), found.instance, item
        )
    if is_instance(step, found):
        return _complete_instance(step, item, node, values)
    return _close(step, item, node)


def _close(step: Step, item: int, node: Activity) -> None:
    compensation_log.remember(step, step.state.items[item], node)
    found = close_item(step, item)
    if node.for_compensation or not is_open(step, found.instance, found.parent):
        return
    if not scopes.is_enough(step, found.parent):
        tokens.leave(step, found.instance, found.parent, node)


# -- loops


def is_instance(step: Step, item: Item) -> bool:
    """Whether the item is one instance inside the frame of a loop."""
    return item.parent is not None and step.state.items[item.parent].node == item.node and "index" in item.facts


def is_frame(item: Item) -> bool:
    return "loop" in item.facts


def _start_loop(step: Step, frame: int, node: Activity, loop: Loop) -> None:
    if loop.kind == "standard":
        return _next_turn(step, frame, node, loop, 0)
    instance = step.state.items[frame].instance
    elements = _elements(step, frame, loop)
    total = len(elements) if elements is not None else _cardinality(step, frame, loop)
    if total == 0:
        return _end_loop(step, frame, node)
    if loop.kind == "parallel" and total > MOST_AT_ONCE:
        raise ModelFault(f"The loop would open {total} instances at once; at most {MOST_AT_ONCE} are.", frame)
    note(step, instance, frame, "loop", {"done": 0, "total": total})
    if loop.kind == "sequential":
        if elements is not None:
            note(step, instance, frame, "elements", elements)
        return _open_instance(step, frame, node, loop, 0, elements)
    for index in range(total):
        try:
            _next_instance(step, frame, node, loop, index, elements)
        except ModelFault as fault:
            step.fault(fault)
    return None


def _elements(step: Step, frame: int, loop: Loop) -> list[Json] | None:
    if loop.collection is None:
        return None
    found = step.evaluate(loop.collection, step.state.items[frame].instance, frame)
    if not isinstance(found, list):
        raise ModelFault(f"The collection '{loop.collection.text}' is no list.", frame)
    return found


def _cardinality(step: Step, frame: int, loop: Loop) -> int:
    count = (
        None if loop.cardinality is None else step.evaluate(loop.cardinality, step.state.items[frame].instance, frame)
    )
    if isinstance(count, str) and count.strip().isdigit():
        count = int(count)
    if not isinstance(count, int) or isinstance(count, bool) or count < 0:
        raise ModelFault(f"The cardinality of a multi-instance activity must be a number, not {count!r}.", frame)
    return count


def _open_instance(
    step: Step, frame: int, node: Activity, loop: Loop, index: int, elements: list[Json] | None = None
) -> None:
    found = step.state.items[frame]
    count = index + loop.first
    known = variables.visible(step, found.instance, frame) if loop.gathered else {}
    local: dict[str, Json] = {name: None for name in loop.gathered if name not in known}
    local |= {loop.index: count, "loopCounter": count}
    if loop.result is not None:
        local[loop.result] = None
    if loop.element is not None and elements is not None:
        local[loop.element] = elements[index]
    item = _open(step, found.instance, frame, node, local, {"index": index})
    _begin(step, item, node)


def _complete_instance(step: Step, item: int, node: Activity, values: Mapping[str, Json]) -> None:
    """One instance of a loop is done: does the loop go on, or is it over?"""
    found = step.state.items[item]
    frame, loop = cast(int, found.parent), cast(Loop, node.loop)
    if loop.outputs:
        results = [
            None if each is None else step.evaluate(each, found.instance, item, values) for _, each in loop.outputs
        ]
        note(step, found.instance, frame, f"out:{found.facts['index']}", results)
    compensation_log.remember(step, found, node)
    close_item(step, item)
    loops = step.state.items[frame].facts["loop"]
    counts = {**loops, "done": loops["done"] + 1}
    note(step, found.instance, frame, "loop", counts)
    return _go_on(step, frame, node, loop)


def _go_on(step: Step, frame: int, node: Activity, loop: Loop) -> None:
    """What comes after the instances that are done: the next one, the end, or, before any, the beginning."""
    facts = step.state.items[frame].facts
    done, total = facts["loop"]["done"], facts["loop"].get("total")
    if loop.kind == "standard":
        return _next_turn(step, frame, node, loop, done)
    if total is None:
        return _start_loop(step, frame, node, loop)
    if done >= total or _is_enough(step, frame, loop):
        return _end_loop(step, frame, node)
    if loop.kind == "sequential" and not step.state.items[frame].children:
        step.plan(_next_instance, step, frame, node, loop, done, facts.get("elements"))
    return None


def _is_enough(step: Step, frame: int, loop: Loop) -> bool:
    if loop.completion is None:
        return False
    whose = "The completion condition of the loop"
    return decided(step, loop.completion, step.state.items[frame].instance, frame, whose)


def _next_instance(
    step: Step, frame: int, node: Activity, loop: Loop, index: int, elements: list[Json] | None = None
) -> None:
    """Open an instance, unless the loop has ended in the meantime."""
    if frame in step.state.items:
        _open_instance(step, frame, node, loop, index, elements)


def _next_turn(step: Step, frame: int, node: Activity, loop: Loop, turn: int) -> None:
    """A standard loop goes round while its condition holds, at most `maximum` times (13.3.6)."""
    instance = step.state.items[frame].instance
    known = {"loopCounter": turn}
    most = None if loop.maximum is None else step.evaluate(loop.maximum, instance, frame, known)
    if isinstance(most, int) and turn >= most:
        return _end_loop(step, frame, node)
    tested = turn > 0 or loop.test_before
    wanted = (
        loop.condition is None
        or not tested
        or decided(step, loop.condition, instance, frame, "The condition of the loop", known)
    )
    if not wanted or (loop.condition is None and most is None and turn > 0):
        return _end_loop(step, frame, node)
    step.plan(_next_instance, step, frame, node, loop, turn)
    return None


def _end_loop(step: Step, frame: int, node: Activity) -> None:
    """The loop is over: instances that still run are ended, and the outputs go where the model wants them."""
    found, loop = step.state.items[frame], cast(Loop, node.loop)
    for child in list(found.children):
        close_item(step, child, "terminated", "terminate", "the loop is complete")
    if loop.outputs:
        opened = found.facts["loop"]["done"] if loop.kind != "parallel" else found.facts["loop"].get("total", 0)
        nothing = [None] * len(loop.outputs)
        rows = [found.facts.get(f"out:{index}", nothing) for index in range(opened)]
        collected = {
            name if isinstance(name, str) else str(step.evaluate(name, found.instance, found.parent)): [
                row[place] for row in rows
            ]
            for place, (name, _) in enumerate(loop.outputs)
        }
        variables.assign(step, found.instance, found.parent, collected)
    _close(step, frame, node)


def counts(step: Step, item: int | None) -> dict[str, int]:
    """nrOfInstances, nrOfCompletedInstances and nrOfActiveInstances of the innermost loop around an item (10.2.8)."""
    while item is not None:
        found = step.state.items[item]
        if is_frame(found):
            loop, active = found.facts["loop"], len(found.children)
            total = loop.get("total", loop["done"] + active)
            return {f"nrOf{kind}": count for kind, count in zip(_COUNTS, (total, loop["done"], active), strict=True)}
        item = found.parent
    return {}


_COUNTS = ("Instances", "CompletedInstances", "ActiveInstances")
