"""What do decision models of Flowable, Camunda 7 and Camunda 8 say in standard DMN?

Their decisions read variables that they do not require, and their cells may be JUEL. A file that says that it is one of
theirs (by its namespace, what it declares, or the tool that wrote it) is rewritten when it is read: each cell that is
not FEEL is translated, and each name that nothing gives becomes input data that the decision requires. Any other file
is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from orchestration.engine import juel
from orchestration.engine.dmn import model
from orchestration.engine.dmn.item_types import ALIASES, BUILT_IN
from orchestration.engine.dmn.model import Fault, Vendor
from orchestration.engine.feel import FeelSyntaxError, ast, parse_expression, parse_unary_tests
from orchestration.engine.feel.problems import quote
from orchestration.engine.xml import Element

_FLOWABLE: Final = ("flowable.org", "activiti.org")
_CAMUNDA: Final = ("camunda.org/schema/1.0/dmn", "operaton.org/schema/1.0/dmn")
_EXPORTERS: Final = ("camunda modeler", "operaton", "cibseven")
_PLATFORM: Final = "executionPlatform"
_ZEEBE: Final = "Camunda Cloud"

_FORMATS: Final = juel.SCRIPT_FORMATS | {"uel"}
_OPERATOR: Final = re.compile(r"\s*(==|!=|<=|>=|<|>)(.*)", re.DOTALL)
_OLD_FUNCTIONS: Final = (
    ("fn_date", "date:toDate"),
    ("fn_addDate", "date:addDate"),
    ("fn_subtractDate", "date:subtractDate"),
    ("fn_now", "date:now"),
    ("date:now", "date:today"),
)
"""What Flowable's cells called its functions before. Dates in them have no time."""


def kind_of(root: Element) -> Vendor | None:
    """Whose file it says that it is; None: it is plain DMN."""
    platform = next((value for name, value in root.attributes.items() if name.endswith(_PLATFORM)), "")
    if platform == _ZEEBE:
        return "zeebe"
    own = root.get("namespace") or ""
    if any(name in own for name in _FLOWABLE):
        return "flowable"
    exporter = (root.get("exporter") or "").lower()
    named = (own, *root.prefixes.values())
    if any(name in one for name in _CAMUNDA for one in named) or exporter.startswith(_EXPORTERS):
        return "camunda"
    return None


def standard(definitions: model.Definitions, kind: Vendor) -> model.Definitions:
    """The same model in standard DMN; what cannot be said in it is among its faults."""
    return _Rewriter(definitions, kind).rewritten()


