"""What comes out when a decision is evaluated: value, hits, problems and, if wanted, a trace? (DMN 1.5, 6.3, 8.2.10)

Frozen values that JSON can carry (`to_json`). The same inputs evaluated again with the same model, time and limits give
an equal evaluation: nothing in here depends on anything else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from orchestration.engine.feel import Span
from orchestration.engine.feel.problems import MOST_QUOTED
from orchestration.engine.feel.problems import Problem as FeelProblem

NOWHERE = Span(0, 0, 0, 0)
"""The span of a problem that is not one of a text."""


@dataclass(frozen=True, slots=True)
class Problem(FeelProblem):
    """Why something is null: the reason, the place in the text, the element (id or name) that has it, and its line."""

    element: str = ""
    line: int = 0

    def __str__(self) -> str:
        place = "" if self.span == NOWHERE else f", in its text {self.span}"
        return f"{self.reason} ({self.element[:MOST_QUOTED]}, line {self.line}{place})"


@dataclass(frozen=True, slots=True)
class RuleHit:
    """A rule that matched: its number in the table, from 1, its id, label and annotations."""

    number: int
    id: str = ""
    label: str = ""
    annotations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TableHits:
    """Which rules of which table matched, in the order of the table; `decision` is the name of what it belongs to."""

    table: str
    decision: str
    rules: tuple[RuleHit, ...]


@dataclass(frozen=True, slots=True)
class CellTrace:
    """One cell: its text and its verdict, true, false or null; `problems` are why it is null."""

    text: str
    verdict: bool | None
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleTrace:
    number: int
    id: str
    cells: tuple[CellTrace, ...]
    matched: bool


@dataclass(frozen=True, slots=True)
class TableTrace:
    """One evaluation of a decision table: inputs by expression, every rule, the numbers of the hits, the output."""

    table: str
    decision: str
    inputs: tuple[tuple[str, Any], ...]
    rules: tuple[RuleTrace, ...]
    hits: tuple[int, ...]
    output: Any


@dataclass(frozen=True, slots=True)
class DecisionTrace:
    """The result of one decision or input of the graph, in the order of evaluation."""

    kind: str
    name: str
    value: Any


@dataclass(frozen=True, slots=True)
class Trace:
    """How a value came about: the inputs given, what each element gave, each table in detail, and the warnings."""

    inputs: tuple[tuple[str, Any], ...]
    decisions: tuple[DecisionTrace, ...]
    tables: tuple[TableTrace, ...]
    output: Any
    warnings: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class DecisionResult:
    """The value of a decision (a FEEL value: `from_feel` makes it plain), and how it came about."""

    value: Any
    hits: tuple[TableHits, ...] = ()
    problems: tuple[Problem, ...] = ()
    trace: Trace | None = None


Inputs = Mapping[str, Any]
