"""What does one element of a process say, as a flow node?

One function for each kind of node (BPMN 2.0, clauses 10.2 to 10.5). They read what stands in the element itself; what
lies around it (flows, boundary events, compensation handlers) comes in `Surroundings` from the parser of the process.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final

from orchestration.engine import dialect, juel
from orchestration.engine.bpmn.model import (
    Body,
    CallActivity,
    Event,
    Flow,
    Gateway,
    Loop,
    Node,
    SubProcess,
    Task,
)
from orchestration.engine.bpmn.reading import Reader, local
from orchestration.engine.bpmn.task_elements import READERS, plain_task, sending
from orchestration.engine.dialect import Extensions, Transfer
from orchestration.engine.expressions import Formula, plain
from orchestration.engine.xml import Element

TASKS: Final = frozenset(
    {"task", "userTask", "manualTask", "serviceTask", "scriptTask", "businessRuleTask", "sendTask", "receiveTask"}
)
SUB_PROCESSES: Final = frozenset({"subProcess", "transaction", "adHocSubProcess"})
EVENTS: Final = frozenset(
    {
        "startEvent",
        "endEvent",
        "intermediateCatchEvent",
        "intermediateThrowEvent",
        "implicitThrowEvent",
        "boundaryEvent",
    }
)
THROWING: Final = ("endEvent", "intermediateThrowEvent", "implicitThrowEvent")
GATEWAYS: Final = frozenset(
    {"exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway"}
)
ACTIVITIES: Final = TASKS | SUB_PROCESSES | {"callActivity"}
_OWNER: Final = re.compile(r"(?:(user|group)\()?(.*?)\)?")
_LOOP_DATA: Final = {
    "dataInputAssociation": ("targetRef", "loopDataInputRef"),
    "dataOutputAssociation": ("sourceRef", "loopDataOutputRef"),
}
NODES: Final = ACTIVITIES | EVENTS | GATEWAYS

ALLOWED: Final = {
    "startEvent": {"message", "timer", "signal", "error", "escalation", "conditional", "compensation", "variable"},
    "endEvent": {"message", "signal", "error", "escalation", "compensation", "cancel", "terminate"},
    "intermediateCatchEvent": {"message", "timer", "signal", "conditional", "link", "variable"},
    "intermediateThrowEvent": {"message", "signal", "escalation", "link", "compensation"},
    "boundaryEvent": {
        "message",
        "timer",
        "signal",
        "error",
        "escalation",
        "conditional",
        "compensation",
        "cancel",
        "variable",
    },
}
"""Which event definitions an event may have (10.4.5, table 10.93; variables of Flowable)."""


@dataclass(slots=True)
class Surroundings:
    """What the process has around its elements, by the id of the element."""

    scope: str
    incoming: dict[str, list[Flow]]
    outgoing: dict[str, list[Flow]]
    boundaries: dict[str, list[Event]] = field(default_factory=dict)
    handlers: dict[str, str] = field(default_factory=dict)
    bodies: dict[str, Body] = field(default_factory=dict)


def node(reader: Reader, element: Element, around: Surroundings) -> Node:
    """The element as a flow node. Faults go to the reader."""
    extensions, faults = dialect.extensions(element)
    for fault in faults:
        reader.fault(element, fault.sentence, fault.severe)
    if extensions.plans is not None:
        reader.fault(element, "Only a task of a case can say what its answer may plan.")
    if element.name == "userTask":
        extensions = _performers(reader, element, extensions)
    common = _common(reader, element, around, extensions)
    if element.name in EVENTS:
        return _sent_by_work(element, common) or _event(reader, element, common)
    if element.name in GATEWAYS:
        return _gateway(reader, element, common)
    common |= _activity(reader, element, around, common["id"])
    if element.name in SUB_PROCESSES:
        return _sub_process(reader, element, around, common)
    if element.name == "callActivity":
        return _call(reader, element, common, extensions)
    return _task(reader, element, common, extensions)


def _performers(reader: Reader, element: Element, extensions: Extensions) -> Extensions:
    """The standard's own way to say who does a task (10.2.2), where no extension says it.

    A potential owner is written as `user(ann), group(sales)`; a name alone is a group (as Flowable reads it).
    """
    written = {
        role.name: body.text.strip()
        for role in element.all("performer", "humanPerformer", "potentialOwner")
        for body in role.walk()
        if body.name == "formalExpression"
    }
    assignee = written.get("humanPerformer") or written.get("performer")
    users: list[Formula] = []
    groups: list[Formula] = []
    for piece in filter(None, map(str.strip, written.get("potentialOwner", "").split(","))):
        owner = _OWNER.fullmatch(piece)
        value = reader.value(element, piece if owner is None else owner[2])
        if value is not None:
            (users if owner is not None and owner[1] == "user" else groups).append(value)
    return replace(
        extensions,
        assignee=extensions.assignee or reader.value(element, assignee),
        candidate_users=extensions.candidate_users or tuple(users),
        candidate_groups=extensions.candidate_groups or tuple(groups),
    )


def _common(reader: Reader, element: Element, around: Surroundings, extensions: Extensions) -> dict[str, Any]:
    id = reader.id(element)
    default = local(element.get("default"))
    outgoing = tuple(around.outgoing.get(id, ()))
    if default is not None and default not in {flow.id for flow in outgoing}:
        reader.fault(element, f"The default flow '{default}' does not leave this element.")
    inputs = [*extensions.inputs, *_associated(reader, element, "dataInputAssociation")]
    inputs += extensions.sent.given if extensions.sent is not None else ()
    outputs = [*extensions.outputs, *_associated(reader, element, "dataOutputAssociation")]
    name = element.get("name") or ""
    return {
        "id": id,
        "name": name,
        "title": reader.value(element, name) if juel.holds_juel(name) else None,
        "type": element.name,
        "scope": around.scope,
        "line": element.line,
        "incoming": tuple(around.incoming.get(id, ())),
        "outgoing": outgoing,
        "default": default,
        "extensions": extensions,
        "inputs": tuple(inputs),
        "outputs": tuple(outputs),
    }


def _associated(reader: Reader, element: Element, kind: str) -> Iterator[Transfer]:
    """The data associations of an element, without those that serve its loop as a whole."""
    for association in element.all(kind):
        if association is not _of_loop(element, kind):
            yield from reader.association(element, association)


def _of_loop(element: Element, kind: str) -> Element | None:
    """The association that brings a loop its collection, or takes away what it has collected (10.2.8)."""
    several = element.first("multiInstanceLoopCharacteristics")
    side, own = _LOOP_DATA[kind]
    reference = several.first(own) if several is not None else None
    if reference is None:
        return None
    for association in element.all(kind):
        end = association.first(side)
        if end is not None and end.text.strip() == reference.text.strip():
            return association
    return None


def _event(reader: Reader, element: Element, common: dict[str, Any]) -> Event:
    definitions = tuple(reader.definitions(element))
    allowed = ALLOWED.get(element.name, set())
    for definition in definitions:
        if definition.kind not in allowed:
            reader.fault(element, f"A {element.name} cannot be a {definition.kind} event.")
    if element.name in THROWING:
        common |= _sent_with_signal(reader, element, common)
    attribute = "cancelActivity" if element.name == "boundaryEvent" else "isInterrupting"
    always = any(definition.kind in ("error", "cancel", "compensation") for definition in definitions)
    return Event(
        **common,
        definitions=definitions,
        parallel=element.get("parallelMultiple") == "true" and len(definitions) > 1,
        interrupting=always or element.get(attribute) != "false",
        attached_to=local(element.get("attachedToRef")),
    )


def _sent_with_signal(reader: Reader, element: Element, common: dict[str, Any]) -> dict[str, Any]:
    """What Camunda 7 writes at the signal's definition: variables that go with it, some or all."""
    said = [reader.extensions(child) for child in element.all("signalEventDefinition")]
    inputs = [one for each in said for one in each.inputs]
    everything = common["extensions"].inherit_variables or any(each.inherit_variables for each in said)
    extensions = replace(common["extensions"], inherit_variables=everything)
    return {"inputs": (*common["inputs"], *inputs), "extensions": extensions}


