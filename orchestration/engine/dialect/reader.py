"""What do the extensions of one element say in the neutral form?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from orchestration.engine import juel
from orchestration.engine.compiled_models import Fault
from orchestration.engine.decisions import DECISION_FORMS
from orchestration.engine.dialect.listeners import lifecycle, listening
from orchestration.engine.dialect.loops import aggregations, loop
from orchestration.engine.dialect.mappings import inputs, outputs
from orchestration.engine.dialect.registry_events import heard, sends, sent
from orchestration.engine.dialect.remarks import remark
from orchestration.engine.dialect.scripts import carried_out
from orchestration.engine.dialect.texts import Texts
from orchestration.engine.dialect.values import Aggregation, Extensions, Plans, Script
from orchestration.engine.dialect.vendors import CAMUNDA_7, CASEWRIGHT, VENDORS, inner, vendor, vendor_elements
from orchestration.engine.expressions import BadExpression, Formula, formula, plain
from orchestration.engine.feel.problems import quote
from orchestration.engine.xml import Element

_KEPT: Final = {
    "taskIdVariableName": "id",
    "taskNameVariableName": "name",
    "assigneeVariableName": "assignee",
    "idVariableName": "called",
    "processInstanceIdVariableName": "called",
    "caseInstanceIdVariableName": "called",
}
_SKIPS: Final = ("_FLOWABLE_SKIP_EXPRESSION_ENABLED", "_ACTIVITI_SKIP_EXPRESSION_ENABLED")
"""The variables, one of which must be true before a skip expression counts (Flowable's user guide)."""


def extensions(element: Element) -> tuple[Extensions, tuple[Fault, ...]]:
    """One element's extensions in the neutral form, and a fault for each that is refused, or not carried out."""
    reader = _Reader(element)
    found = reader.read()
    remark(reader)
    return found, tuple(reader.faults)


def gathering(element: Element) -> tuple[tuple[Aggregation, ...], tuple[Fault, ...]]:
    """What a repetition rule gathers of its repetitions, and a fault for each thing that is refused."""
    texts = Texts(element)
    return tuple(aggregations(texts)), tuple(texts.faults)


class _Reader(Texts):
    def read(self) -> Extensions:
        element, call = self.element, self.call()
        return Extensions(
            assignee=self.assigned("assignee"),
            candidate_users=self.several("candidateUsers"),
            candidate_groups=self.several("candidateGroups"),
            form=self.value(
                vendor(element, "form", "formKey", "formRef")
                or inner(element, "formDefinition", "formKey", "formId", "externalReference")
            ),
            due=self.value(vendor(element, "due", "dueDate") or inner(element, "taskSchedule", "dueDate")),
            priority=self.value(vendor(element, "priority") or inner(element, "priorityDefinition", "priority")),
            capability=plain(call.name) if call is not None else self.capability(),
            expression=None if call is not None else self.expression(),
            result_variable=vendor(element, "resultVariable", "resultVariableName")
            or inner(element, "script", "resultVariable")
            or inner(element, "calledDecision", "resultVariable"),
            decision_form=self.decision_form(),
            skip=self.skip(),
            inputs=inputs(self),
            outputs=outputs(self),
            inherit_variables=self.inherits(),
            inherit_own=self.inherits_own(),
            return_all=self.returns_all(),
            business_key=self.business_key(),
            plans=self.plans(),
            listeners=tuple(listening(element)),
            moved=tuple(lifecycle(element)),
            named=tuple(self.named()),
            heard=heard(self),
            sent=sent(self),
            fields={**dict(self.fields()), **({} if call is None else self.arguments(call))},
            attributes=dict(self.attributes()),
            **loop(self),
        )

    def named(self) -> Iterator[tuple[str, Formula]]:
        """Variables in which Flowable keeps what a task or a call is known by."""
        for attribute, kind in _KEPT.items():
            name = self.value(vendor(self.element, attribute) or None)
            if name is not None:
                yield kind, name

    def expression(self) -> Script | None:
        text = vendor(self.element, "expression")
        return None if text is None else self.tried(lambda: carried_out(text))

    def call(self) -> juel.Call | None:
        """The work that an expression names which cannot be evaluated here: the method of a bean."""
        text = vendor(self.element, "expression")
        try:
            return None if text is None or _reads(text) else juel.work(text)
        except juel.JuelRefused:
            return None

    def arguments(self, call: juel.Call) -> dict[str, Formula]:
        return {name: formula(value.text, value.names) for name, value in call.arguments.items()}

    def decision_form(self) -> str | None:
        """Camunda 7 writes a decision's result in one of four forms, as a list of rows if the model does not say."""
        names = ("decisionRef", "resultVariable", "mapDecisionResult")
        own = any(f"{{{namespace}}}{name}" in self.element.attributes for namespace in CAMUNDA_7 for name in names)
        decides = self.element.name in ("businessRuleTask", "decisionTask") and vendor(self.element, "type") is None
        if not (own and decides):
            return None
        form = vendor(self.element, "mapDecisionResult") or "resultList"
        if form not in DECISION_FORMS:
            self.fault(f"There is no form {quote(form)} of a decision's result; there are {', '.join(DECISION_FORMS)}.")
            return None
        return form

    def skip(self) -> Formula | None:
        text = vendor(self.element, "skipExpression")
        if text is None:
            return None
        if not juel.holds_juel(text):
            text = f"${{{text}}}"
        return self.condition(f"${{({' || '.join(_SKIPS)}) && ({text.strip()[2:-1]})}}")

    def assigned(self, name: str) -> Formula | None:
        return self.value(vendor(self.element, name) or inner(self.element, "assignmentDefinition", name))

    def several(self, name: str) -> tuple[Formula, ...]:
        """A list separated by commas; FEEL stands for itself, also with commas in it."""
        text = vendor(self.element, name) or inner(self.element, "assignmentDefinition", name) or ""
        pieces = [text] if text.lstrip().startswith("=") else _pieces(text)
        values = [self.value(piece.strip()) for piece in pieces if piece.strip()]
        return tuple(value for value in values if value is not None)

    def capability(self) -> Formula | None:
        element = self.element
        if sends(element):
            return None
        delegate = vendor(element, "class", "delegateExpression")
        named = vendor(element, "capability", "topic") or inner(element, "taskDefinition", "type")
        for connector in vendor_elements(element, "connector"):
            id = connector.first("connectorId")
            named = named or (id.text.strip() if id is not None else None)
        kind = vendor(element, "type")
        if named is None and delegate is not None:
            return plain(delegate.strip().removeprefix("${").removeprefix("#{").removesuffix("}"))
        return self.value(named or (kind if kind != "external" else None))

    def inherits(self) -> bool:
        everything = any(not local for local in self.all_of("in"))
        return everything or vendor(self.element, "inheritVariables") == "true" or self.propagates("Parent")

    def inherits_own(self) -> bool:
        """Camunda 7's `local`; in a call of Zeebe, what is mapped is the activity's own and goes in."""
        return any(self.all_of("in")) or bool(vendor_elements(self.element, "calledElement", "ioMapping"))

    def returns_all(self) -> bool:
        """In Zeebe what is mapped takes the place of everything."""
        mapped = any(holder.all("output") for holder in vendor_elements(self.element, "ioMapping"))
        return any(not local for local in self.all_of("out")) or (self.propagates("Child") and not mapped)

    def all_of(self, name: str) -> Iterator[bool]:
        """For each mapping of all variables at once (Camunda 7), whether it is of local ones only."""
        for child in vendor_elements(self.element, name):
            if child.get("variables") == "all":
                yield child.get("local") == "true"

    def propagates(self, whose: str) -> bool:
        """Zeebe carries all variables to the called process and back unless the model says otherwise."""
        called = vendor_elements(self.element, "calledElement")
        return any(child.get(f"propagateAll{whose}Variables") != "false" for child in called)

    def business_key(self) -> Formula | None:
        keys = (child.get("businessKey") for child in vendor_elements(self.element, "in"))
        return self.value(vendor(self.element, "businessKey") or next(filter(None, keys), None))

    def plans(self) -> Plans | None:
        """`casewright:plan`: discretionary items that an answer may name, and where it names them."""
        for child in vendor_elements(self.element, "plan"):
            value = self.value(child.get("value", "=result.plan"))
            if child.namespace == CASEWRIGHT and value is not None:
                return Plans(tuple((child.get("items") or "").replace(",", " ").split()), value)
        return None

    def fields(self) -> Iterator[tuple[str, Formula]]:
        """`flowable:field` elements and Zeebe's headers, by which a model configures the work it asks for."""
        for child in vendor_elements(self.element, "field"):
            body = child.first("string", "expression")
            text = child.get("stringValue") or child.get("expression") or (body.text.strip() if body else "")
            value = self.value(text)
            if value is not None:
                yield child.get("name") or "", value
        for holder in vendor_elements(self.element, "taskHeaders"):
            for child in holder.all("header"):
                yield child.get("key") or "", plain(child.get("value") or "")

    def attributes(self) -> Iterator[tuple[str, str]]:
        for key, text in reversed(self.element.attributes.items()):
            namespace, _, name = key[1:].partition("}")
            if namespace in VENDORS:
                yield name, text


def _reads(text: str) -> bool:
    """Whether an expression can be evaluated, or sets variables."""
    try:
        carried_out(text)
    except BadExpression:
        return False
    return True


def _pieces(text: str) -> list[str]:
    """The parts between commas that are not inside an expression."""
    found, depth, start = [], 0, 0
    for place, sign in enumerate(text):
        depth += (sign in "{([") - (sign in "})]")
        if sign == "," and depth == 0:
            found.append(text[start:place])
            start = place + 1
    return [*found, text[start:]]