@dataclass(slots=True)
class _Rewriter:
    definitions: model.Definitions
    kind: Vendor
    faults: list[Fault] = field(default_factory=list)
    implied: dict[str, model.InputData] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)

    def rewritten(self) -> model.Definitions:
        decisions = [self.translated(each) for each in self.definitions.decisions]
        decisions = [self.completed(each) for each in decisions]
        return replace(
            self.definitions,
            decisions=tuple(self.named(each) for each in decisions),
            input_data=(*self.definitions.input_data, *self.implied.values()),
            faults=(*self.definitions.faults, *self.faults),
            named_results=self.kind == "flowable",
            vendor=self.kind,
        )

    # ---- expressions that are not FEEL

    def translated(self, decision: model.Decision) -> model.Decision:
        expression = decision.expression
        if isinstance(expression, model.DecisionTable):
            return replace(decision, expression=self.table(expression))
        if isinstance(expression, model.LiteralExpression):
            return replace(decision, expression=self.value(expression))
        return decision

    def table(self, table: model.DecisionTable) -> model.DecisionTable:
        inputs = tuple(replace(each, expression=self.typed(self.value(each.expression))) for each in table.inputs)
        outputs = tuple(replace(each, type_ref=self.type_of(each.type_ref)) for each in table.outputs)
        rules = tuple(self.rule(table, each) for each in table.rules)
        return replace(table, inputs=inputs, outputs=outputs, rules=rules)

    def typed(self, literal: model.LiteralExpression) -> model.LiteralExpression:
        return replace(literal, type_ref=self.type_of(literal.type_ref))

    def type_of(self, name: str | None) -> str | None:
        """A type that has a meaning; `collection`, `json` and the like say nothing. Camunda 7's dates have a time."""
        if self.kind == "camunda" and name == "date":
            return "dateTime"
        own = {each.name for each in self.definitions.item_definitions}
        return name if name in BUILT_IN.keys() | ALIASES.keys() | own else None

    def rule(self, table: model.DecisionTable, rule: model.Rule) -> model.Rule:
        outputs = [self.value(_said(each)) for each in rule.outputs]
        written = [(clause.name, each.text) for clause, each in zip(table.outputs, outputs, strict=True)]
        for number, each in enumerate(outputs):
            outputs[number] = _in_feel(each, _after(written[:number], each.text))
        return replace(rule, tests=tuple(self.test(each) for each in rule.tests), outputs=tuple(outputs))

    def value(self, literal: model.LiteralExpression) -> model.LiteralExpression:
        return self.feel(literal, lambda text: _is_feel(text, parse_expression), _juel)

    def test(self, literal: model.LiteralExpression) -> model.LiteralExpression:
        return self.feel(literal, lambda text: _is_feel(text, parse_unary_tests), _test)

    def feel(
        self, literal: model.LiteralExpression, reads: Callable[[str], bool], translate: Callable[[str], str]
    ) -> model.LiteralExpression:
        """The literal in FEEL: as it is where it reads so, else translated from JUEL."""
        language = (literal.expression_language or "").lower()
        if not literal.text or self.kind == "zeebe" or "feel" in language:
            return literal
        if language and language not in _FORMATS:
            return literal
        text = literal.text
        for old, new in _OLD_FUNCTIONS if self.kind == "flowable" else ():
            text = text.replace(old, new)
        if not reads(text):
            try:
                text = translate(text)
            except juel.JuelRefused as refused:
                message = f"{quote(literal.text)} is neither FEEL nor JUEL that has a meaning here: {refused}"
                self.faults.append(Fault(literal.reference, literal.line, message))
                text = ""
        return replace(_in_feel(literal, text), expression_language=None)

    # ---- names that nothing gives

    def completed(self, decision: model.Decision) -> model.Decision:
        """The decision with a requirement for each variable that it reads."""
        if decision.expression is None:
            return decision
        required = self.required(decision)
        known = {each.variable.name for each in required}
        more = []
        for name, type_ref in sorted(_read(decision.expression).items()):
            source = next((each for each in required if name in _names(each)), None)
            if source is not None:
                self.alias(decision, source, name)
            elif name not in known:
                more.append(model.Requirement(line=decision.line, namespace="", target=self.input(name, type_ref)))
        return replace(decision, requirements=(*decision.requirements, *more))

    def required(self, decision: model.Decision) -> list[model.DrgElement]:
        targets = {each.target for each in decision.requirements if not each.namespace}
        return [each for each in self.definitions.drg_elements if each.id in targets]

    def alias(self, decision: model.Decision, source: model.DrgElement, name: str) -> None:
        """What a required decision gives is read by the name of its output, or by its id: then that is its name."""
        outputs = _outputs(source)
        if len(outputs) > 1 and name in outputs:
            message = f"{quote(name)} is one of several outputs of {quote(source.id)}; write {source.id}.{name}"
            self.faults.append(Fault(decision.reference, decision.line, message))
        elif self.aliases.setdefault(source.id, name) != name:
            names = f"{quote(self.aliases[source.id])} and {quote(name)}"
            message = f"{quote(source.id)} is read by two names, {names}; use one"
            self.faults.append(Fault(decision.reference, decision.line, message))

    def named(self, decision: model.Decision) -> model.Decision:
        name = self.aliases.get(decision.id, decision.variable.name)
        return replace(decision, variable=replace(decision.variable, name=name))

    def input(self, name: str, type_ref: str | None) -> str:
        """The id of the input data of that name; it is made where there is none."""
        given = next((each for each in self.definitions.input_data if each.variable.name == name), None)
        if given is not None:
            return given.id
        variable = model.InformationItem(name=name, type_ref=type_ref)
        made = model.InputData(id=f"variable {name}", name=name, variable=variable)
        return self.implied.setdefault(name, made).id


def _names(element: model.DrgElement) -> set[str]:
    """The names by which others may read a decision; input data has its own only."""
    if not isinstance(element, model.Decision):
        return set()
    return {element.id, element.name, element.variable.name, *_outputs(element)}


def _outputs(element: model.DrgElement) -> list[str]:
    expression = element.expression if isinstance(element, model.Decision) else None
    return [each.name for each in expression.outputs] if isinstance(expression, model.DecisionTable) else []


# ---- translation


def _is_feel(text: str, parse: Callable[..., ast.Node]) -> bool:
    """Whether the text reads as FEEL that calls no method: `a.size()` is JUEL, whatever FEEL's grammar says."""
    try:
        tree = parse(text, (), juel.LIBRARY)
    except FeelSyntaxError:
        return False
    return not any(isinstance(each, ast.Invocation) and isinstance(each.function, ast.Path) for each in ast.walk(tree))


def _juel(text: str) -> str:
    return juel.translate(text if juel.holds_juel(text) else f"${{{text}}}").text