def _sent_by_work(element: Element, common: dict[str, Any]) -> Task | None:
    """A message that a machine actor sends, as in Camunda 7 and Zeebe: the event asks for work, as a send task does."""
    thrown = element.first("messageEventDefinition")
    if thrown is None or element.name not in ("intermediateThrowEvent", "endEvent"):
        return None
    said, own = dialect.extensions(thrown)[0], common["extensions"]
    capability = said.capability or own.capability
    if capability is None:
        return None
    return Task(**common | {"type": "sendTask", "extensions": replace(own, capability=capability)})


def _gateway(reader: Reader, element: Element, common: dict[str, Any]) -> Gateway:
    return Gateway(
        **common,
        activation=reader.formula(element, element.first("activationCondition")),
        instantiate=element.get("instantiate") == "true",
        parallel=element.get("eventGatewayType") == "Parallel",
    )


def _activity(reader: Reader, element: Element, around: Surroundings, id: str) -> dict[str, Any]:
    return {
        "loop": _loop(reader, element),
        "boundaries": tuple(around.boundaries.get(id, ())),
        "handler": around.handlers.get(id),
        "for_compensation": element.get("isForCompensation") == "true",
    }


def _loop(reader: Reader, element: Element) -> Loop | None:
    standard = element.first("standardLoopCharacteristics")
    if standard is not None:
        return Loop(
            "standard",
            condition=reader.formula(element, standard.first("loopCondition")),
            test_before=standard.get("testBefore") == "true",
            maximum=reader.formula(element, standard.first("loopMaximum"), standard.get("loopMaximum")),
        )
    several = element.first("multiInstanceLoopCharacteristics")
    return None if several is None else _multi_instance(reader, element, several)


