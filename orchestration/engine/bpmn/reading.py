"""What do the elements around the processes say, to which their nodes refer?

Messages, signals, errors, escalations, event definitions, data and correlation keys stand beside the processes in a
definitions element (BPMN 2.0, clauses 8.3 and 8.4). `Reader` holds them by id for the parsers of processes and nodes,
turns texts into formulas, and gathers a fault, with element and line, for each thing that is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Final, TypeVar

from orchestration.engine import dialect, juel
from orchestration.engine.bpmn.model import EventDefinition
from orchestration.engine.compiled_models import Fault
from orchestration.engine.dialect import Extensions, Heard, Transfer
from orchestration.engine.expressions import BadExpression, Formula, formula, plain, setting
from orchestration.engine.timers import BadTimer, schedule
from orchestration.engine.xml import Element

T = TypeVar("T")

BPMN: Final = dialect.BPMN

KINDS: Final = {
    "messageEventDefinition": "message",
    "timerEventDefinition": "timer",
    "signalEventDefinition": "signal",
    "errorEventDefinition": "error",
    "escalationEventDefinition": "escalation",
    "conditionalEventDefinition": "conditional",
    "linkEventDefinition": "link",
    "compensateEventDefinition": "compensation",
    "cancelEventDefinition": "cancel",
    "terminateEventDefinition": "terminate",
}


def local(reference: str | None) -> str | None:
    """The id in a reference, which may be a qualified name."""
    return None if reference is None else reference.strip().rpartition(":")[2]


def of_registry(heard: Heard, line: int) -> EventDefinition:
    """An event of Flowable's event registry as the message that it is here."""
    return EventDefinition("message", heard.name, heard=heard, line=line)


