"""How is the FEEL text of a model compiled? (DMN 1.5, 7.3.1 literal expressions, 7.3.3 and 8.3.3 unary tests)

The one place where the decision model meets the FEEL compiler. A text that is not FEEL becomes a fault of the model,
and null with that reason whenever it is evaluated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from orchestration.engine import juel
from orchestration.engine.dmn import model
from orchestration.engine.dmn.intervals import IntervalSet, Kind, cell_set
from orchestration.engine.dmn.model import Fault
from orchestration.engine.dmn.model_evaluation import Evaluate, ModelEvaluation, run_of
from orchestration.engine.feel import (
    CAMUNDA_8,
    DEFAULT,
    STANDARD,
    Evaluation,
    Expression,
    FeelSyntaxError,
    Frame,
    Library,
    Names,
    UnaryTests,
    Value,
    ast,
    compile_expression,
    compile_unary_tests,
)
from orchestration.engine.feel.problems import quote
from orchestration.engine.feel.types import Type

Compiled = TypeVar("Compiled", Expression, UnaryTests)
Compile = Callable[[str, Names, Mapping[str, Type], Library], Compiled]

NO_TEXT = ("", "-")
"""What tools write for an expression that is not there: null."""

_NULL = compile_expression("null")
_ANYTHING = compile_unary_tests("-")
_NOTHING = compile_unary_tests("null")


@dataclass(frozen=True, slots=True)
class CompiledTest:
    """The unary tests of a cell or of a constraint: its tree, and what evaluates it in a frame with `?`."""

    ast: ast.UnaryTests
    evaluate: Evaluate
    names: frozenset[str] = frozenset()

    @property
    def always(self) -> bool:
        """Whether it is `-`, which takes null too."""
        return not self.ast.tests and not self.ast.negated

    def takes(self, kind: Kind) -> IntervalSet | None:
        """The values of a kind for which it is true; None where it is more than comparisons with constants."""
        return None if self.names else cell_set(self.ast, kind)

    def __call__(self, frame: Frame) -> bool | None:
        verdict: bool | None = self.evaluate(frame)
        return verdict


@dataclass(frozen=True, slots=True, eq=False)
class Constraint:
    """The constraint that an item definition puts on its values: a predicate that keeps its tree."""

    test: CompiledTest

    def __call__(self, value: Value, run: Evaluation) -> bool:
        """Whether a value fulfils it. Its steps are those of `run`, its problems nobody's. Raises `LimitExceeded`."""
        own = ModelEvaluation(replace(DEFAULT, steps=run.left), None)
        try:
            return self.test(asking(Frame(own, None, {}), value)) is True
        except RecursionError:
            return False
        finally:
            run.spend(run.left - own.left)


def asking(frame: Frame, value: Value) -> Frame:
    """The frame in which a test is asked about a value."""
    return Frame(frame.run, frame, {"?": value})


def library_of(vendor: model.Vendor | None) -> Library:
    """The functions that a file's texts may call: Camunda 7 and 8 have one FEEL engine, and JUEL has its own."""
    if vendor is None:
        return STANDARD
    return CAMUNDA_8 if vendor == "zeebe" else juel.LIBRARY


