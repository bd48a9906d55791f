"""A second, independent reading of how tokens move through gateways, to hold the engine against.

It knows user tasks, tasks that only pass, exclusive, parallel and inclusive gateways, and plays the game on sets of
tokens as 13.2 to 13.4 of the standard tell it, step by step and without any care for speed. Where inclusive joins may
go on in more than one order it follows every order, so what it gives is all that may happen.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from random import Random

KINDS = {
    "user": "userTask",
    "pass": "task",
    "xor": "exclusiveGateway",
    "and": "parallelGateway",
    "or": "inclusiveGateway",
}
CHOOSING = ("xor", "or")
MOST = 400
"""Moves of one token game before it is taken to go on for ever."""

Tokens = Counter[str]
Rest = tuple[frozenset[tuple[str, int]], frozenset[tuple[int, int]]]
"""Open tasks and how many of each; flows on which tokens wait at a join and how many."""


class Endless(Exception):
    """The tokens never come to rest."""


@dataclass
class Graph:
    """A process: nodes by kind, flows as pairs, which flows are open, and the default flow of each choosing gateway."""

    nodes: dict[str, str]
    flows: list[tuple[str, str]]
    shut: set[int] = field(default_factory=set)
    default: dict[str, int] = field(default_factory=dict)

    def leaving(self, node: str) -> list[int]:
        return [number for number, (source, _) in enumerate(self.flows) if source == node]

    def entering(self, node: str) -> list[int]:
        return [number for number, (_, target) in enumerate(self.flows) if target == node]

    def joins(self, node: str) -> bool:
        return self.nodes.get(node) in ("and", "or") and len(self.entering(node)) > 1

    def taken(self, node: str) -> list[int]:
        """The flows that a token takes out of the node."""
        out, kind = self.leaving(node), self.nodes[node]
        if kind not in CHOOSING:
            return out
        held = [flow for flow in out if flow != self.default[node] and flow not in self.shut]
        return (held[:1] if kind == "xor" else held) or [self.default[node]]

    def upstream(self, flow: int) -> set[str]:
        """The nodes from which a token can come along the flow without passing the join that it leads into."""
        source, join = self.flows[flow]
        found: set[str] = set()
        todo = [source]
        while todo:
            node = todo.pop()
            if node not in found and node != join:
                found.add(node)
                todo += [self.flows[back][0] for back in self.entering(node)]
        return found

    def xml(self) -> str:
        nodes = "".join(f'<{KINDS[kind]} id="{id}"{self._default(id)} />' for id, kind in self.nodes.items())
        flows = "".join(
            f'<sequenceFlow id="f{number}" sourceRef="{source}" targetRef="{target}">{self._condition(number)}'
            "</sequenceFlow>"
            for number, (source, target) in enumerate(self.flows)
        )
        return (
            '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d"><process id="p">'
            f'<startEvent id="s" /><endEvent id="e" />{nodes}{flows}</process></definitions>'
        )

    def _default(self, node: str) -> str:
        return f' default="f{self.default[node]}"' if node in self.default else ""

    def _condition(self, flow: int) -> str:
        source = self.flows[flow][0]
        if self.nodes.get(source) not in CHOOSING or flow == self.default[source]:
            return ""
        return f"<conditionExpression>{str(flow not in self.shut).lower()}</conditionExpression>"


def random_graph(random: Random) -> Graph:
    """Any graph of four to ten nodes in which each can be reached, with loops and joins wherever they fall."""
    ids = [f"n{number}" for number in range(random.randint(4, 10))]
    kinds = ("user", "user", "user", "pass", "xor", "and", "or", "or")
    graph = Graph({id: random.choice(kinds) for id in ids}, [])
    graph.flows = [(random.choice(ids[:place]) if place else "s", id) for place, id in enumerate(ids)]
    for _ in range(random.randint(1, len(ids))):
        pair = (random.choice(ids), random.choice(ids))
        if pair[0] != pair[1] and pair not in graph.flows:
            graph.flows.append(pair)
    for id, kind in graph.nodes.items():
        if kind not in ("user", "pass") and not graph.leaving(id):
            graph.flows.append((id, "e"))
        if kind in CHOOSING:
            graph.default[id] = graph.leaving(id)[-1]
    graph.shut = {flow for flow in range(len(graph.flows)) if random.random() < 0.4}
    return graph


def begun(graph: Graph) -> set[Rest]:
    return outcomes(graph, Counter(), Counter(), graph.leaving("s"))


def completed(graph: Graph, rest: Rest, task: str) -> set[Rest]:
    """All that may come of completing one of the tasks."""
    tasks = Counter(dict(rest[0]))
    tasks[task] -= 1
    return outcomes(graph, tasks, Counter(dict(rest[1])), graph.taken(task))


def outcomes(graph: Graph, tasks: Tokens, waiting: Counter[int], moving: list[int]) -> set[Rest]:
    """Every way in which the tokens may come to rest. Raises Endless."""
    found, seen = set(), set()
    todo = [(tasks, waiting, moving)]
    while todo:
        tasks, waiting = _moved(graph, *todo.pop())
        rest = (frozenset(tasks.items()), frozenset(waiting.items()))
        if rest in seen:
            continue
        seen.add(rest)
        if len(seen) > MOST:
            raise Endless
        ready = [join for join in graph.nodes if graph.nodes[join] == "or" and _goes_on(graph, join, tasks, waiting)]
        if not ready:
            found.add(rest)
        todo += [(tasks, _used(graph, join, waiting), graph.taken(join)) for join in ready]
    if not found:
        raise Endless
    return found


def _moved(graph: Graph, tasks: Tokens, waiting: Counter[int], moving: list[int]) -> tuple[Tokens, Counter[int]]:
    """Every token on its way goes as far as it can; joins go on where a token waits on each of their flows."""
    tasks, waiting, todo = tasks.copy(), waiting.copy(), list(moving)
    for _ in range(MOST):
        if not todo:
            return +tasks, +waiting
        flow = todo.pop(0)
        node = graph.flows[flow][1]
        if graph.nodes.get(node) == "user":
            tasks[node] += 1
        elif graph.joins(node):
            waiting[flow] += 1
            if all(waiting[each] > 0 for each in graph.entering(node)):
                waiting = _used(graph, node, waiting)
                todo += graph.taken(node)
        elif node in graph.nodes:
            todo += graph.taken(node)
    raise Endless


def _used(graph: Graph, join: str, waiting: Counter[int]) -> Counter[int]:
    return +(waiting - Counter(flow for flow in graph.entering(join) if waiting[flow]))


def _goes_on(graph: Graph, join: str, tasks: Tokens, waiting: Counter[int]) -> bool:
    """Whether an inclusive join has a token, and none can still come along an empty one of its flows (13.4.3)."""
    flows = graph.entering(join)
    if not graph.joins(join) or not any(waiting[flow] for flow in flows):
        return False
    places = {*tasks, *(graph.flows[flow][1] for flow in waiting)} - {join}
    return not any(places & graph.upstream(flow) for flow in flows if not waiting[flow])
