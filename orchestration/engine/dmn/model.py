"""What does a decision model say? (DMN 1.5, chapters 6, 7, 8 and 10: requirements, item definitions, boxed expressions)

Frozen values, one class for each element of the DMN metamodel, named as the standard names them. Every element knows
its id and the line it stands on, so that whoever refuses or explains it can say where. Texts are kept as written: the
FEEL in them is read by the compiler.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from orchestration.engine.feel.problems import bounded

HitPolicy = Literal["UNIQUE", "FIRST", "PRIORITY", "ANY", "COLLECT", "RULE ORDER", "OUTPUT ORDER"]
Aggregation = Literal["SUM", "COUNT", "MIN", "MAX"]
IterationKind = Literal["for", "some", "every"]
Vendor = Literal["flowable", "camunda", "zeebe"]
"""`camunda` is Camunda 7 and what came of it; `zeebe` is Camunda 8, which has FEEL only."""
Orientation = Literal["Rule-as-Row", "Rule-as-Column", "CrossTable"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a model: the id (or name) of the element, its line, and a sentence.

    Not `severe`: it does no harm, but is hardly meant so.
    """

    element: str
    line: int
    message: str
    severe: bool = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "message", bounded(self.message))

    def __str__(self) -> str:
        return f"line {self.line}, {self.element}: {self.message}"


