"""Which way do tokens go at a gateway, and when do they go?

BPMN 2.0, 10.5 and 13.4. Tokens that wait at a join are counted in the facts of their scope, flow by flow
(`tokens:<gateway>`). Parallel joins go on with one token of each flow. Inclusive ones are looked at when everything
else in the step is quiet: they wait only for tokens that can still reach one of their empty incoming flows.
"""

from __future__ import annotations

from typing import Any, cast

from orchestration.engine import events as e
from orchestration.engine.bpmn.items import facts_of, note, process, scopes_in, stall
from orchestration.engine.bpmn.model import Flow, Gateway, Node
from orchestration.engine.bpmn.tokens import holds, pass_through, resume, send
from orchestration.engine.step import Step

Tokens = dict[str, int]


def exclusive(step: Step, instance: int, scope: int | None, node: Node, flow: Flow | None) -> None:
    """The first flow whose condition holds, in the order of the model, else the default (13.4.2)."""
    for out in node.outgoing:
        if out.id != node.default and holds(step, instance, scope, node, out):
            return _go(step, instance, scope, node, [out])
    default = [out for out in node.outgoing if out.id == node.default]
    if not default:
        stall(step, instance, scope, node, f"No flow out of '{node.name or node.id}' can be taken: no condition holds.")
    return _go(step, instance, scope, node, default)


def parallel(step: Step, instance: int, scope: int | None, node: Node, flow: Flow | None) -> None:
    """One token of each incoming flow becomes one on each outgoing flow (13.4.1)."""
    if len(node.incoming) > 1 and flow is not None:
        tokens = _park(step, instance, scope, node, flow)
        if len(tokens) < len(node.incoming):
            return
        _take(step, instance, scope, node, tokens)
    _go(step, instance, scope, node, list(node.outgoing))


def inclusive(step: Step, instance: int, scope: int | None, node: Node, flow: Flow | None) -> None:
    """Waits for what can still come (see `release`), then takes every flow whose condition holds (13.4.3)."""
    if len(node.incoming) > 1 and flow is not None:
        tokens = _park(step, instance, scope, node, flow)
        if len(tokens) < len(node.incoming):
            return
        _take(step, instance, scope, node, tokens)
    pass_through(step, instance, scope, node)


def complex_(step: Step, instance: int, scope: int | None, node: Node, flow: Flow | None) -> None:
    """Goes on when its activation condition holds, then waits for the rest of the tokens (13.4.5).

    `activationCount` is the number of tokens that wait. Without a condition each token goes on by itself.
    """
    gateway = cast(Gateway, node)
    if flow is None or gateway.activation is None or len(node.incoming) < 2:
        return pass_through(step, instance, scope, node)
    tokens = _park(step, instance, scope, node, flow)
    if f"reset:{node.id}" in facts_of(step, instance, scope):
        return None
    return _activate(step, instance, scope, gateway, tokens)


def _activate(step: Step, instance: int, scope: int | None, node: Gateway, tokens: Tokens) -> None:
    seen = {**{flow.id: 0 for flow in node.incoming}, **tokens}
    known = {"activationCount": sum(tokens.values()), "waitingForStart": True, **seen}
    if node.activation is None or step.evaluate(node.activation, instance, scope, known) is not True:
        return
    waiting = [flow.id for flow in node.incoming if flow.id not in tokens]
    _take(step, instance, scope, node, tokens)
    if waiting:
        note(step, instance, scope, f"reset:{node.id}", waiting)
    _diverge(step, instance, scope, node, True)


def _diverge(step: Step, instance: int, scope: int | None, node: Gateway, start: bool) -> None:
    """Flows out of a complex gateway; at its reset only those that ask for `waitingForStart` (13.4.5)."""
    flows = [
        flow
        for flow in node.outgoing
        if (start or (flow.condition is not None and "waitingForStart" in flow.condition.names))
        and flow.id != node.default
        and holds(step, instance, scope, node, flow, {"waitingForStart": start})
    ]
    if start and not flows:
        flows = [flow for flow in node.outgoing if flow.id == node.default]
        if not flows:
            stall(step, instance, scope, node, f"No flow out of '{node.name or node.id}' can be taken.")
    _go(step, instance, scope, node, flows)


