"""From where can a token still reach a join?

An inclusive (or complex) join waits for tokens that can still come along one of its empty incoming flows (BPMN 2.0,
13.4.3). Which nodes lie upstream of each incoming flow, without passing the join itself, is worked out once, when the
process is compiled.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from orchestration.engine.bpmn.model import Event, Node

JOINS: Final = frozenset({"inclusiveGateway", "complexGateway"})


def joins(nodes: Mapping[str, Node]) -> dict[str, dict[str, frozenset[str]]]:
    """join -> incoming flow -> ids of the nodes from which a token can come along it without passing the join."""
    wanted = [node for node in nodes.values() if node.type in JOINS and len(node.incoming) > 1]
    if not wanted:
        return {}
    before = predecessors(nodes)
    return {join.id: {flow.id: _upstream(flow.source, join.id, before) for flow in join.incoming} for join in wanted}


def predecessors(nodes: Mapping[str, Node]) -> dict[str, list[str]]:
    """node -> the nodes from which a token can move to it directly, also by a boundary event or a link."""
    before: dict[str, list[str]] = {id: [flow.source for flow in node.incoming] for id, node in nodes.items()}
    for source, target in jumps(nodes):
        before[target].append(source)
    return before


def successors(nodes: Mapping[str, Node]) -> dict[str, list[str]]:
    """node -> the nodes to which a token can move from it directly."""
    after: dict[str, list[str]] = {id: [flow.target for flow in node.outgoing] for id, node in nodes.items()}
    for source, target in jumps(nodes):
        after[source].append(target)
    return after


def jumps(nodes: Mapping[str, Node]) -> list[tuple[str, str]]:
    """Moves that are no sequence flow: activity -> boundary event, throwing link -> catching link."""
    found, catching = [], {}
    throwing: list[tuple[str, tuple[str, str]]] = []
    for node in nodes.values():
        if isinstance(node, Event) and node.attached_to is not None and node.attached_to in nodes:
            found.append((node.attached_to, node.id))
        for name in link_names(node):
            if node.type == "intermediateCatchEvent":
                catching[(node.scope, name)] = node.id
            else:
                throwing.append((node.id, (node.scope, name)))
    return found + [(source, catching[key]) for source, key in throwing if key in catching]


def link_names(node: Node) -> list[str]:
    """The names of an event's link definitions."""
    if not isinstance(node, Event):
        return []
    return [str(d.name.constant) for d in node.definitions if d.kind == "link" and d.name is not None]


def _upstream(source: str, join: str, before: Mapping[str, list[str]]) -> frozenset[str]:
    found: set[str] = set()
    todo = [source]
    while todo:
        node = todo.pop()
        if node == join or node in found:
            continue
        found.add(node)
        todo.extend(before.get(node, ()))
    return frozenset(found)


def from_starts(starts: Iterable[str], after: Mapping[str, list[str]]) -> set[str]:
    """Everything that a token can reach from these nodes."""
    found: set[str] = set()
    todo = list(starts)
    while todo:
        node = todo.pop()
        if node not in found:
            found.add(node)
            todo.extend(after.get(node, ()))
    return found
