"""What do a vendor's attributes on a CMMN or BPMN element say, in one neutral form?

Models come from Flowable (`flowable:`, before that `activiti:`), Camunda 7 (`camunda:`), Zeebe (`zeebe:`) and from here
(`urn:casewright:model:1`). They say the same things in different words: who does a task, with which form, what kind of
machine work it is, what goes in and comes out. Both behaviours read that from here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from orchestration.engine import juel
from orchestration.engine.expressions import BadExpression, Formula, formula, setting
from orchestration.engine.library import Fault
from orchestration.engine.step import Step
from orchestration.engine.xml import Element

Json = Any

CASEWRIGHT: Final = "urn:casewright:model:1"
VENDORS: Final = (
    CASEWRIGHT,
    "http://flowable.org/cmmn",
    "http://flowable.org/bpmn",
    "http://activiti.org/bpmn",
    "http://activiti.org/cmmn",
    "http://camunda.org/schema/1.0/bpmn",
    "http://camunda.org/schema/1.0/cmmn",
    "http://camunda.org/schema/zeebe/1.0",
)
"""The namespaces that are read as extensions, the first one that says a thing wins."""


@dataclass(frozen=True, slots=True)
class Transfer:
    """One value carried into or out of an activity: `source` is evaluated on the side it comes from."""

    source: Formula
    target: Formula


@dataclass(frozen=True, slots=True)
class Assignment:
    """One step of a script: a variable set to a value; a `local` name lives only while the script runs."""

    variable: str
    value: Formula
    local: bool = False


@dataclass(frozen=True, slots=True)
class Script:
    """What a script or an expression does that is run for its effect: assignments in order, then perhaps a result."""

    assignments: tuple[Assignment, ...] = ()
    result: Formula | None = None


@dataclass(frozen=True, slots=True)
class Plans:
    """What the answer to a machine's task may add to the plan: `value`, over `result`, names some of `items`."""

    items: tuple[str, ...]
    value: Formula


@dataclass(frozen=True, slots=True)
class Extensions:
    """All that vendors' extensions say about one element."""

    assignee: Formula | None = None
    candidate_users: tuple[Formula, ...] = ()
    candidate_groups: tuple[Formula, ...] = ()
    form: Formula | None = None
    due: Formula | None = None
    priority: Formula | None = None
    capability: Formula | None = None
    expression: Script | None = None
    result_variable: str | None = None
    inputs: tuple[Transfer, ...] = ()
    outputs: tuple[Transfer, ...] = ()
    plans: Plans | None = None
    inherit_variables: bool = False
    return_all: bool = False
    business_key: Formula | None = None
    collection: Formula | None = None
    element_variable: str | None = None
    element_index_variable: str | None = None
    output_collection: str | None = None
    output_element: Formula | None = None
    fields: Mapping[str, Formula] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)


def script(text: str, format: str = "") -> Script:
    """The body of a script in `format` (empty: JUEL or FEEL by its looks). Raises BadExpression."""
    known = format.lower()
    if "feel" in known or (not known and not juel.holds_juel(text)):
        return Script(result=formula(text))
    if known and known not in juel.SCRIPT_FORMATS:
        raise BadExpression(f"scripts in {format} do not run here; FEEL does")
    try:
        read = juel.setting(text)
    except juel.JuelRefused as error:
        raise BadExpression(f"the script cannot be translated: {error}") from None
    steps = (Assignment(a.variable, formula(a.value.text, a.value.names), a.local) for a in read.assignments)
    return Script(tuple(steps), None if read.result is None else formula(read.result.text, read.result.names))


def run(step: Step, script: Script, instance: int, item: int | None) -> tuple[dict[str, Json], Json]:
    """What the script would set, and its result, as seen from an item; nothing is written."""
    changes: dict[str, Json] = {}
    own: dict[str, Json] = {}
    for assignment in script.assignments:
        value = step.evaluate(assignment.value, instance, item, {**changes, **own})
        (own if assignment.local else changes)[assignment.variable] = value
    result = script.result
    return changes, None if result is None else step.evaluate(result, instance, item, {**changes, **own})


def people(step: Step, values: tuple[Formula, ...], instance: int, item: int | None) -> tuple[str, ...]:
    """Names of users or groups: each value may give one, a list, or a text with commas."""
    found: list[str] = []
    for value in values:
        given = step.evaluate(value, instance, item)
        for one in given if isinstance(given, list) else str(given or "").split(","):
            if one is not None and str(one).strip():
                found.append(str(one).strip())
    return tuple(dict.fromkeys(found))


