"""Which values fit a type of the model? (DMN 1.5, 7.3.2 item definitions, 7.3.3 constraints, 10.3.2.9 types)

An item definition becomes a FEEL type: a list, a context of its components, a function signature, or another type with
the constraint that its unary tests put on it. Conformance and conversion are FEEL's.
"""

from __future__ import annotations

from collections.abc import Callable

from orchestration.engine.dmn import model
from orchestration.engine.dmn.model import Fault
from orchestration.engine.feel.ast import BUILT_IN_TYPES
from orchestration.engine.feel.evaluation import Evaluation
from orchestration.engine.feel.problems import quote
from orchestration.engine.feel.types import ANY, ContextOf, FunctionOf, ListOf, Restricted, Simple, Type, fits
from orchestration.engine.feel.values import Value

Allows = Callable[[Value, Evaluation], bool]
CompileConstraint = Callable[[model.ItemDefinition, str], Allows]
"""Compiles the text of an item definition's unary tests to a predicate."""

BUILT_IN = {name: Simple(name) for name in BUILT_IN_TYPES}
# Spellings of older versions, of XML Schema (12.3.2) and of tools in wide use.
ALIASES = {
    "any": "Any",
    "dateTime": "date and time",
    "dateAndTime": "date and time",
    "dayTimeDuration": "days and time duration",
    "yearMonthDuration": "years and months duration",
    "integer": "number",
    "long": "number",
    "double": "number",
    "xsd:string": "string",
    "xsd:boolean": "boolean",
    "xsd:decimal": "number",
    "xsd:double": "number",
    "xsd:float": "number",
    "xsd:integer": "number",
    "xsd:int": "number",
    "xsd:long": "number",
    "xsd:date": "date",
    "xsd:time": "time",
    "xsd:dateTime": "date and time",
    "xsd:duration": "Any",
    "xsd:dayTimeDuration": "days and time duration",
    "xsd:yearMonthDuration": "years and months duration",
}


class ItemTypes:
    """The types of one file: its own by name, those of its imports by `import.name`."""

    def __init__(
        self,
        definitions: model.Definitions,
        compile_constraint: CompileConstraint,
        faults: list[Fault],
        known: dict[int, ItemTypes] | None = None,
    ) -> None:
        known = {} if known is None else known
        known[id(definitions)] = self
        self.compile_constraint = compile_constraint
        self.faults = faults
        self.definitions = {each.name: each for each in definitions.item_definitions}
        self.named: dict[str, Type] = {}
        self.open: set[str] = set()
        for each in definitions.imports:
            imported = next((one for one in definitions.imported if one.namespace == each.namespace), None)
            if imported is not None:
                prefix = f"{each.name}." if each.name else ""
                found = known.get(id(imported)) or ItemTypes(imported, compile_constraint, faults, known)
                self.named.update({prefix + name: found.named[name] for name in found.definitions})
        for name in self.definitions:
            self.lookup(name)

    def of(self, type_ref: str | None, element: model.Element) -> Type:
        """The type that a `typeRef` names; Any for none, and, with a fault, for an unknown one."""
        if type_ref is None:
            return ANY
        found = self.lookup(type_ref)
        if found is None:
            self.faults.append(Fault(element.reference, element.line, f"there is no type {quote(type_ref)}"))
            return ANY
        return found

    def lookup(self, name: str) -> Type | None:
        if name in self.named:
            return self.named[name]
        if name in self.open:
            return Restricted(name, ANY, lambda value, run: fits(value, self.named[name], run))
        if name in self.definitions:
            self.open.add(name)
            self.named[name] = self._defined(self.definitions[name])
            self.open.discard(name)
            return self.named[name]
        return BUILT_IN.get(ALIASES.get(name, name))

    def _defined(self, item: model.ItemDefinition) -> Type:
        base = self._base(item)
        if item.allowed_values is not None:
            base = Restricted(item.name, base, self.compile_constraint(item, item.allowed_values))
        if item.is_collection:
            base = ListOf(base)
        if item.type_constraint is not None:
            base = Restricted(item.name, base, self.compile_constraint(item, item.type_constraint))
        return base

    def _base(self, item: model.ItemDefinition) -> Type:
        if item.components:
            return ContextOf(tuple((each.name, self._defined(each)) for each in item.components))
        if item.function_item is not None:
            signature = item.function_item
            parameters = tuple(self.of(each.type_ref, item) for each in signature.parameters)
            return FunctionOf(parameters, self.of(signature.output_type_ref, item))
        return self.of(item.type_ref, item)


def member_names(definitions: model.Definitions) -> set[str]:
    """The names that may follow a dot in a text of this model: of what its types and its expressions declare."""
    found = component_names(definitions) | {each.variable.name for each in definitions.drg_elements}
    logic = [each.expression for each in definitions.decisions] + [each.logic for each in definitions.knowledge_models]
    for expression in (each for one in logic if one is not None for each in model.walk(one)):
        match expression:
            case model.DecisionTable(outputs=outputs):
                found.update(each.name for each in outputs)
            case model.Relation(columns=columns):
                found.update(each.name for each in columns)
            case model.Context(entries=entries):
                found.update(each.variable.name for each in entries if each.variable is not None)
    return found - {""}


def component_names(definitions: model.Definitions) -> set[str]:
    """The names that may follow a dot: components of all types, at any depth."""
    found: set[str] = set()
    todo = list(definitions.item_definitions)
    while todo:
        item = todo.pop()
        found.update(each.name for each in item.components)
        todo.extend(item.components)
    return found
