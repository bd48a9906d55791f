"""What does the evaluation of a whole decision model carry with it? (DMN 1.5, 10.4: execution semantics of services)

One budget of steps for all expressions of the model; the element that is being evaluated, so that a reason can name it;
the hits; and, if asked for, the parts of a trace.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast

from orchestration.engine.dmn import model
from orchestration.engine.dmn.decision_result import NOWHERE, DecisionTrace, Problem, TableHits, TableTrace
from orchestration.engine.feel.evaluation import MAX_PROBLEMS, Evaluation, Frame
from orchestration.engine.feel.problems import Limits, Span, bounded
from orchestration.engine.feel.temporal import DateTime
from orchestration.engine.feel.values import Value

Evaluate = Callable[[Frame], Value]
"""A compiled expression."""

_MODEL = model.Element(name="model")


class ModelEvaluation(Evaluation):
    """One evaluation of a decision model."""

    __slots__ = ("decisions", "element", "hits", "tables")

    def __init__(self, limits: Limits, now: DateTime | None, trace: bool = False) -> None:
        super().__init__(limits, now)
        self.element: model.Element = _MODEL
        self.hits: list[TableHits] = []
        self.tables: list[TableTrace] | None = [] if trace else None
        self.decisions: list[DecisionTrace] | None = [] if trace else None

    def fail(self, reason: str, span: Span) -> None:
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(Problem(bounded(reason), span, False, self.element.reference, self.element.line))

    def say(self, reason: str, element: model.Element | None = None) -> None:
        """Keep why an element (the one that is being evaluated) is null; returns that null."""
        where = self.element if element is None else element
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(Problem(bounded(reason), NOWHERE, False, where.reference, where.line))

    def stopped(self, reason: str) -> None:
        """Keep that a limit ended the evaluation."""
        self.problems.append(Problem(bounded(reason), NOWHERE, True, self.element.reference, self.element.line))

    @property
    def kept(self) -> tuple[Problem, ...]:
        """The problems, each with its element."""
        return tuple(each for each in self.problems if isinstance(each, Problem))

    def aside(self, test: Evaluate, frame: Frame) -> tuple[bool | None, tuple[str, ...]]:
        """A test's verdict and why it is null, without leaving a mark on the evaluation: for the trace."""
        problems, steps = self.problems, self._steps
        self.problems = []
        try:
            return test(frame), tuple(each.reason for each in self.problems)
        finally:
            self.problems, self._steps = problems, steps


def run_of(frame: Frame) -> ModelEvaluation:
    """The evaluation that a frame belongs to; inside a decision model it is that of the model."""
    return cast(ModelEvaluation, frame.run)


def located(element: model.Element, evaluate: Evaluate) -> Evaluate:
    """The same expression, its problems said of this element."""

    def inner(frame: Frame) -> Value:
        run = run_of(frame)
        outer, run.element = run.element, element
        try:
            return evaluate(frame)
        finally:
            run.element = outer

    return inner


def within(frame: Frame, variables: Mapping[str, Value]) -> Frame:
    """A scope inside another one: its variables and those around it, in one mapping, as FEEL reads them."""
    return Frame(frame.run, None, {**frame.variables, **variables})