def _test(text: str) -> str:
    """A cell: a condition in `${}`, a method of the input (`.startsWith('a')`), or what the input is compared with."""
    if juel.holds_juel(text):
        return f"? = ? and {_juel(text)}"
    if text.lstrip().startswith("."):
        return re.sub(r"\bcellInput\b", "?", _juel(f"cellInput{text.strip()}"))
    compared = _OPERATOR.fullmatch(text)
    if compared is None:
        return _juel(text)
    operator, value = compared[1], _juel(compared[2].strip())
    if operator == "==":
        return value
    return f"not({value})" if operator == "!=" else f"{operator} {value}"


def _said(output: model.LiteralExpression) -> model.LiteralExpression:
    """An output that is written as the cell of an input is, `== 'x'`: what stands behind the sign."""
    compared = _OPERATOR.fullmatch(output.text or "")
    return _in_feel(output, compared[2].strip()) if compared is not None and compared[1] == "==" else output


def _in_feel(literal: model.LiteralExpression, text: str) -> model.LiteralExpression:
    """The literal with that text, and what its author wrote kept."""
    return literal if text == literal.text else replace(literal, text=text, written=literal.shown)


def read_cell(text: str, is_output: bool) -> str:
    """The FEEL of one cell of Flowable's or Camunda 7's, which may be JUEL. Raises JuelRefused."""
    if is_output:
        text = _said(model.LiteralExpression(text=text)).text
        return text if _is_feel(text, parse_expression) else _juel(text)
    return text if _is_feel(text, parse_unary_tests) else _test(text)


def _after(earlier: list[tuple[str, str]], text: str) -> str:
    """An output that reads outputs of its own rule that stand before it (as Flowable allows)."""
    names = _plain_names(text)
    if not any(name in names for name, _ in earlier):
        return text
    entries = ", ".join(f"{name}: {value or 'null'}" for name, value in earlier if name)
    return f"{{{entries}, _own: {text}}}._own"


def _plain_names(text: str) -> set[str]:
    try:
        return set(_free(parse_expression(text, (), juel.LIBRARY)))
    except FeelSyntaxError:
        return set()


# ---- the variables that an expression reads


def _read(expression: model.Expression) -> dict[str, str | None]:
    """Names that nothing inside the expression binds -> the type of a column that is just that name."""
    found: dict[str, str | None] = {}
    bound: set[str] = set()
    for each in model.walk(expression):
        bound.update(_bound(each))
        for literal, tree in _trees(each):
            whole = isinstance(tree, ast.Name)
            for name in _free(tree):
                found[name] = (literal.type_ref if whole else None) or found.get(name)
    return {name: type_ref for name, type_ref in found.items() if name not in bound}


def _trees(expression: model.Expression) -> Iterator[tuple[model.LiteralExpression, ast.Node]]:
    for literal, is_test in _literals(expression):
        try:
            yield literal, (parse_unary_tests if is_test else parse_expression)(literal.text, (), juel.LIBRARY)
        except FeelSyntaxError:
            continue


def _literals(expression: model.Expression) -> Iterator[tuple[model.LiteralExpression, bool]]:
    """The texts directly in an expression, and whether each is the tests of a cell."""
    if isinstance(expression, model.LiteralExpression):
        yield expression, False
    if isinstance(expression, model.DecisionTable):
        yield from ((each.expression, False) for each in expression.inputs)
        for rule in expression.rules:
            yield from ((each, True) for each in rule.tests if each.text)
            yield from ((each, False) for each in rule.outputs)


def _bound(expression: model.Expression) -> Iterator[str]:
    match expression:
        case model.Context(entries=entries):
            yield from (each.variable.name for each in entries if each.variable is not None)
        case model.FunctionDefinition(parameters=parameters):
            yield from (each.name for each in parameters)
        case model.Iteration(variable=variable):
            yield variable


def _callees(tree: ast.Node) -> set[str]:
    calls = (each.function for each in ast.walk(tree) if isinstance(each, ast.Invocation))
    return {each.name for each in calls if isinstance(each, ast.Name)}


def _free(tree: ast.Node) -> Iterator[str]:
    """The names in a tree that may be variables: not those of called functions, of entries, or bound in it."""
    taken = {"?", *_callees(tree), *_bound_in(tree)}
    for each in ast.walk(tree):
        if isinstance(each, ast.Name) and each.name not in taken:
            yield each.name


def _bound_in(tree: ast.Node) -> Iterator[str]:
    for each in ast.walk(tree):
        match each:
            case ast.ContextEntry(key=key):
                yield key
            case ast.Parameter(name=name) | ast.Iteration(name=name):
                yield name
            case ast.Filter():
                yield "item"
            case ast.For():
                yield "partial"