class ModelRefused(ValueError):
    """The model cannot be used; `faults` says why, all at once."""

    def __init__(self, *faults: Fault) -> None:
        self.faults = faults
        super().__init__("; ".join(map(str, faults)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """What every element has; `name` is empty where the standard gives none."""

    id: str = ""
    line: int = 0
    name: str = ""
    label: str = ""

    @property
    def reference(self) -> str:
        """How a message names this element."""
        return self.id or self.name or self.label or type(self).__name__


@dataclass(frozen=True, slots=True, kw_only=True)
class InformationItem(Element):
    """A variable, parameter or relation column: a name with an optional type (7.3.4)."""

    type_ref: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionItem(Element):
    """The signature of a function type (7.3.3)."""

    parameters: tuple[InformationItem, ...] = ()
    output_type_ref: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemDefinition(Element):
    """A type of the model's own (7.3.2); constraints are the texts of unary tests."""

    type_ref: str | None = None
    is_collection: bool = False
    allowed_values: str | None = None
    type_constraint: str | None = None
    components: tuple[ItemDefinition, ...] = ()
    function_item: FunctionItem | None = None


# ---------------------------------------------------------------- boxed expressions (7.3.1 and 10.2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression(Element):
    """The base of all boxed expressions; `type_ref` is the type of the result."""

    type_ref: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LiteralExpression(Expression):
    """`text` is what is evaluated, `written` what stands in the file where that is in another language."""

    text: str
    expression_language: str | None = None
    written: str | None = None

    @property
    def shown(self) -> str:
        """The text as its author wrote it."""
        return self.text if self.written is None else self.written


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextEntry(Element):
    variable: InformationItem | None
    value: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Context(Expression):
    """Entries in order; an entry without a variable is the result of the whole (10.2.1.4)."""

    entries: tuple[ContextEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding(Element):
    parameter: InformationItem
    value: Expression | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation(Expression):
    called: Expression
    bindings: tuple[Binding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxedList(Expression):
    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation(Expression):
    columns: tuple[InformationItem, ...]
    rows: tuple[tuple[Expression, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionDefinition(Expression):
    parameters: tuple[InformationItem, ...]
    body: Expression | None
    kind: str = "FEEL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditional(Expression):
    condition: Expression
    then: Expression
    otherwise: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter(Expression):
    source: Expression
    match: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Iteration(Expression):
    """`for`, `some` or `every`: `result` is what is returned, or what is to be satisfied (10.2.1.12)."""

    kind: IterationKind
    variable: str
    source: Expression
    source_type_ref: str | None
    result: Expression


# ---------------------------------------------------------------- decision tables (chapter 8)


@dataclass(frozen=True, slots=True, kw_only=True)
class InputClause(Element):
    expression: LiteralExpression
    values: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputClause(Element):
    type_ref: str | None = None
    values: str | None = None
    default: LiteralExpression | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(Element):
    """One rule: unary tests for the inputs, expressions for the outputs, annotations as plain texts."""

    tests: tuple[LiteralExpression, ...]
    outputs: tuple[LiteralExpression, ...]
    annotations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionTable(Expression):
    """A table reads the same in every orientation: the XML lists rules (8.2.2); orientation is how it is drawn."""

    inputs: tuple[InputClause, ...]
    outputs: tuple[OutputClause, ...]
    rules: tuple[Rule, ...]
    annotation_names: tuple[str, ...] = ()
    hit_policy: HitPolicy = "UNIQUE"
    aggregation: Aggregation | None = None
    orientation: Orientation = "Rule-as-Row"
    output_label: str = ""


# ---------------------------------------------------------------- the requirements graph (chapter 6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement(Element):
    """A reference to an element of this model (`namespace` empty) or of another one."""

    namespace: str
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DrgElement(Element):
    variable: InformationItem


@dataclass(frozen=True, slots=True, kw_only=True)
class InputData(DrgElement):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision(DrgElement):
    expression: Expression | None
    requirements: tuple[Requirement, ...] = ()
    question: str = ""
    allowed_answers: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessKnowledgeModel(DrgElement):
    logic: FunctionDefinition | None
    requirements: tuple[Requirement, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionService(DrgElement):
    output_decisions: tuple[Requirement, ...]
    encapsulated_decisions: tuple[Requirement, ...] = ()
    input_decisions: tuple[Requirement, ...] = ()
    input_data: tuple[Requirement, ...] = ()

    @property
    def requirements(self) -> tuple[Requirement, ...]:
        return self.output_decisions + self.encapsulated_decisions + self.input_decisions + self.input_data


@dataclass(frozen=True, slots=True, kw_only=True)
class Import(Element):
    namespace: str
    import_type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Definitions(Element):
    """One DMN file. `imported` holds the models that its imports name, as far as they were handed in; `faults` are what
    is wrong with single parts of it. `named_results`: a table with one output gives it under its name too (Flowable).
    """

    namespace: str
    version: str
    imports: tuple[Import, ...] = ()
    imported: tuple[Definitions, ...] = field(default=(), repr=False)
    item_definitions: tuple[ItemDefinition, ...] = ()
    input_data: tuple[InputData, ...] = ()
    decisions: tuple[Decision, ...] = ()
    knowledge_models: tuple[BusinessKnowledgeModel, ...] = ()
    services: tuple[DecisionService, ...] = ()
    faults: tuple[Fault, ...] = ()
    named_results: bool = False
    vendor: Vendor | None = None

    @property
    def drg_elements(self) -> tuple[DrgElement, ...]:
        return (*self.input_data, *self.decisions, *self.knowledge_models, *self.services)


def children(expression: Expression) -> tuple[Expression, ...]:
    """The boxed expressions directly inside another one; the cells of a decision table are not among them."""
    match expression:
        case Context(entries=entries):
            return tuple(entry.value for entry in entries)
        case Invocation(called=called, bindings=bindings):
            return (called, *(binding.value for binding in bindings if binding.value))
        case BoxedList(items=items):
            return items
        case Relation(rows=rows):
            return tuple(cell for row in rows for cell in row)
        case FunctionDefinition(body=body):
            return (body,) if body else ()
        case Conditional(condition=condition, then=then, otherwise=otherwise):
            return (condition, then, otherwise)
        case Filter(source=source, match=match):
            return (source, match)
        case Iteration(source=source, result=result):
            return (source, result)
        case _:
            return ()


def decision_tables(definitions: Definitions) -> Iterator[tuple[DrgElement, DecisionTable]]:
    """Every decision table of one file with the decision or knowledge model that it belongs to."""
    logic: list[tuple[DrgElement, Expression | None]] = [(each, each.expression) for each in definitions.decisions]
    logic += [(each, each.logic) for each in definitions.knowledge_models]
    for owner, expression in logic:
        if expression is not None:
            yield from ((owner, each) for each in walk(expression) if isinstance(each, DecisionTable))


def walk(expression: Expression) -> Iterator[Expression]:
    """An expression and all boxed expressions inside it, in document order."""
    todo = [expression]
    while todo:
        current = todo.pop()
        yield current
        todo.extend(reversed(children(current)))