def release(step: Step, instance: int) -> bool:
    """Let an inclusive join go on that nothing can reach any more, or reset a complex gateway. Whether any did.

    One in each scope: its tokens may be on their way to the next join.
    """
    model = process(step, instance)
    if not model.reach:
        return False
    done = False
    for scope in [None, *(item.id for item in scopes_in(step, instance))]:
        if scope is None or scope in step.state.items:
            done = _release_in(step, instance, scope) or done
    return done


def _release_in(step: Step, instance: int, scope: int | None) -> bool:
    nodes = process(step, instance).nodes
    for fact, value in facts_of(step, instance, scope).items():
        kind, _, id = fact.partition(":")
        node = nodes.get(id)
        if kind == "tokens" and node is not None and node.type == "inclusiveGateway":
            if not _awaited(step, instance, scope, node, [f.id for f in node.incoming if f.id not in value]):
                _take(step, instance, scope, node, value)
                resume(step, instance, scope, node)
                return True
        elif kind == "reset" and node is not None:
            arrived = facts_of(step, instance, scope).get(f"tokens:{id}", {})
            if not _awaited(step, instance, scope, node, [flow for flow in value if flow not in arrived]):
                _reset(step, instance, scope, cast(Gateway, node), {f: n for f, n in arrived.items() if f in value})
                return True
    return False


def _reset(step: Step, instance: int, scope: int | None, node: Gateway, arrived: Tokens) -> None:
    """The tokens that came too late are used up, and the gateway waits for a start again."""
    note(step, instance, scope, f"reset:{node.id}", None)
    if arrived:
        _take(step, instance, scope, node, arrived)
    _diverge(step, instance, scope, node, False)
    left = facts_of(step, instance, scope).get(f"tokens:{node.id}")
    if left:
        step.plan(_activate, step, instance, scope, node, left)


def _awaited(step: Step, instance: int, scope: int | None, join: Node, empty: list[str]) -> bool:
    """Whether a token elsewhere in the scope can still come along one of these empty flows into the join."""
    upstream = process(step, instance).reach.get(join.id, {})
    if not empty:
        return False
    places = {item.node for item in step.state.children(instance, scope) if item.state != "enabled"}
    for fact in facts_of(step, instance, scope):
        kind, _, id = fact.partition(":")
        if kind == "tokens" and id != join.id:
            places.add(id)
    return any(not places.isdisjoint(upstream.get(flow, ())) for flow in empty)


def _park(step: Step, instance: int, scope: int | None, node: Node, flow: Flow) -> Tokens:
    """The token waits at the join; all that wait there now."""
    fact = f"tokens:{node.id}"
    tokens: Tokens = dict(facts_of(step, instance, scope).get(fact, {}))
    tokens[flow.id] = tokens.get(flow.id, 0) + 1
    note(step, instance, scope, fact, tokens)
    return tokens


def _take(step: Step, instance: int, scope: int | None, node: Node, tokens: Tokens) -> None:
    """Use up one token of each of these flows."""
    fact = f"tokens:{node.id}"
    there: dict[str, Any] = dict(facts_of(step, instance, scope).get(fact, {}))
    for flow in tokens:
        there[flow] -= 1
    note(step, instance, scope, fact, {flow: count for flow, count in there.items() if count > 0} or None)


def _go(step: Step, instance: int, scope: int | None, node: Node, flows: list[Flow]) -> None:
    step.touch(instance)
    step.emit(e.ElementPassed(instance, node.id, node.name, node.type, tuple(flow.id for flow in flows)))
    send(step, instance, scope, flows)
