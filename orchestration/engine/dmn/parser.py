"""How does the XML of a decision model become a model? (DMN 1.5, chapter 12: interchange; namespaces of 1.1 to 1.5)

`parse` reads structure only; the FEEL inside is left as text. What it cannot read it refuses, all at once, each with
the id of the element, its line and a sentence; what is wrong with a part that can be left out it notes in the model.
Diagrams, extensions, knowledge sources, text annotations and other elements that decide nothing are passed over.
Files of tools that mean more than the standard says are rewritten by `dialect`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypedDict

from orchestration.engine import collector, xml
from orchestration.engine.dmn import dialect, model
from orchestration.engine.dmn.boxed import ExpressionReader, clean_name
from orchestration.engine.dmn.model import Fault, ModelRefused
from orchestration.engine.feel.problems import quote
from orchestration.engine.xml import Element

_DRAFT = re.compile(r"https?://www\.omg\.org/spec/DMN/(20\d{6})(?:/.*)?")
_SINCE = {"1.5": "20220101", "1.4": "20200601", "1.3": "20190101", "1.2": "20160601", "1.1": "20150601"}
"""From which date on a namespace is that of a version, or of a draft of it."""

VERSIONS = {
    "http://www.omg.org/spec/DMN/20151101": "1.1",
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd": "1.1",
    "http://www.omg.org/spec/DMN/20180521/MODEL/": "1.2",
    "https://www.omg.org/spec/DMN/20191111/MODEL/": "1.3",
    "https://www.omg.org/spec/DMN/20211108/MODEL/": "1.4",
    "https://www.omg.org/spec/DMN/20230324/MODEL/": "1.5",
}


def version_of(namespace: str) -> str | None:
    """The version that a namespace stands for; a draft counts as the version that came of it. None: it is not DMN's."""
    draft = _DRAFT.fullmatch(namespace)
    if namespace in VERSIONS or draft is None:
        return VERSIONS.get(namespace)
    return next((version for version, since in _SINCE.items() if draft[1] >= since), None)


def parse(source: bytes, imports: Iterable[model.Definitions] = ()) -> model.Definitions:
    """The bytes of a DMN file -> its model. `imports`: the models that its imports may name, by namespace.

    Raises ModelRefused, with every fault found.
    """
    with collector.paused():
        return _parsed(source, imports)


def _parsed(source: bytes, imports: Iterable[model.Definitions]) -> model.Definitions:
    try:
        root = xml.parse(source)
    except xml.XmlRefused as refused:
        raise ModelRefused(Fault("file", 0, str(refused))) from None
    version = version_of(root.namespace)
    if root.name != "definitions" or version is None:
        raise ModelRefused(
            Fault(root.name, root.line, f"not the definitions of DMN 1.1 to 1.5 (namespace {quote(root.namespace)})")
        )
    reader = _DefinitionsReader(root)
    definitions = reader.read(version, tuple(imports))
    if reader.refusals:
        raise ModelRefused(*reader.refusals)
    return definitions if reader.dialect is None else dialect.standard(definitions, reader.dialect)


class _Drg(TypedDict):
    """What every element of the requirements graph has."""

    id: str
    line: int
    name: str
    label: str
    variable: model.InformationItem


