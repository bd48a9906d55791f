"""How does the XML of a CMMN 1.1 file become case models?

`compile_cases` reads every case of a file (chapter 5) into frozen values with what runs need looked up beforehand:
which on-parts an event reaches, which conditions a variable touches. It gives back the faults too, all at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from orchestration.engine.cmmn import index
from orchestration.engine.cmmn.definitions import Definitions
from orchestration.engine.cmmn.model import CaseFileItem, CaseModel, Node, Rule, Sentry, TableItem
from orchestration.engine.cmmn.reading import CMMN, Reader, local, references
from orchestration.engine.compiled_models import Fault
from orchestration.engine.dialect import VENDORS, Extensions, comes_from_flowable, extensions, vendor
from orchestration.engine.xml import Element

DEFINITIONS: Final = frozenset(
    [
        "stage",
        "planFragment",
        "task",
        "humanTask",
        "processTask",
        "caseTask",
        "decisionTask",
        "milestone",
        "eventListener",
        "userEventListener",
        "timerEventListener",
        "casePlanModel",
    ]
)

ELEMENTS: Final = DEFINITIONS | frozenset(
    (
        *("case", "caseFileModel", "caseFileItem", "children", "caseRoles", "role", "input", "output"),
        *("planItem", "itemControl", "defaultControl", "requiredRule", "repetitionRule", "manualActivationRule"),
        *("entryCriterion", "exitCriterion", "sentry", "planItemOnPart", "caseFileItemOnPart", "standardEvent"),
        *("ifPart", "condition", "planningTable", "discretionaryItem", "applicabilityRule", "parameterMapping"),
        *("inputParameter", "outputParameter", "transformation", "processRefExpression", "caseRefExpression"),
        *("decisionRefExpression", "timerExpression", "planItemStartTrigger", "caseFileItemStartTrigger"),
        *("documentation", "extensionElements", "relationship", "textAnnotation", "association", "text", "artifact"),
        *("inputCaseParameter", "outputCaseParameter", "property", "import", "body"),
    )
)
"""What may stand inside a case (chapter 5, and the exchange format's helpers)."""

MULTIPLICITIES: Final = ("ZeroOrOne", "ZeroOrMore", "ExactlyOne", "OneOrMore", "Unspecified", "Unknown")

_UNREAD: Final = {
    "variableOnPart": "waits for a variable to change, which is not heard here; use a condition",
}
"""Vendors' elements that would change what a case does, so that it is refused with them."""

_NUMBERED: Final = frozenset({"planItem", "discretionaryItem", "caseFileItem"})


def compile_cases(root: Element, file: str) -> tuple[dict[str, CaseModel], list[Fault]]:
    """case id -> model for a `definitions` element, and the faults; one with severe faults is not to be deployed."""
    cases: dict[str, CaseModel] = {}
    faults: list[Fault] = []
    if root.namespace not in CMMN:
        return {}, [Fault(root.name, f"This is no CMMN 1.1 (namespace {root.namespace!r}).", root.line, file)]
    outside = {id: child for child in root.children if child.namespace in CMMN and (id := child.get("id")) is not None}
    for element in root.all("case"):
        reader = _CaseReader(element, file, outside, comes_from_flowable(root))
        model = reader.read()
        faults.extend(reader.faults)
        if model is not None:
            if model.id in cases:
                faults.append(Fault(model.id, f"There are two cases {model.id!r}.", element.line, file))
            cases[model.id] = model
    if root.first("case") is None:
        faults.append(
            Fault(root.name, "There is no case in this file, so nothing in it can run.", root.line, file, False)
        )
    return cases, faults


class _CaseReader(Reader):
    def __init__(self, case: Element, file: str, outside: dict[str, Element], flowable: bool) -> None:
        super().__init__(file, flowable)
        self.case = case
        self.outside = outside
        self.elements: dict[str, Element] = {}
        self.definitions: dict[str, Element] = {}
        self.sentries: dict[str, Sentry] = {}
        self.nodes: dict[str, Node] = {}
        self.rules: dict[str, Rule] = {}
        self.files: dict[str, CaseFileItem] = {}

    def read(self) -> CaseModel | None:
        case = self.case
        plan = case.first("casePlanModel")
        if plan is None or not case.get("id"):
            self.fault(case, "A case needs an id and a case plan model.")
            return None
        for another in case.all("casePlanModel")[1:]:
            self.fault(another, "A case has one case plan model only.")
        self.gather()
        self.read_files()
        self.roles = dict(self.read_roles())
        self.sentries = {s.get("id") or "": self.sentry(s) for s in case.walk() if s.name == "sentry" and _own(s)}
        self.define = Definitions(self, self.outside, self.files)
        for holder in case.walk():
            if holder.name in ("casePlanModel", "stage", "planFragment") and _own(holder):
                self.read_container(holder)
        root = self.node(plan, plan, None)
        self.nodes[root.id] = root
        inputs, outputs = (dict(self.parameters(name)) for name in ("input", "output"))
        said = self.said()
        return index.build(
            case.get("id") or "",
            case.get("name") or case.get("id") or "",
            root,
            self.nodes,
            roles=self.roles,
            files=self.files,
            inputs=inputs,
            outputs=outputs,
            initiator=vendor(case, "initiatorVariableName"),
            flowable=self.flowable,
            begun_by=said.heard,
            moved=said.moved,
        )

    def said(self) -> Extensions:
        """What extensions say of the case: the event of a registry that begins it, its listeners."""
        found, faults = extensions(self.case)
        for fault in faults:
            self.fault(self.case, fault.sentence, fault.severe)
        return found

    def gather(self) -> None:
        _number(self.case)
        for element, holder in _with_holders(self.case):
            id = element.get("id")
            if element.namespace in VENDORS and element.name in _UNREAD:
                self.fault(holder, f"Its {element.name} {_UNREAD[element.name]}.")
            if _own(element) and element.name not in ELEMENTS:
                self.fault(element, f"{element.name!r} is no element of CMMN 1.1.")
            if not _own(element) or id is None:
                continue
            if id in self.elements:
                self.fault(element, f"The id {id!r} is used twice, first in line {self.elements[id].line}.")
            self.elements.setdefault(id, element)
            if element.name in DEFINITIONS:
                self.definitions[id] = element

    # -- the information model (5.3) and the roles (5.2.2)

    def read_files(self) -> None:
        for holder in self.case.all("caseFileModel"):
            for element in holder.all("caseFileItem"):
                self.read_file(element, None)
        self.names = tuple(item.name for item in self.files.values())

    def read_file(self, element: Element, parent: str | None) -> str:
        id, name = element.get("id") or "", element.get("name") or element.get("id") or ""
        children = tuple(
            self.read_file(child, id) for holder in element.all("children") for child in holder.all("caseFileItem")
        )
        if any(item.name == name for item in self.files.values()):
            self.fault(element, f"Two case file items have the name {name!r}; content is kept by name.")
        multiplicity = element.get("multiplicity") or "Unspecified"
        if multiplicity not in MULTIPLICITIES:
            self.fault(element, f"{multiplicity!r} is no multiplicity; {', '.join(MULTIPLICITIES)} are.")
        definition = local(element.get("definitionRef") or "")
        self.files[id] = CaseFileItem(id, name, multiplicity, parent, children, definition)
        return id

    def read_roles(self) -> Iterator[tuple[str, str]]:
        for holder in self.case.all("caseRoles"):
            for role in holder.all("role") or [holder]:
                if role.get("id"):
                    yield role.get("id") or "", role.get("name") or role.get("id") or ""

    def role_names(self, owner: Element, name: str = "authorizedRoleRefs") -> frozenset[str]:
        found = references(owner, name)
        for role in found:
            if role not in self.roles:
                self.fault(owner, f"There is no role {role!r}.")
        return frozenset(self.roles.get(role, role) for role in found)

    def parameters(self, name: str) -> Iterator[tuple[str, str]]:
        """parameter id -> the variable it stands for: the case file item that it is bound to, or its own name."""
        for parameter in self.case.all(name):
            bound = self.files.get(local(parameter.get("bindingRef") or ""))
            own = parameter.get("name") or parameter.get("id") or ""
            yield parameter.get("id") or own, bound.name if bound is not None else own

    # -- plan items (5.4)

    def read_container(self, holder: Element) -> None:
        stage = holder.get("id")
        for item in holder.all("planItem"):
            self.read_item(item, stage)
        for table in holder.all("planningTable"):
            for item in table.walk():
                if item.name == "discretionaryItem":
                    self.read_item(item, stage)
        for task in holder.all("humanTask"):
            for table in task.all("planningTable"):
                for item in table.walk():
                    if item.name == "discretionaryItem":
                        self.read_item(item, stage)

    def read_item(self, item: Element, stage: str | None) -> None:
        reference = local(item.get("definitionRef") or "")
        definition = self.definitions.get(reference)
        if definition is None:
            self.fault(item, f"There is no plan item definition {reference!r}.")
        elif definition.name == "casePlanModel":
            self.fault(item, "A plan item cannot stand for the case plan model itself.")
        else:
            node = self.node(item, definition, stage)
            self.nodes[node.id] = node

    def node(self, item: Element, definition: Element, stage: str | None) -> Node:
        """A plan item with its definition; for the case plan model both are the same element."""
        controls = [*item.all("itemControl"), *definition.all("defaultControl")]
        name = item.get("name") or definition.get("name") or ""
        kind = "stage" if definition.name == "casePlanModel" else definition.name
        details: dict[str, Any] = self.define.read(kind, definition)
        if kind in ("stage", "planFragment"):
            details["children"] = tuple(id for each in definition.all("planItem") if (id := each.get("id")))
            details["table"] = tuple(self.table(definition))
        if kind == "humanTask":
            details["table"] = tuple(self.table(definition))
        if kind == "userEventListener":
            details["roles"] = self.role_names(definition)
        if kind == "humanTask" and definition.get("performerRef"):
            details["performer"] = next(iter(self.role_names(definition, "performerRef")), None)
        return Node(
            id=item.get("id") or "",
            definition=definition.get("id") or "",
            type=kind,
            name=name,
            title=self.formula(item, name, value=True) if "${" in name or name.startswith("=") else None,
            line=item.line,
            stage=stage,
            entry=self.criteria(item, self.sentries, True),
            exit=self.criteria(item, self.sentries, False),
            manual=self.rule(item, controls, "manualActivationRule"),
            required=self.rule(item, controls, "requiredRule"),
            repetition=self.repetition(item, controls),
            neutral=self.rule(item, controls, "completionNeutralRule"),
            parent_completion=self.parent_completion(controls),
            reactivation=self.define.reactivation((*controls, item, definition)),
            **details,
        )

    def parent_completion(self, controls: list[Element]) -> str:
        for control in controls:
            for rule in control.walk():
                if rule.name == "parentCompletionRule":
                    return rule.get("type") or "default"
        return "default"

    # -- planning tables (5.4.9)

    def table(self, definition: Element) -> Iterator[TableItem]:
        for table in definition.all("planningTable"):
            yield from self.table_items(table, (), ())

    def table_items(
        self, table: Element, roles: tuple[frozenset[str], ...], rules: tuple[str, ...]
    ) -> Iterator[TableItem]:
        for rule in table.all("applicabilityRule"):
            self.rules[rule.get("id") or ""] = self.a_rule(rule, rule)
        roles, rules = self.restrictions(table, roles, rules)
        for child in table.all("discretionaryItem", "planningTable"):
            if child.name == "planningTable":
                yield from self.table_items(child, roles, rules)
                continue
            own_roles, own_rules = self.restrictions(child, roles, rules)
            named = tuple(self.rules[rule] for rule in own_rules if rule in self.rules)
            yield TableItem(child.get("id") or "", own_roles, named, table.get("id") or "")

    def restrictions(
        self, element: Element, roles: tuple[frozenset[str], ...], rules: tuple[str, ...]
    ) -> tuple[tuple[frozenset[str], ...], tuple[str, ...]]:
        own = self.role_names(element)
        named = references(element, "applicabilityRuleRefs")
        for rule in named:
            if rule not in self.elements or self.elements[rule].name != "applicabilityRule":
                self.fault(element, f"There is no applicability rule {rule!r}.")
        return ((*roles, own) if own else roles), (*rules, *named)


def _number(case: Element) -> None:
    """What nobody refers to needs no id (an xsd:ID of CMMN's schema is optional); here it is numbered by its kind."""
    count: dict[str, int] = {}
    for element in case.walk():
        if _own(element) and element.name in _NUMBERED and not element.get("id"):
            count[element.name] = count.get(element.name, 0) + 1
            element.attributes["id"] = f"{element.name}#{count[element.name]}"


def _with_holders(case: Element) -> Iterator[tuple[Element, Element]]:
    """Each element with the nearest one at or around it that has an id. Below vendors' elements nothing is CMMN."""
    todo = [(case, case)]
    while todo:
        element, around = todo.pop()
        holder = element if element.get("id") else around
        yield element, holder
        if element.namespace not in VENDORS:
            todo.extend((child, holder) for child in reversed(element.children))


def _own(element: Element) -> bool:
    return element.namespace in CMMN
