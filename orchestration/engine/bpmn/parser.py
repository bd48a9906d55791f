"""How does a BPMN file become processes?

XML -> `ProcessModel` (BPMN 2.0, clauses 8.4 and 10). A body is read in three passes: its flows, what hangs on its
activities (boundary events, compensation handlers, inner bodies), then its nodes, which know both. Whatever is wrong is
kept as a fault, so that the author sees everything at once.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

import orjson

from orchestration.engine import dialect
from orchestration.engine.bpmn import correlation, elements, execution_listeners, reach
from orchestration.engine.bpmn.elements import ACTIVITIES, NODES, SUB_PROCESSES, Surroundings
from orchestration.engine.bpmn.model import (
    Body,
    DataObject,
    Event,
    EventDefinition,
    Flow,
    Gateway,
    Node,
    ProcessModel,
    Starter,
    SubProcess,
    Task,
)
from orchestration.engine.bpmn.reading import BPMN, Reader, local
from orchestration.engine.compiled_models import Fault
from orchestration.engine.dialect import Script
from orchestration.engine.xml import Element

GLOBAL_TASKS: Final = {
    "globalTask": "task",
    "globalUserTask": "userTask",
    "globalManualTask": "manualTask",
    "globalScriptTask": "scriptTask",
    "globalBusinessRuleTask": "businessRuleTask",
}
"""Tasks that stand beside the processes, and which task each is."""

PASSIVE: Final = frozenset(
    {
        "documentation",
        "extensionElements",
        "sequenceFlow",
        "association",
        "textAnnotation",
        "group",
        "category",
        "laneSet",
        "incoming",
        "outgoing",
        "ioSpecification",
        "ioBinding",
        "dataObject",
        "dataObjectReference",
        "dataStoreReference",
        "dataInputAssociation",
        "dataOutputAssociation",
        "property",
        "auditing",
        "monitoring",
        "resourceRole",
        "performer",
        "humanPerformer",
        "potentialOwner",
        "supports",
        "supportedInterfaceRef",
        "completionCondition",
        "correlationSubscription",
        "multiInstanceLoopCharacteristics",
        "standardLoopCharacteristics",
    }
)
"""What may stand in a body beside flow nodes; it is read elsewhere, or says nothing about what happens."""


def parse(root: Element, file: str = "") -> tuple[dict[str, ProcessModel], list[Fault]]:
    """The executable processes of a file by id, and everything that is wrong in it."""
    if root.name != "definitions" or root.namespace != BPMN:
        return {}, [Fault(root.name, "This is no BPMN 2.0 file: its root is not bpmn:definitions.", root.line, file)]
    reader = Reader(root, file)
    found = [_Process(reader, one).read() for one in root.all("process") if one.get("isExecutable") != "false"]
    found += [_global_task(reader, one) for one in root.all(*GLOBAL_TASKS)]
    if not found:
        _nothing_runs(reader, root)
    return {process.id: process for process in found}, reader.faults


def _nothing_runs(reader: Reader, root: Element) -> None:
    """Said of each process that is only a drawing where no other one runs (10.2.1), or of a file without any."""
    for drawn in root.all("process"):
        reader.fault(drawn, 'It says isExecutable="false", so nothing in this file can run.', severe=False)
    if root.first("process") is None:
        reader.fault(root, "There is no process in this file, so nothing in it can run.", severe=False)


def _global_task(reader: Reader, element: Element) -> ProcessModel:
    """A task that processes share is called like a process of nothing but this task (10.2.6)."""
    task = replace(element, name=GLOBAL_TASKS[element.name])
    reader.named[id(task)] = reader.id(element)
    node = elements.node(reader, task, Surroundings(reader.id(element), {}, {}))
    body = Body(nodes=(node.id,), starts=(node.id,))
    return ProcessModel(id=node.id, name=node.name, nodes={node.id: node}, body=body, line=element.line)


class _Process:
    """The reading of one process element."""

    def __init__(self, reader: Reader, element: Element) -> None:
        self.reader = reader
        self.element = element
        self.nodes: dict[str, Node] = {}
        self.keys = correlation.bindings(reader, element)

    def read(self) -> ProcessModel:
        id = self.reader.id(self.element)
        body = self.body(self.element, id)
        return ProcessModel(
            id=id,
            name=self.element.get("name") or "",
            nodes=self.nodes,
            body=body,
            starters=tuple(self.starters(body)),
            started=self.started(),
            initiator=next((name for id in body.nodes if (name := _initiator(self.nodes[id]))), None),
            reach=reach.joins(self.nodes),
            retrievals={**correlation.stated(self.nodes.values()), **correlation.retrievals(self.reader, self.element)},
            asked=correlation.asked(self.nodes.values()),
            has_conditions=any(definition.kind in ("conditional", "variable") for definition in self.awaited()),
            has_keys=any(definition.correlation for definition in self.awaited()),
            has_handlers=any(isinstance(node, SubProcess) and node.kind == "event" for node in self.nodes.values()),
            sub_processes=tuple(id for id, node in self.nodes.items() if isinstance(node, SubProcess)),
            line=self.element.line,
        )

    def started(self) -> tuple[Script, ...]:
        """What listeners of the process itself set when it starts."""
        listeners = self.reader.extensions(self.element).listeners
        if execution_listeners.at("end", listeners):
            self.reader.fault(self.element, "Its listener for the end is not run; set it before an end event.", False)
        return execution_listeners.at("start", listeners)

    def awaited(self) -> list[EventDefinition]:
        return [definition for node in self.nodes.values() for definition in correlation.awaited(node)]

    def body(self, holder: Element, scope: str) -> Body:
        around = Surroundings(scope, {}, {})
        children = [child for child in holder.children if child.namespace == BPMN]
        inside = [child for child in children if child.name in NODES]
        self.flows(children, {self.reader.id(child) for child in inside}, around)
        for child in children:
            if child.name in SUB_PROCESSES:
                around.bodies[self.reader.id(child)] = self.body(child, self.reader.id(child))
            if child.name not in NODES and child.name not in PASSIVE:
                self.reader.fault(child, f"The element '{child.name}' is not supported in a process.")
        attached = self.attach(children, inside, around)
        own = [attached.get(self.reader.id(child)) or self.node(child, around) for child in inside]
        self.nodes.update({node.id: node for node in own})
        return self.assembled(holder, own)

    def node(self, element: Element, around: Surroundings) -> Node:
        return correlation.with_keys(elements.node(self.reader, element, around), self.keys)

    def flows(self, children: list[Element], inside: set[str], around: Surroundings) -> None:
        for child in children:
            if child.name != "sequenceFlow":
                continue
            source, target = local(child.get("sourceRef")) or "", local(child.get("targetRef")) or ""
            for end in (source, target):
                if end not in inside:
                    self.reader.fault(child, f"A sequence flow joins '{end}', which is no flow node in the same scope.")
            condition = self.reader.flow_condition(child)
            taken = execution_listeners.along(self.reader.by_id.get(source), child, self.reader.by_id.get(target))
            flow = Flow(self.reader.id(child), child.get("name") or "", source, target, condition, taken, child.line)
            if source in inside and target in inside:
                around.outgoing.setdefault(source, []).append(flow)
                around.incoming.setdefault(target, []).append(flow)

    def attach(self, children: list[Element], inside: list[Element], around: Surroundings) -> dict[str, Node]:
        """Boundary events to their activities, and compensation handlers to what they undo; the events by id."""
        activities = {self.reader.id(child) for child in inside if child.name in ACTIVITIES}
        undoing: dict[str, str] = {}
        attached: dict[str, Node] = {}
        for child in inside:
            if child.name != "boundaryEvent":
                continue
            event = self.node(child, around)
            attached[event.id] = event
            if not isinstance(event, Event) or event.attached_to not in activities:
                self.reader.fault(child, "A boundary event must be attached to an activity in the same scope.")
            elif any(definition.kind == "compensation" for definition in event.definitions):
                undoing[event.id] = event.attached_to
            elif self.is_never_armed(event.attached_to):
                self.reader.fault(child, "Flowable never hears it: it stands on an event sub-process.", severe=False)
            else:
                around.boundaries.setdefault(event.attached_to, []).append(event)
        self.handlers(children, undoing, activities, around)
        return attached

    def is_never_armed(self, host: str) -> bool:
        """In models of Flowable nothing is heard at the border of an event sub-process."""
        triggered = self.reader.by_id[host].get("triggeredByEvent") == "true"
        return triggered and dialect.comes_from_flowable(self.reader.root)

    def handlers(
        self, children: list[Element], undoing: dict[str, str], activities: set[str], around: Surroundings
    ) -> None:
        for child in children:
            source, target = local(child.get("sourceRef")) or "", local(child.get("targetRef")) or ""
            if child.name == "association" and source in undoing and target in activities:
                around.handlers[undoing.pop(source)] = target
        for event in undoing:
            element = self.reader.by_id[event]
            self.reader.fault(element, "A compensation boundary event needs an association to its handler.")

    def assembled(self, holder: Element, own: list[Node]) -> Body:
        starts = [node for node in own if isinstance(node, Event) and node.type == "startEvent"]
        handlers = []
        for node in own:
            if isinstance(node, SubProcess) and node.kind == "event":
                for id in node.body.nodes:
                    start = self.nodes[id]
                    if isinstance(start, Event) and start.type == "startEvent":
                        handlers.append((node.id, start))
        begin = [start.id for start in starts if not start.definitions]
        if not starts:
            begin = [node.id for node in own if _begins(node)]
        links = {
            str(definition.name.constant): node.id
            for node in own
            if isinstance(node, Event) and node.type == "intermediateCatchEvent"
            for definition in node.definitions
            if definition.kind == "link" and definition.name is not None
        }
        data = tuple(_data(self.reader, child) for child in holder.all("dataObject", "property"))
        return Body(tuple(node.id for node in own), tuple(begin), tuple(handlers), links, data)

    def starters(self, body: Body) -> list[Starter]:
        """The ways into the process from outside (10.4.2, 10.5.6, and receive tasks that instantiate)."""
        found = []
        for id in body.nodes:
            node = self.nodes[id]
            if isinstance(node, Event) and node.type == "startEvent":
                found += [_starter(node.id, definition) for definition in node.definitions]
            elif isinstance(node, Task) and node.instantiate and node.message is not None:
                found.append(_starter(node.id, node.message))
            elif isinstance(node, Gateway) and node.type == "eventBasedGateway" and node.instantiate:
                for flow in node.outgoing:
                    found += [
                        _starter(flow.target, definition) for definition in correlation.awaited(self.nodes[flow.target])
                    ]
        return found


def _begins(node: Node) -> bool:
    """Where a scope without a start event begins: what has no flow into it and is not there for an event (10.2.5)."""
    if node.incoming or node.type in ("boundaryEvent", "startEvent") or reach.link_names(node):
        return False
    waits = isinstance(node, SubProcess) and node.kind == "event"
    return not (waits or getattr(node, "for_compensation", False) or getattr(node, "instantiate", False))


def _initiator(node: Node) -> str | None:
    """The variable that keeps who began the process, in Flowable's and Camunda 7's models."""
    return node.extensions.attributes.get("initiator") if node.type == "startEvent" else None


def _starter(node: str, definition: EventDefinition) -> Starter:
    """The way in; a computed name is worked out now, before there is any data."""
    name = None if definition.name is None else definition.name.value({}, datetime(2000, 1, 1, tzinfo=UTC))
    return Starter(node, definition.kind, None if name is None else str(name), definition)


def _data(reader: Reader, element: Element) -> DataObject:
    """A data object, with the value that Flowable lets a model give it, in the type of its structure."""
    values = dialect.vendor_elements(element, "value")
    name = element.get("name") or reader.id(element)
    if not values:
        return DataObject(name)
    kind = (local(element.get("itemSubjectRef")) or "").lower()
    text = values[0].text.strip()
    if kind in ("int", "integer", "long", "double", "float", "boolean", "decimal"):
        try:
            return DataObject(name, orjson.loads(text.lower()))
        except orjson.JSONDecodeError:
            reader.fault(element, f"'{text}' is no value of the type {kind}.")
    return DataObject(name, text)
