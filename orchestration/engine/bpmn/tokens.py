"""How does a token move along sequence flows?

BPMN 2.0, 13.2.1 and 13.3.1. A token on a flow is an operation on the agenda; it arrives at the node that the flow leads
to, unless its scope has ended in the meantime. What happens on arrival is the node's: the behaviour of the process has
one operation for each kind of node (`arrivals`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol, cast

from orchestration.engine import events as e
from orchestration.engine.bpmn import execution_listeners
from orchestration.engine.bpmn.conditions import decided
from orchestration.engine.bpmn.items import process, stall, turn
from orchestration.engine.bpmn.model import Flow, Node
from orchestration.engine.step import Json, ModelFault, Step

Enter = Callable[[Step, int, int | None, Node, Flow | None], None]
"""What a token does that arrives at a node: (step, instance, scope, node, the flow it came by)."""


class Arrivals(Protocol):
    """A behaviour that knows what a token does at each kind of node."""

    @property
    def on_arrival(self) -> Mapping[str, Enter]: ...


def begin(step: Step, instance: int, scope: int | None, node: str) -> None:
    """Put a token on a node that no flow leads to."""
    step.plan(_arrive, step, instance, scope, turn(step, instance, scope), node, None)


def send(step: Step, instance: int, scope: int | None, flows: Iterable[Flow]) -> None:
    """Put a token on each of these flows."""
    now = turn(step, instance, scope)
    for flow in flows:
        step.plan(_arrive, step, instance, scope, now, flow.target, flow)


def _arrive(step: Step, instance: int, scope: int | None, sent: int | None, target: str, flow: Flow | None) -> None:
    if sent is not None and turn(step, instance, scope) == sent:
        step.touch(instance)
        if flow is not None and flow.taken:
            execution_listeners.carry_out(step, flow.taken, instance, scope, inside=True)
        node = process(step, instance).nodes[target]
        cast(Arrivals, step.behaviour(instance)).on_arrival[node.type](step, instance, scope, node, flow)


def leave(step: Step, instance: int, scope: int | None, node: Node) -> None:
    """A token goes on from an event or activity: along every flow whose condition holds (13.3.1).

    Without any flow out, it ends here. The default flow is for when no condition holds.
    """
    step.touch(instance)
    if node.outgoing:
        send(step, instance, scope, chosen(step, instance, scope, node))


def pass_through(step: Step, instance: int, scope: int | None, node: Node) -> None:
    """A token goes through a node that waits for nothing."""
    step.touch(instance)
    flows = chosen(step, instance, scope, node) if node.outgoing else []
    step.emit(e.ElementPassed(instance, node.id, node.name, node.type, tuple(flow.id for flow in flows)))
    send(step, instance, scope, flows)


def resume(step: Step, instance: int, scope: int | None, node: Node) -> None:
    """A token that rested at the node, or was brought to it by an event, goes on, from the agenda."""
    step.plan(_resume, step, instance, scope, turn(step, instance, scope), node)


def _resume(step: Step, instance: int, scope: int | None, sent: int | None, node: Node) -> None:
    if sent is not None and turn(step, instance, scope) == sent:
        pass_through(step, instance, scope, node)


def chosen(step: Step, instance: int, scope: int | None, node: Node) -> list[Flow]:
    """The flows out whose condition holds or that have none; else the default. None at all: the token stalls."""
    if len(node.outgoing) == 1 and node.outgoing[0].condition is None:
        return list(node.outgoing)
    flows = [flow for flow in node.outgoing if flow.id != node.default and holds(step, instance, scope, node, flow)]
    flows = flows or [flow for flow in node.outgoing if flow.id == node.default]
    if not flows:
        stall(step, instance, scope, node, f"No flow out of '{node.name or node.id}' can be taken: no condition holds.")
    return flows


def holds(
    step: Step, instance: int, scope: int | None, node: Node, flow: Flow, known: Mapping[str, Json] | None = None
) -> bool:
    """Whether a token may go from the node along the flow. A condition without a truth value: the token stalls."""
    if flow.condition is None:
        return True
    try:
        whose = f"The condition of the flow '{flow.name or flow.id}'"
        return decided(step, flow.condition, instance, scope, whose, known)
    except ModelFault as fault:
        stall(step, instance, scope, node, str(fault))
