"""What does an event throw, and who catches it?

Throwing intermediate events and end events (BPMN 2.0, 10.4.3, 10.4.4 and 13.5). Errors and escalations look for a
catcher from the inside out: event sub-processes of the scope, boundary events of the activity around it, then the next
scope, and through a call activity into the process that called. Messages and signals go to the kernel.
"""

from __future__ import annotations

from typing import Any, cast

from orchestration.engine import events as e
from orchestration.engine.bpmn import activities, catching, compensation, tokens, variables, waits, work
from orchestration.engine.bpmn.items import body_of, end_children, node_of, outermost, stall, turn
from orchestration.engine.bpmn.model import Activity, Event, EventDefinition, Flow, Node, SubProcess
from orchestration.engine.step import Step, TooManyHops

Json = Any


def pass_start(step: Step, instance: int, scope: int | None, node: Node, flow: Flow | None) -> None:
    tokens.pass_through(step, instance, scope, node)


def throw_all(step: Step, instance: int, scope: int | None, node: Node, flow: Flow | None) -> None:
    """A token throws all that the event says, and goes on unless compensation holds it or its scope has ended."""
    event = cast(Event, node)
    taken = tuple(out.id for out in node.outgoing if out.condition is None)
    step.emit(e.ElementPassed(instance, node.id, node.name, node.type, taken))
    step.touch(instance)
    rests, now = False, turn(step, instance, scope)
    for definition in event.definitions:
        if turn(step, instance, scope) == now:
            try:
                rests = _one(step, instance, scope, event, definition) or rests
            except TooManyHops as fault:
                stall(step, instance, scope, node, str(fault), "throwing", fault.code)
    if not rests:
        step.plan(_leave, step, instance, scope, now, node)


def _leave(step: Step, instance: int, scope: int | None, sent: int | None, node: Node) -> None:
    """Those who hear what was thrown come first: they may end the scope."""
    if sent is not None and turn(step, instance, scope) == sent:
        tokens.leave(step, instance, scope, node)


def _one(step: Step, instance: int, scope: int | None, node: Event, definition: EventDefinition) -> bool:
    """Throw one event definition. True: the token stays here, or is used up."""
    match definition.kind:
        case "message" if definition.name is not None:
            work.throw_message(step, instance, scope, node, definition)
        case "signal" if definition.name is not None:
            name = waits.name_of(step, definition, instance, scope) or ""
            given = variables.visible(step, instance, scope) if node.extensions.inherit_variables else {}
            values = given | variables.transferred(step, node.inputs, instance, scope)
            step.throw_signal(instance, None, name, values, waits.local_key(step, instance, definition))
        case "escalation":
            throw(step, instance, scope, "escalation", waits.name_of(step, definition, instance, scope))
        case "compensation":
            return compensation.throw(step, instance, scope, node, definition)
        case "link":
            _link(step, instance, scope, str(definition.name.constant) if definition.name else "")
            return True
        case "error":
            said = None if definition.message is None else step.evaluate(definition.message, instance, scope)
            _error(step, instance, scope, waits.name_of(step, definition, instance, scope), said)
            return True
        case "cancel":
            _cancel(step, instance, scope)
            return True
        case "terminate":
            _terminate(step, instance, scope, definition.reach)
            return True
    return False


def _link(step: Step, instance: int, scope: int | None, name: str) -> None:
    """Off-page connectors of one scope (10.4.5)."""
    target = body_of(step, instance, scope).links.get(name)
    if target is not None:
        tokens.begin(step, instance, scope, target)


def _cancel(step: Step, instance: int, scope: int | None) -> None:
    """The innermost transaction around the scope is cancelled."""
    while scope is not None:
        item = step.state.items[scope]
        node = node_of(step, item)
        if isinstance(node, SubProcess) and node.kind == "transaction":
            return compensation.cancel(step, scope)
        scope = item.parent
    return None