class Reader:
    """The referable elements of one file by id, and the faults found so far."""

    def __init__(self, root: Element, file: str) -> None:
        self.root = root
        self.file = file
        self.faults: list[Fault] = []
        self.by_id: dict[str, Element] = {}
        self.named: dict[int, str] = {}
        self._gather()

    def _gather(self) -> None:
        count: dict[str, int] = {}
        for element in self.root.walk():
            if element.namespace != BPMN:
                continue
            name = element.get("id")
            if not name:
                count[element.name] = count.get(element.name, 0) + 1
                name = f"{element.name}#{count[element.name]}"
            elif name in self.by_id:
                self.fault(element, f"The id '{name}' is used twice, first in line {self.by_id[name].line}.")
            self.named[id(element)] = name
            self.by_id.setdefault(name, element)

    def id(self, element: Element) -> str:
        """The element's id; those that have none are numbered by kind in document order."""
        return self.named[id(element)]

    def fault(self, element: Element, sentence: str, severe: bool = True) -> None:
        named = self.named.get(id(element)) or element.get("id") or element.name
        self.faults.append(Fault(named, sentence, element.line, self.file, severe))

    # -- expressions

    def formula(self, owner: Element, body: Element | None, text: str | None = None) -> Formula | None:
        """The expression in an element's text; a fault of `owner` where it is refused."""
        written = text if text is not None else body.text if body is not None else ""
        if not written.strip():
            return None
        language = (body.get("language") or "") if body is not None else ""
        if language.lower() in juel.SCRIPT_FORMATS and not juel.holds_juel(written):
            return self.tried(owner, lambda: dialect.value_of(written, language))
        if language and not any(known in language.lower() for known in ("feel", "juel", "xpath", "uel")):
            self.fault(owner, f"Expressions in {language} do not run here; FEEL and JUEL do.")
            return None
        return self.compile(owner, written)

    def extensions(self, element: Element) -> Extensions:
        """What vendors' extensions say about an element that is no flow node; faults are kept."""
        found, faults = dialect.extensions(element)
        for fault in faults:
            self.fault(element, fault.sentence, fault.severe)
        return found

    def flow_condition(self, flow: Element) -> Formula | None:
        """The condition of a sequence flow; where the flow may be skipped (Flowable), that opens it too."""
        condition, skip = self.formula(flow, flow.first("conditionExpression")), self.extensions(flow).skip
        return condition if condition is None or skip is None else dialect.either(skip, condition)

    def tried(self, owner: Element, read: Callable[[], T]) -> T | None:
        """What is read, or a fault of its owner where it is refused."""
        try:
            return read()
        except BadExpression as error:
            self.fault(owner, f"{error}")
            return None

    def compile(self, owner: Element, text: str) -> Formula | None:
        return self.tried(owner, lambda: formula(text))

    def value(self, owner: Element, text: str | None) -> Formula | None:
        return None if text is None else self.tried(owner, lambda: setting(text))

    def name_formula(self, owner: Element, name: str) -> Formula | None:
        """A variable by its name, whatever signs it has in it."""
        return self.tried(owner, lambda: formula(name, (name,)))

    # -- events

    def definitions(self, event: Element) -> Iterator[EventDefinition]:
        """The event definitions of an event, also those that it refers to."""
        for child in event.children:
            found: Element | None = child
            if child.name == "eventDefinitionRef":
                found = self.by_id.get(local(child.text) or "")
                if found is None:
                    self.fault(event, f"There is no event definition '{child.text.strip()}'.")
            if found is not None and found.name in KINDS and found.namespace == BPMN:
                yield self.definition(event, found)
        for listens in dialect.vendor_elements(event, "variableListenerEventDefinition"):
            yield self.listener(event, listens)
        said = dialect.extensions(event)[0]
        if said.heard is not None:
            yield of_registry(said.heard, event.line)
        if said.sent is not None:
            yield EventDefinition("message", said.sent.name, line=event.line)

    def definition(self, event: Element, element: Element) -> EventDefinition:
        kind = KINDS[element.name]
        line = element.line
        match kind:
            case "message":
                return self.message(event, element, line)
            case "signal":
                ref = element.get("signalRef")
                name = self.referred(event, "signal", ref, "name", element)
                declared = self.by_id.get(local(ref) or "", element)
                here = dialect.vendor(declared, "scope") == "processInstance"
                return EventDefinition(kind, name, local(ref), local=here, line=line)
            case "error" | "escalation":
                return self.failure(event, element, kind)
            case "timer":
                return self.timer(event, element)
            case "conditional":
                condition = self.formula(event, element.first("condition"))
                if condition is None and element.first("condition") is None:
                    self.fault(event, "A conditional event needs a condition.")
                return EventDefinition(kind, condition=condition, line=line)
            case "link":
                return EventDefinition(kind, plain(element.get("name") or ""), line=line)
            case "compensation":
                wait = element.get("waitForCompletion") != "false"
                return EventDefinition(kind, activity=local(element.get("activityRef")), wait=wait, line=line)
        flags = {"terminateAll": "all", "terminateMultiInstance": "loop"}
        reach = next((far for flag, far in flags.items() if dialect.vendor(element, flag) == "true"), "")
        return EventDefinition(kind, reach=reach, line=line)

    def message(self, owner: Element, element: Element, line: int) -> EventDefinition:
        """What `messageRef` of an event definition or a task refers to."""
        reference = element.get("messageRef")
        name = self.referred(owner, "message", reference, "name", element)
        declared = self.by_id.get(local(reference) or "")
        keys = [declared.get("correlationKey"), dialect.vendor(declared, "correlation")] if declared is not None else []
        for child in dialect.vendor_elements(declared, "subscription") if declared is not None else []:
            keys.append(child.get("correlationKey"))
        text = next((key for key in keys if key), None)
        key = None if text is None else self.compile(owner, text)
        return EventDefinition("message", name, local(reference), correlation=(key,) if key else (), line=line)

    def listener(self, event: Element, element: Element) -> EventDefinition:
        """Flowable's variable listener."""
        name = (element.get("variableName") or "").strip()
        if not name:
            self.fault(event, "The variable listener names no variable.")
        change = element.get("variableChangeType") or "all"
        return EventDefinition("variable", plain(name), change=change, line=element.line)

    def referred(
        self, owner: Element, kind: str, reference: str | None, attribute: str, element: Element
    ) -> Formula | None:
        """The name of the message or signal that an event definition refers to."""
        expression = dialect.vendor(element, f"{kind}Expression")
        if expression is not None:
            return self.value(owner, expression)
        found = self.by_id.get(local(reference) or "")
        if found is None or found.name != kind:
            what = "none" if not reference else f"'{reference}', which is not there"
            throws_nothing = not reference and owner.name in ("endEvent", "intermediateThrowEvent")
            self.fault(owner, f"A {kind} event must refer to a {kind}; it refers to {what}.", not throws_nothing)
            return None
        return self.value(owner, found.get(attribute) or found.get("id"))

    def failure(self, event: Element, element: Element, kind: str) -> EventDefinition:
        """An error or escalation, with the variables in which vendors keep what was caught."""
        declared = self.by_id.get(local(element.get(f"{kind}Ref")) or "")
        said = None if declared is None else dialect.vendor(declared, "errorMessage")
        return EventDefinition(
            kind,
            self.code(event, kind, element),
            local(element.get(f"{kind}Ref")),
            message=self.value(event, said),
            code_variable=dialect.vendor(element, f"{kind}CodeVariable", f"{kind}VariableName") or None,
            message_variable=dialect.vendor(element, "errorMessageVariable") or None,
            passing=dialect.vendor(element, "errorVariableTransient") == "true",
            line=element.line,
        )

    def code(self, owner: Element, kind: str, element: Element) -> Formula | None:
        """The code of an error or escalation; a reference to nothing is taken as the code itself (as Flowable does)."""
        reference = element.get(f"{kind}Ref")
        if not reference:
            return None
        found = self.by_id.get(local(reference) or "")
        if found is None or found.name != kind:
            return self.value(owner, reference)
        return self.value(owner, found.get(f"{kind}Code") or found.get("id"))

    def timer(self, owner: Element, element: Element) -> EventDefinition:
        body = element.first("timeDate", "timeDuration", "timeCycle")
        text = dialect.clock(body) if body is not None else ""
        if body is None or not text:
            self.fault(owner, "A timer event needs a date, a duration or a cycle.")
            return EventDefinition("timer", line=element.line)
        value = self.value(owner, text)
        if value is not None and value.constant is not None:
            self._check_time(owner, value.constant)
        return EventDefinition("timer", clock=body.name, schedule=value, line=element.line)

    def _check_time(self, owner: Element, text: str) -> None:
        try:
            schedule(text, datetime(2000, 1, 1, tzinfo=UTC))
        except BadTimer as error:
            self.fault(owner, f"{error}")

    # -- data

    def data_name(self, reference: str) -> str:
        """The variable that a reference to data means: the name of the data object, input, output or property."""
        element = self.by_id.get(local(reference) or "")
        if element is None:
            return reference.strip()
        if element.name == "dataObjectReference" and element.get("dataObjectRef"):
            return self.data_name(element.get("dataObjectRef") or "")
        return element.get("name") or self.id(element)

    def association(self, element: Element, association: Element) -> Iterator[Transfer]:
        """A data input or output association (10.3.2) as transfers."""
        yield from self._assigned(element, association)
        source, target = association.first("sourceRef"), association.first("targetRef")
        if association.first("assignment") is None and source is not None and target is not None:
            changed = association.first("transformation")
            value = (
                self.formula(element, changed)
                if changed is not None
                else self.name_formula(element, self.data_name(source.text))
            )
            yield from self._to(element, value, target)

    def _assigned(self, element: Element, association: Element) -> Iterator[Transfer]:
        for assignment in association.all("assignment"):
            source, target = assignment.first("from"), assignment.first("to")
            if target is not None:
                yield from self._to(element, self.formula(element, source), target)

    def _to(self, element: Element, value: Formula | None, target: Element) -> Iterator[Transfer]:
        name = self.value(element, self.data_name(target.text))
        if value is not None and name is not None:
            yield Transfer(value, name)
