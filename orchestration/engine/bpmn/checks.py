"""Is a process worth deploying?

What the parser cannot see in one element: whether everything can be reached, every gateway has a way out, every
reference leads somewhere (BPMN 2.0, clauses 10.2 to 10.5 as cited). All faults at once, each with the element's id and
a sentence. Severe ones stop the deployment; the others are advice.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestration.engine.bpmn import reach
from orchestration.engine.bpmn.model import Activity, Event, Gateway, Node, ProcessModel, SubProcess, Task
from orchestration.engine.compiled_models import Fault


def check(process: ProcessModel, file: str) -> list[Fault]:
    """Everything that is wrong with the process as a whole."""
    found = [*_structure(process), *_unreachable(process)]
    for node in process.nodes.values():
        found += _of_node(process, node)
    return [Fault(element, sentence, line, file, severe) for element, sentence, line, severe in found]


Found = tuple[str, str, int, bool]


def _severe(node: Node, sentence: str) -> Found:
    return node.id, sentence, node.line, True


def _structure(process: ProcessModel) -> Iterator[Found]:
    if not process.body.nodes:
        yield process.id, "The process is empty: it is over as soon as it has begun.", process.line, False
    elif not process.body.starts and not process.starters:
        sentence = "The process has no way in: no start event and no flow node to begin with."
        yield process.id, sentence, process.line, True
    if len(_plain_starts(process, process.body.nodes)) > 1:
        yield (
            process.id,
            "The process has several start events without a trigger; only one can begin it.",
            process.line,
            True,
        )


def _plain_starts(process: ProcessModel, ids: tuple[str, ...]) -> list[Event]:
    nodes = (process.nodes[id] for id in ids)
    return [n for n in nodes if isinstance(n, Event) and n.type == "startEvent" and not n.definitions]


def _unreachable(process: ProcessModel) -> Iterator[Found]:
    """Flow nodes that no token can ever reach."""
    after = reach.successors(process.nodes)
    starts = [*process.body.starts, *(starter.at for starter in process.starters)]
    starts += [id for id in process.body.nodes if _begins(process.nodes[id])]
    seen: set[str] = set()
    todo = [*starts, *_handlers(process)]
    while todo:
        new = reach.from_starts(todo, after) - seen
        seen |= new
        todo = [start for id in new for start in _inside(process, process.nodes[id])]
    for node in process.nodes.values():
        if node.id not in seen and not _only_inside(process, node, seen):
            yield node.id, f"Nothing leads to {_called(node)}: it can never be reached.", node.line, False


def _begins(node: Node) -> bool:
    return node.type == "startEvent" or (isinstance(node, Gateway) and node.instantiate)


def _handlers(process: ProcessModel) -> list[str]:
    """What begins by itself: compensation handlers and event sub-processes."""
    nodes = process.nodes.values()
    found = [n.id for n in nodes if isinstance(n, Activity) and n.for_compensation]
    return found + [n.id for n in nodes if isinstance(n, SubProcess) and n.kind == "event" and n.scope == process.id]


def _inside(process: ProcessModel, node: Node) -> list[str]:
    if not isinstance(node, SubProcess):
        return []
    starts = [id for id in node.body.nodes if process.nodes[id].type == "startEvent"]
    return [*node.body.starts, *starts, *(id for id, _ in node.body.event_subprocesses)]


def _only_inside(process: ProcessModel, node: Node, seen: set[str]) -> bool:
    """Whether the sub-process around it is unreachable itself (then only that is said), or it is there to undo."""
    undoes = isinstance(node, Event) and any(d.kind == "compensation" for d in node.definitions)
    return undoes or (node.scope in process.nodes and node.scope not in seen)


def _called(node: Node) -> str:
    return f"'{node.name}'" if node.name else f"the {node.type}"


def _of_node(process: ProcessModel, node: Node) -> Iterator[Found]:
    if isinstance(node, Gateway):
        yield from _gateway(process, node)
    elif isinstance(node, SubProcess):
        yield from _sub_process(process, node)
    elif isinstance(node, Event):
        yield from _event(process, node)
    elif isinstance(node, Task):
        yield from _task(node)
    if isinstance(node, Activity) and node.for_compensation and (node.incoming or node.outgoing):
        yield _severe(
            node, "A compensation handler stands outside the normal flow; it must have no sequence flow. (10.6.1)"
        )


def _gateway(process: ProcessModel, node: Gateway) -> Iterator[Found]:
    if not node.outgoing:
        joins = node.type in ("parallelGateway", "inclusiveGateway") and len(node.incoming) > 1
        yield node.id, "The gateway has no way out. (10.5)", node.line, not joins
    if node.type == "exclusiveGateway":
        always = [flow.id for flow in node.outgoing[:-1] if flow.condition is None and flow.id != node.default]
        if always:
            yield (
                node.id,
                f"The flow {always[0]} has no condition: what stands after it is never tried.",
                node.line,
                False,
            )
    if node.type == "eventBasedGateway":
        yield from _event_gateway(process, node)


def _event_gateway(process: ProcessModel, node: Gateway) -> Iterator[Found]:
    for flow in node.outgoing:
        target = process.nodes[flow.target]
        caught = isinstance(target, Event) and target.type == "intermediateCatchEvent"
        if not caught and target.type != "receiveTask":
            yield _severe(
                node,
                f"Only events and receive tasks may follow an event-based gateway, not {_called(target)}. (10.5.6)",
            )
    if node.parallel and not node.instantiate:
        yield _severe(node, "Only a gateway that begins a process may wait for all its events. (10.5.6)")
    if node.instantiate and node.incoming:
        yield _severe(node, "A gateway that begins a process must have no incoming flow. (10.5.6)")


def _sub_process(process: ProcessModel, node: SubProcess) -> Iterator[Found]:
    starts = [process.nodes[id] for id in node.body.nodes if process.nodes[id].type == "startEvent"]
    if node.kind == "event":
        triggered = [start for start in starts if isinstance(start, Event) and start.definitions]
        if not starts or len(triggered) != len(starts):
            yield _severe(node, "An event sub-process needs exactly one start event, with a trigger. (10.2.5)")
        elif len(starts) > 1:
            yield (
                node.id,
                "It should have one start event; whichever of these occurs begins it. (10.2.5)",
                node.line,
                False,
            )
        if node.incoming or node.outgoing:
            yield _severe(node, "An event sub-process must have no sequence flow into or out of it. (10.2.5)")
    elif node.kind == "adHoc":
        if starts or any(process.nodes[id].type == "endEvent" for id in node.body.nodes):
            yield _severe(node, "An ad-hoc sub-process has neither start nor end events. (10.2.5)")
    else:
        if any(isinstance(start, Event) and start.definitions for start in starts):
            yield _severe(node, "The start event of an embedded sub-process must have no trigger. (10.2.5)")
        if not node.body.nodes:
            yield node.id, "The sub-process is empty: it is over as soon as it has begun.", node.line, False
        elif not node.body.starts:
            yield _severe(node, "The sub-process has nothing to begin with. (10.2.5)")
        if len(starts) > 1:
            yield _severe(node, "A sub-process has only one start event. (10.2.5)")


def _event(process: ProcessModel, node: Event) -> Iterator[Found]:
    if node.type in ("startEvent", "boundaryEvent") and node.incoming:
        yield _severe(node, f"No sequence flow may lead into a {node.type}. (10.4.2, 10.4.4)")
    if node.type == "endEvent" and node.outgoing:
        yield _severe(node, "No sequence flow may leave an end event. (10.4.3)")
    if node.type in ("intermediateCatchEvent", "boundaryEvent") and not node.definitions:
        yield _severe(node, "An event that catches must say what it waits for. (10.4.4)")
    for definition in node.definitions:
        if definition.kind == "cancel":
            yield from _cancel(process, node)
        if definition.kind == "compensation" and definition.activity not in (None, *process.nodes):
            yield _severe(node, f"There is no activity '{definition.activity}' to compensate.")
        thrown = node.type in ("endEvent", "intermediateThrowEvent")
        if thrown and definition.kind in ("error", "escalation") and definition.name is None:
            yield (
                node.id,
                f"Only an event that catches every {definition.kind} catches one without code.",
                node.line,
                False,
            )
    for name in reach.link_names(node):
        yield from _link(process, node, name)


def _cancel(process: ProcessModel, node: Event) -> Iterator[Found]:
    holder = process.nodes.get(node.attached_to or "") if node.type == "boundaryEvent" else _transaction(process, node)
    if not (isinstance(holder, SubProcess) and holder.kind == "transaction"):
        yield _severe(node, "A cancel event belongs in, or at the border of, a transaction. (10.2.5)")


def _transaction(process: ProcessModel, node: Node) -> Node | None:
    at = process.nodes.get(node.scope)
    while at is not None and not (isinstance(at, SubProcess) and at.kind == "transaction"):
        at = process.nodes.get(at.scope)
    return at


def _link(process: ProcessModel, node: Event, name: str) -> Iterator[Found]:
    same = [
        n for n in process.nodes.values() if n.scope == node.scope and n is not node and name in reach.link_names(n)
    ]
    catching = [n for n in same if n.type == "intermediateCatchEvent"]
    if node.type == "intermediateThrowEvent" and len(catching) != 1:
        yield _severe(
            node, f"The link '{name}' must lead to exactly one catching link event in the same scope. (10.4.5)"
        )
    if node.type == "intermediateCatchEvent" and len(catching) > 0:
        yield _severe(node, f"Two catching link events have the name '{name}'. (10.4.5)")


def _task(node: Task) -> Iterator[Found]:
    if node.type == "serviceTask" and node.script is None and node.extensions.capability is None:
        sentence = f"The service task names no capability; work is asked for under its id, '{node.id}'."
        yield node.id, sentence, node.line, False