class _DefinitionsReader(ExpressionReader):
    """Reads one file; collects faults instead of stopping at the first."""

    def read(self, version: str, available: tuple[model.Definitions, ...]) -> model.Definitions:
        root = self.root
        imports = tuple(self.an_import(each) for each in root.all("import"))
        known = {definitions.namespace: definitions for definitions in available}
        definitions = model.Definitions(
            id=root.get("id") or "",
            line=root.line,
            name=clean_name(root.get("name") or ""),
            namespace=self.namespace,
            version=version,
            imports=imports,
            imported=tuple(known[each.namespace] for each in imports if each.namespace in known),
            item_definitions=tuple(self.item_definition(each) for each in root.all("itemDefinition")),
            input_data=tuple(self.input_data(each) for each in root.all("inputData")),
            decisions=tuple(self.decision(each) for each in root.all("decision")),
            knowledge_models=tuple(self.knowledge_model(each) for each in root.all("businessKnowledgeModel")),
            services=tuple(self.service(each) for each in root.all("decisionService")),
        )
        self.check_unique(definitions)
        return replace(definitions, faults=tuple(self.faults))

    def check_unique(self, definitions: model.Definitions) -> None:
        seen: dict[str, model.Element] = {}
        for element in (*definitions.drg_elements, *definitions.item_definitions):
            if element.id and element.id in seen:
                message = f"the id is that of {quote(seen[element.id].name)} too"
                self.faults.append(Fault(element.id, element.line, message))
            seen[element.id] = element
        for kind in (definitions.knowledge_models, definitions.item_definitions, definitions.imports):
            self.check_names(kind)
        if self.dialect is None:
            self.check_names((*definitions.decisions, *definitions.services))
            self.check_names(definitions.input_data)

    def check_names(self, elements: Sequence[model.Element]) -> None:
        """Names of one kind are unique in a file (6.3.3, 7.3.2); other engines tell decisions apart by their ids."""
        first: dict[str, model.Element] = {}
        for element in elements:
            other = first.setdefault(element.name, element)
            if element.name and other is not element and not (element.id and element.id == other.id):
                message = f"the name {quote(element.name)} is used twice, first in line {other.line}"
                self.faults.append(Fault(element.reference, element.line, message))

    def an_import(self, element: Element) -> model.Import:
        return model.Import(
            id=element.get("id") or "",
            line=element.line,
            name=clean_name(element.get("name") or ""),
            namespace=element.get("namespace") or "",
            import_type=element.get("importType") or "",
        )

    # ---- types

    def item_definition(self, element: Element) -> model.ItemDefinition:
        if not element.get("name"):
            self.refuse(element, "this item definition has no name")
        signature = element.first("functionItem")
        return model.ItemDefinition(
            id=element.get("id") or "",
            line=element.line,
            name=clean_name(element.get("name") or ""),
            label=element.get("label") or "",
            type_ref=self.type_ref(element),
            is_collection=element.get("isCollection") in ("true", "1"),
            allowed_values=self.text(element.first("allowedValues")) or None,
            type_constraint=self.text(element.first("typeConstraint")) or None,
            components=tuple(self.item_definition(child) for child in element.all("itemComponent")),
            function_item=self.function_item(signature) if signature is not None else None,
        )

    def function_item(self, element: Element) -> model.FunctionItem:
        return model.FunctionItem(
            id=element.get("id") or "",
            line=element.line,
            parameters=tuple(self.information_item(each) for each in element.all("parameters")),
            output_type_ref=self.type_ref(element, "outputTypeRef"),
        )

    # ---- the requirements graph

    def variable(self, element: Element) -> model.InformationItem:
        """The variable of a DRG element; its name is the element's own where it has none (6.3.5)."""
        child = element.first("variable")
        name = self.name_of(element)
        if child is None:
            return model.InformationItem(name=name, line=element.line)
        item = self.information_item(child)
        return item if item.name else replace(item, name=name)

    def name_of(self, element: Element) -> str:
        """The name, which the standard asks for; other tools leave it out, and the id is one."""
        other = None if self.dialect is None else element.get("id")
        return clean_name(element.get("name") or other or "")

    def drg(self, element: Element) -> _Drg:
        if not self.name_of(element):
            self.refuse(element, f"this {element.name} has no name")
        return {
            "id": element.get("id") or "",
            "line": element.line,
            "name": self.name_of(element),
            "label": element.get("label") or "",
            "variable": self.variable(element),
        }

    def input_data(self, element: Element) -> model.InputData:
        return model.InputData(**self.drg(element))

    def decision(self, element: Element) -> model.Decision:
        return model.Decision(
            **self.drg(element),
            expression=self.child_expression(element),
            requirements=self.requirements(element),
            question=self.child_text(element, "question"),
            allowed_answers=self.child_text(element, "allowedAnswers"),
        )

    def knowledge_model(self, element: Element) -> model.BusinessKnowledgeModel:
        logic = element.first("encapsulatedLogic")
        return model.BusinessKnowledgeModel(
            **self.drg(element),
            logic=self.function_definition(logic) if logic is not None else None,
            requirements=self.requirements(element),
        )

    def service(self, element: Element) -> model.DecisionService:
        return model.DecisionService(
            **self.drg(element),
            output_decisions=self.references(element, "outputDecision"),
            encapsulated_decisions=self.references(element, "encapsulatedDecision"),
            input_decisions=self.references(element, "inputDecision"),
            input_data=self.references(element, "inputData"),
        )

    def requirements(self, element: Element) -> tuple[model.Requirement, ...]:
        found: list[model.Requirement] = []
        for requirement in element.all("informationRequirement", "knowledgeRequirement"):
            found.extend(self.references(requirement, "requiredInput", "requiredDecision", "requiredKnowledge"))
        return tuple(found)

    def references(self, element: Element, *names: str) -> tuple[model.Requirement, ...]:
        return tuple(self.reference(child) for child in element.all(*names))

    def reference(self, element: Element) -> model.Requirement:
        """`#id`, or `namespace#id` for an element of another model, which may also be this one (6.3.1)."""
        namespace, _, target = (element.get("href") or "").rpartition("#")
        if not target:
            self.fault(element, f"this {element.name} refers to nothing")
        if namespace == self.namespace:
            namespace = ""
        return model.Requirement(line=element.line, namespace=namespace, target=target)

    def child_text(self, element: Element, name: str) -> str:
        child = element.first(name)
        return child.text.strip() if child is not None else ""