def _multi_instance(reader: Reader, element: Element, several: Element) -> Loop:
    extensions, faults = dialect.extensions(several)
    for fault in faults:
        reader.fault(element, fault.sentence, fault.severe)
    cardinality = reader.formula(element, several.first("loopCardinality"))
    collection = extensions.collection or _collection(reader, element, several)
    thrown = several.get("noneBehaviorEventRef") or several.get("oneBehaviorEventRef")
    if thrown or several.first("complexBehaviorDefinition") is not None:
        reader.fault(element, "Events that a loop throws as its instances complete are not supported.")
    if cardinality is None and collection is None:
        reader.fault(element, "A multi-instance activity needs a cardinality or a collection.")
    inside = several.first("inputDataItem")
    return Loop(
        "sequential" if several.get("isSequential") == "true" else "parallel",
        cardinality=cardinality,
        collection=collection,
        element=extensions.element_variable or _item_name(reader, inside),
        index=extensions.element_index_variable or "loopCounter",
        completion=reader.formula(element, several.first("completionCondition")),
        first=extensions.first_index,
        outputs=tuple(_outputs(reader, element, several, extensions)),
        result=_item_name(reader, several.first("outputDataItem")),
        gathered=extensions.gathered,
    )


def _outputs(
    reader: Reader, element: Element, several: Element, extensions: Extensions
) -> Iterator[tuple[str | Formula, Formula | None]]:
    """The collections that the instances fill: the standard's, and those of extensions."""
    output = several.first("loopDataOutputRef")
    each = _item_name(reader, several.first("outputDataItem"))
    if output is not None:
        taken = _of_loop(element, "dataOutputAssociation")
        target = taken.first("targetRef") if taken is not None else None
        name = reader.data_name((target or output).text)
        yield name, reader.name_formula(element, each) if each else None
    yield from extensions.collected


def _collection(reader: Reader, element: Element, several: Element) -> Formula | None:
    """A reference to data, brought in by an association or there already, or an expression (as Flowable allows)."""
    brought = _of_loop(element, "dataInputAssociation")
    if brought is not None:
        return next((transfer.source for transfer in reader.association(element, brought)), None)
    reference = several.first("loopDataInputRef")
    if reference is None:
        return None
    text = reference.text.strip()
    if juel.holds_juel(text):
        return reader.compile(element, text)
    return reader.name_formula(element, reader.data_name(text))


def _item_name(reader: Reader, item: Element | None) -> str | None:
    return None if item is None else item.get("name") or reader.id(item)


def _sub_process(reader: Reader, element: Element, around: Surroundings, common: dict[str, Any]) -> SubProcess:
    kinds = {"transaction": "transaction", "adHocSubProcess": "adHoc", "subProcess": "embedded"}
    kind = "event" if element.get("triggeredByEvent") == "true" else kinds[element.name]
    return SubProcess(
        **common,
        kind=kind,
        body=around.bodies.get(common["id"], Body()),
        completion=reader.formula(element, element.first("completionCondition")),
        sequential=element.get("ordering") == "Sequential",
        cancel_remaining=element.get("cancelRemainingInstances") != "false",
    )


def _call(reader: Reader, element: Element, common: dict[str, Any], extensions: Extensions) -> CallActivity:
    case = dialect.vendor(element, "caseRef", "caseDefinitionKey")
    zeebe = next((child.get("processId") for child in dialect.vendor_elements(element, "calledElement")), None)
    written = case or element.get("calledElement") or zeebe
    if not written:
        reader.fault(element, "A call activity must say what it calls (calledElement).")
    called = reader.value(element, written or "") or plain("")
    if called.constant is not None:
        called = plain(local(called.constant) or "")
    return CallActivity(**common, called=called, kind="case" if _calls_case(element, case) else "process")


def _calls_case(element: Element, case: str | None) -> bool:
    return case is not None or (dialect.vendor(element, "calledElementType") or "").lower() == "case"


def _task(reader: Reader, element: Element, common: dict[str, Any], extensions: Extensions) -> Node:
    kind = dialect.vendor(element, "type")
    if element.name == "serviceTask" and kind == "case":
        return _call(reader, element, common | {"type": "callActivity"}, extensions)
    if element.name == "serviceTask" and kind == "dmn":
        common["type"] = "businessRuleTask"
    if extensions.sent is not None:
        return sending(common, extensions, extensions.sent)
    reading = READERS.get(common["type"], plain_task)
    return Task(**common, **reading(reader, element, extensions))