class Literals:
    """Compiles texts. `members`: names that may follow a dot; `types`: the model's own, by name."""

    def __init__(self, members: frozenset[str], faults: list[Fault], vendor: model.Vendor | None = None) -> None:
        self.members = members
        self.library = library_of(vendor)
        self.checks_calls = vendor is not None
        self.faults = faults
        self.types: Mapping[str, Type] = {}
        self.read: set[str] = set()
        self.unknown: list[Fault] = []

    def compiled(self, literal: model.LiteralExpression, names: frozenset[str]) -> Expression | None:
        """An expression; None, with a fault, where the text is not FEEL. No text is null."""
        if literal.text in NO_TEXT and self._is_feel(literal):
            return _NULL
        return self._compiled(compile_expression, literal, names)

    def expression(self, literal: model.LiteralExpression, names: frozenset[str]) -> Evaluate:
        compiled = self.compiled(literal, names)
        return self._failing() if compiled is None else compiled.code

    def tests(self, literal: model.LiteralExpression, names: frozenset[str]) -> CompiledTest:
        """The tests of a cell. An empty cell is `-`, as tools write it."""
        if not literal.text:
            return CompiledTest(_ANYTHING.ast, _ANYTHING.code)
        compiled = self._compiled(compile_unary_tests, literal, names)
        if compiled is None:
            return CompiledTest(_NOTHING.ast, self._failing())
        return CompiledTest(compiled.ast, compiled.code, compiled.names)

    def alternatives(self, literal: model.LiteralExpression, names: frozenset[str]) -> list[CompiledTest]:
        """Tests that are joined by commas, one by one: their places give output values their order (8.2.10)."""
        whole = self.tests(literal, names)
        if whole.ast.negated or len(whole.ast.tests) < 2:
            return [whole]
        spans = [test.span for test in whole.ast.tests]
        return [self.tests(replace(literal, text=literal.text[span.start : span.end]), names) for span in spans]

    def constraint(self, item: model.ItemDefinition, text: str) -> Constraint:
        literal = model.LiteralExpression(text=text, id=item.id, line=item.line, name=item.name)
        return Constraint(self.tests(literal, frozenset()))

    # ----

    def _is_feel(self, literal: model.LiteralExpression) -> bool:
        language = literal.expression_language
        if language is None or "feel" in language.lower():
            return True
        self._fault(literal, f"the expression language {quote(language)} is not supported: only FEEL is evaluated")
        return False

    def _compiled(
        self, compile_text: Compile[Compiled], literal: model.LiteralExpression, names: frozenset[str]
    ) -> Compiled | None:
        if not self._is_feel(literal):
            return None
        try:
            compiled = compile_text(literal.text, Names(names, self.members), self.types, self.library)
        except FeelSyntaxError as error:
            said = f"is not FEEL: {error}" if literal.written is None else "has no meaning here"
            self._fault(literal, f"{quote(literal.shown)} {said}")
            return None
        self.read |= compiled.names
        if "(" in literal.text:
            self._check_calls(compiled.ast, literal, names)
        free = compiled.names and compiled.names - names - self.members - self.library.functions.keys()
        if free and (unknown := free & _plain_names(compiled.ast)):
            message = f"there is no {' and no '.join(repr(each) for each in sorted(unknown))} in {quote(literal.shown)}"
            self.unknown.append(Fault(literal.reference, literal.line, message))
        return compiled

    def _check_calls(self, tree: ast.Node, literal: model.LiteralExpression, names: frozenset[str]) -> None:
        """Calls that give nothing but null: a fault in other engines' files, in plain DMN a doubt."""
        if self.checks_calls:
            for reason in self.library.refused(tree, names):
                self._fault(literal, f"{quote(literal.shown)} {reason}")
        else:
            for reason in self.library.misfits(tree, names):
                self.unknown.append(Fault(literal.reference, literal.line, f"{quote(literal.shown)} {reason}"))

    def _fault(self, literal: model.LiteralExpression, message: str) -> None:
        self.faults.append(Fault(literal.reference, literal.line, message))

    def _failing(self) -> Evaluate:
        """What is null for the reason of the last fault."""
        reason = self.faults[-1].message

        def evaluate(frame: Frame) -> None:
            run = run_of(frame)
            return run.say(reason)

        return evaluate


def _plain_names(tree: ast.Node) -> set[str]:
    """The names in a tree, but for those that may be entries: of an item in its filter, of a context in a later one."""
    found: set[str] = set()
    entries: set[str] = set()
    todo = [tree]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Name):
            found.add(node.name)
        if isinstance(node, ast.ContextEntry):
            entries.add(node.key)
        todo.extend([node.source] if isinstance(node, ast.Filter) else ast.children(node))
    return found - entries