def _terminate(step: Step, instance: int, scope: int | None, reach: str) -> None:
    """End the scope at once; its activity goes on as if it had completed (10.4.3).

    Flowable's `reach` "all" ends the processes that called this one too, "loop" the loop around the scope.
    """
    if reach == "all":
        instance, scope = outermost(step, instance), None
    elif reach == "loop":
        instance, scope = _loop_around(step, instance, scope)
    end_children(step, instance, scope, "terminated by an end event")
    if scope is None:
        step.end_instance(instance, "completed")
    else:
        activities.complete(step, scope, {})


def _loop_around(step: Step, instance: int, scope: int | None) -> tuple[int, int | None]:
    """The frame of the innermost loop around the scope, also of a calling process; without one, the scope itself."""
    at, where = scope, instance
    while True:
        if at is None:
            at = step.state.instances[where].parent
            if at is None or step.state.instances[step.state.items[at].instance].kind != "process":
                return instance, scope
        item = step.state.items[at]
        if activities.is_frame(item):
            return item.instance, at
        at, where = item.parent, item.instance


def _error(step: Step, instance: int, scope: int | None, code: str | None, said: Json) -> None:
    """An error that nobody catches ends the process as failed (10.4.3 leaves that open)."""
    if not throw(step, instance, scope, "error", code, said):
        top = outermost(step, instance)
        end_children(step, top, None, f"the error {code} was not caught")
        step.end_instance(top, "failed")


def throw(
    step: Step,
    instance: int,
    scope: int | None,
    kind: str,
    code: str | None,
    said: Json = None,
    at_work: bool = False,
) -> bool:
    """Bring an error or escalation to the nearest catcher around the scope. False: nobody catches it.

    `said`: what the error says beside its code. `at_work`: the scope is the activity itself that failed, so its own
    boundary events come first.
    """
    inside, left = not at_work, None
    while True:
        if inside and (start := _listening(step, instance, scope, kind, code, left)) is not None:
            catching.in_sub_process(step, instance, scope, start, _told(step, instance, start, kind, code, said))
            return True
        if scope is None:
            scope = step.state.instances[instance].parent
            if scope is None or step.state.instances[step.state.items[scope].instance].kind != "process":
                return False
            instance = step.state.items[scope].instance
        item = step.state.items[scope]
        boundary = _boundary(step, scope, kind, code)
        if boundary is not None:
            catching.at_boundary(step, scope, boundary, _told(step, instance, boundary, kind, code, said))
            return True
        inside, left, scope = True, item.node, item.parent


def _told(step: Step, instance: int, event: Event, kind: str, code: str | None, said: Json) -> dict[str, Json]:
    """What the catcher wants to keep of what it caught, by variable; some only until the step is over."""
    found: dict[str | None, Json] = {}
    for definition in event.definitions:
        if definition.kind == kind:
            found |= {definition.code_variable: code, definition.message_variable: said}
            if definition.passing and definition.code_variable is not None:
                step.passing.setdefault(instance, {})[definition.code_variable] = None
    return {name: value for name, value in found.items() if name is not None}


def _listening(
    step: Step, instance: int, scope: int | None, kind: str, code: str | None, left: str | None
) -> Event | None:
    """The event sub-process of the scope that catches it; not the one that it came out of (`left`)."""
    if turn(step, instance, scope) != 0 or (scope is not None and activities.is_frame(step.state.items[scope])):
        return None
    starts = [start for id, start in body_of(step, instance, scope).event_subprocesses if id != left]
    return _best(step, instance, scope, starts, kind, code)


def _boundary(step: Step, item: int, kind: str, code: str | None) -> Event | None:
    """The boundary event that catches it; inside a loop they stand on the frame."""
    found = step.state.items[item]
    node = node_of(step, found)
    if not isinstance(node, Activity) or activities.is_instance(step, found) or "reopened" in found.facts:
        return None
    return _best(step, found.instance, item, node.boundaries, kind, code)


def _best(
    step: Step, instance: int, scope: int | None, events: list[Event] | tuple[Event, ...], kind: str, code: str | None
) -> Event | None:
    """The event for just this code, else one for any."""
    any_code = None
    for event in events:
        for definition in event.definitions:
            if definition.kind != kind:
                continue
            name = waits.name_of(step, definition, instance, scope)
            if name is None:
                any_code = any_code or event
            elif name == code:
                return event
    return any_code