def vendor(element: Element, *names: str) -> str | None:
    """The first extension attribute with one of these local names."""
    for name in names:
        for namespace in VENDORS:
            found = element.attributes.get(f"{{{namespace}}}{name}")
            if found is not None:
                return found
    return None


def vendor_elements(element: Element, *names: str) -> list[Element]:
    """The extension elements with one of these local names, as they stand in the model."""
    return [
        child
        for holder in element.all("extensionElements")
        for child in holder.children
        if child.name in names and child.namespace in VENDORS
    ]


def extensions(element: Element) -> tuple[Extensions, tuple[Fault, ...]]:
    """One element's extensions in the neutral form, and a fault for each expression in them that is refused."""
    reader = _Reader(element)
    return reader.read(), tuple(reader.faults)


class _Reader:
    def __init__(self, element: Element) -> None:
        self.element = element
        self.faults: list[Fault] = []

    def read(self) -> Extensions:
        return Extensions(
            assignee=self.assigned("assignee"),
            candidate_users=self.several("candidateUsers"),
            candidate_groups=self.several("candidateGroups"),
            form=self.value(
                vendor(self.element, "form", "formKey", "formRef") or self.inner("formDefinition", "formKey", "formId")
            ),
            due=self.value(vendor(self.element, "due", "dueDate") or self.inner("taskSchedule", "dueDate")),
            priority=self.value(vendor(self.element, "priority") or self.inner("priorityDefinition", "priority")),
            capability=self.capability(),
            expression=self.expression(),
            result_variable=vendor(self.element, "resultVariable", "resultVariableName")
            or self.inner("script", "resultVariable")
            or self.inner("calledDecision", "resultVariable"),
            inputs=tuple(self.inputs()),
            outputs=tuple(self.outputs()),
            plans=self.plans(),
            inherit_variables=self.inherits(),
            return_all=self.returns_all(),
            business_key=self.business_key(),
            fields=dict(self.fields()),
            attributes=dict(self.attributes()),
            **self.loop(),
        )

    def value(self, text: str | None) -> Formula | None:
        if text is None:
            return None
        try:
            return setting(text)
        except BadExpression as error:
            self.refuse(str(error))
            return None

    def expression(self) -> Script | None:
        text = vendor(self.element, "expression")
        try:
            return None if text is None else script(text, "juel")
        except BadExpression as error:
            self.refuse(str(error))
            return None

    def condition(self, text: str) -> Formula | None:
        try:
            return formula(text)
        except BadExpression as error:
            self.refuse(str(error))
            return None

    def refuse(self, message: str) -> None:
        element = self.element
        self.faults.append(Fault(element.get("id") or element.name, message, element.line))

    def inner(self, name: str, *attributes: str) -> str | None:
        """An attribute of the extension element of this name (Zeebe says most things so)."""
        for child in vendor_elements(self.element, name):
            for attribute in attributes:
                if (found := child.get(attribute)) is not None:
                    return found
        return None

    def assigned(self, name: str) -> Formula | None:
        return self.value(vendor(self.element, name) or self.inner("assignmentDefinition", name))

    def several(self, name: str) -> tuple[Formula, ...]:
        """A list separated by commas; an expression stands for itself, also with commas in it."""
        text = vendor(self.element, name) or self.inner("assignmentDefinition", name) or ""
        pieces = [text] if text.lstrip().startswith("=") or juel.holds_juel(text) else text.split(",")
        values = [self.value(piece.strip()) for piece in pieces if piece.strip()]
        return tuple(value for value in values if value is not None)

    def capability(self) -> Formula | None:
        delegate = vendor(self.element, "class", "delegateExpression")
        named = vendor(self.element, "capability", "topic") or self.inner("taskDefinition", "type")
        kind = vendor(self.element, "type")
        if named is None and delegate is not None:
            return setting(delegate.strip().removeprefix("${").removeprefix("#{").removesuffix("}"))
        return self.value(named or (kind if kind != "external" else None))

    def inputs(self) -> Iterator[Transfer]:
        yield from self.own("input")
        for child in vendor_elements(self.element, "in"):
            yield from self.carried(child)
        for holder in vendor_elements(self.element, "inputOutput"):
            for child in holder.all("inputParameter"):
                yield from self.transfer(self.value(_parameter(child)), child.get("name"))
        yield from self.mapped("input")

    def outputs(self) -> Iterator[Transfer]:
        yield from self.own("output")
        for child in vendor_elements(self.element, "out"):
            yield from self.carried(child)
        for holder in vendor_elements(self.element, "inputOutput"):
            for child in holder.all("outputParameter"):
                yield from self.transfer(self.value(_parameter(child)), child.get("name"))
        yield from self.mapped("output")

    def own(self, name: str) -> Iterator[Transfer]:
        for child in vendor_elements(self.element, name):
            if child.namespace == CASEWRIGHT:
                yield from self.transfer(self.value(child.get("value", "")), child.get("name"))

    def plans(self) -> Plans | None:
        """`casewright:plan`: discretionary items that an answer may name, and where it names them."""
        for child in vendor_elements(self.element, "plan"):
            value = self.value(child.get("value", "=result.plan"))
            if child.namespace == CASEWRIGHT and value is not None:
                return Plans(tuple((child.get("items") or "").replace(",", " ").split()), value)
        return None

    def mapped(self, name: str) -> Iterator[Transfer]:
        """`zeebe:ioMapping`: the source is FEEL."""
        for holder in vendor_elements(self.element, "ioMapping"):
            for child in holder.all(name):
                yield from self.transfer(self.condition(child.get("source") or ""), child.get("target"))

    def carried(self, child: Element) -> Iterator[Transfer]:
        """`flowable:in` and `:out`, `camunda:` too: `source` is a variable, `sourceExpression` JUEL."""
        source, expression = child.get("source"), child.get("sourceExpression")
        target = child.get("target") or child.get("targetExpression")
        if expression is not None:
            yield from self.transfer(self.value(expression), target)
        elif source is not None:
            yield from self.transfer(self.value(source) if juel.holds_juel(source) else self.condition(source), target)

    def transfer(self, source: Formula | None, target: str | None) -> Iterator[Transfer]:
        to = self.value(target)
        if target is None:
            self.refuse("a mapping does not say where its value goes (no name or target)")
        elif source is not None and to is not None:
            yield Transfer(source, to)

    def inherits(self) -> bool:
        propagated = self.inner("calledElement", "propagateAllParentVariables")
        everything = any(child.get("variables") == "all" for child in vendor_elements(self.element, "in"))
        return everything or vendor(self.element, "inheritVariables") == "true" or propagated == "true"

    def returns_all(self) -> bool:
        propagated = self.inner("calledElement", "propagateAllChildVariables")
        return propagated == "true" or any(
            child.get("variables") == "all" for child in vendor_elements(self.element, "out")
        )

    def business_key(self) -> Formula | None:
        inner = next((key for child in vendor_elements(self.element, "in") if (key := child.get("businessKey"))), None)
        return self.value(vendor(self.element, "businessKey") or inner)

    def loop(self) -> dict[str, Any]:
        """What the extensions of an element, or of its loop characteristics, say about a collection."""
        element = self.element
        collection = vendor(element, "collection", "collectionVariable")
        inner = self.inner("loopCharacteristics", "inputCollection")
        named = collection is not None and not juel.holds_juel(collection)
        output = self.inner("loopCharacteristics", "outputElement")
        return {
            "collection": self.condition(collection) if named and collection else self.value(inner or collection),
            "element_variable": vendor(element, "elementVariable", "elementVariableName")
            or self.inner("loopCharacteristics", "inputElement"),
            "element_index_variable": vendor(element, "elementIndexVariable", "elementIndexVariableName"),
            "output_collection": self.inner("loopCharacteristics", "outputCollection"),
            "output_element": self.condition(output) if output else None,
        }

    def fields(self) -> Iterator[tuple[str, Formula]]:
        """`flowable:field` elements, by which a model configures the work it asks for."""
        for child in vendor_elements(self.element, "field"):
            body = child.first("string", "expression")
            text = child.get("stringValue") or child.get("expression") or (body.text.strip() if body else "")
            value = self.value(text)
            if value is not None:
                yield child.get("name") or "", value

    def attributes(self) -> Iterator[tuple[str, str]]:
        for key, text in reversed(self.element.attributes.items()):
            namespace, _, name = key[1:].partition("}")
            if namespace in VENDORS:
                yield name, text


def _parameter(child: Element) -> str:
    """`camunda:inputParameter`: text, or a script whose body is an expression."""
    script = child.first("script")
    return f"={script.text.strip()}" if script is not None else child.text.strip()
