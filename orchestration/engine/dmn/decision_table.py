"""Which rules of a decision table match, and what does it give? (DMN 1.5, chapter 8: decision tables)

A table is compiled once. An index narrows the rules down; the cells that are more than comparisons with constants are
then asked one by one. A rule matches if all its cells are true. A cell that fails keeps its rule from matching, and its
reason is kept if no other cell of that rule is plainly false.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from orchestration.engine.dmn import hit_policy, model
from orchestration.engine.dmn.decision_result import CellTrace, RuleHit, RuleTrace, TableHits, TableTrace
from orchestration.engine.dmn.hit_policy import Hit, Outputs
from orchestration.engine.dmn.index import ColumnIndex, RuleSet
from orchestration.engine.dmn.literals import CompiledTest, asking
from orchestration.engine.dmn.model_evaluation import Evaluate, ModelEvaluation, run_of
from orchestration.engine.dmn.plain import shown
from orchestration.engine.feel.comparison import same
from orchestration.engine.feel.evaluation import Evaluation, Frame
from orchestration.engine.feel.problems import quote
from orchestration.engine.feel.types import Type
from orchestration.engine.feel.values import Value

MOST_KEPT = 1_000
"""How many evaluations of tables one evaluation keeps hits and traces of: the first ones."""


@dataclass(frozen=True, slots=True)
class InputColumn:
    """An input clause compiled: its value, whether a value is allowed, its cells and their index."""

    clause: model.InputClause
    value: Evaluate
    type: Type
    allowed: CompiledTest | None
    cells: tuple[CompiledTest, ...]
    index: ColumnIndex
    always: RuleSet
    """The rules whose cell is `-`, which takes null too."""


@dataclass(frozen=True, slots=True)
class OutputColumn:
    """An output clause compiled: its entries, the tests of its output values one by one, its default."""

    clause: model.OutputClause
    type: Type
    entries: tuple[Evaluate, ...]
    values: tuple[CompiledTest, ...]
    default: Evaluate | None


@dataclass(frozen=True, slots=True)
class CompiledTable:
    table: model.DecisionTable
    decision: str
    inputs: tuple[InputColumn, ...]
    outputs: tuple[OutputColumn, ...]
    aggregate: Evaluate | None
    """The aggregation of a COLLECT table, over the list in the variable `values`."""

    def __call__(self, frame: Frame) -> Value:
        run = run_of(frame)
        values = [column.value(frame) for column in self.inputs]
        frames = [asking(frame, value) for value in values]
        allowed = self._inputs_allowed(run, frames, values)
        hits = self._hits(frame, frames, values) if allowed else []
        outcome = hit_policy.decide(self.table.hit_policy, hits, self._priority(frame), _equal(run)) if hits else None
        reported = outcome.hits if outcome is not None else ()
        if len(run.hits) < MOST_KEPT:
            run.hits.append(self._report(reported))
        value = self._result(frame, outcome) if allowed else None
        if run.tables is not None and len(run.tables) < MOST_KEPT:
            run.tables.append(self._trace(run, frames, values, reported, value))
        return value

    # ---- matching

    def _inputs_allowed(self, run: ModelEvaluation, frames: Sequence[Frame], values: Sequence[Value]) -> bool:
        """Input values constrain the input expression (8.3.1); null stands for a missing input and passes."""
        for column, frame, value in zip(self.inputs, frames, values, strict=True):
            if column.allowed is not None and value is not None and column.allowed(frame) is not True:
                run.say(f"the input {quote(column.clause.expression.shown)} is none of its input values")
                return False
        return True

    def _hits(self, frame: Frame, frames: Sequence[Frame], values: Sequence[Value]) -> list[Hit]:
        matching = self._matching(frame.run, frames, values)
        if self.table.hit_policy == "FIRST":
            first = next(matching, None)
            matching = iter(() if first is None else (first,))
        return [Hit(number, self.outputs_of(frame, number)) for number in matching]

    def _matching(self, run: Evaluation, frames: Sequence[Frame], values: Sequence[Value]) -> Iterator[int]:
        """The indexes of the rules that match, in order."""
        everything = (1 << len(self.table.rules)) - 1
        candidates, to_ask = everything, []
        for column, frame, value in zip(self.inputs, frames, values, strict=True):
            rules = column.index.rules(value)
            candidates &= everything if rules is None else rules
            to_ask.append((everything & ~column.always if rules is None else column.index.asked, column, frame))
        for number in members(candidates):
            cells = [(column, frame) for asked, column, frame in to_ask if asked >> number & 1]
            if self._asked(run, number, cells):
                yield number

    @staticmethod
    def _asked(run: Evaluation, number: int, cells: Sequence[tuple[InputColumn, Frame]]) -> bool:
        """Whether these cells of a rule are all true."""
        run.spend(1 + len(cells))
        matches, known = True, len(run.problems)
        for column, frame in cells:
            verdict = column.cells[number](frame)
            if verdict is False:
                del run.problems[known:]
                return False
            matches = matches and verdict is True
        return matches

    # ---- results

    def outputs_of(self, frame: Frame, number: int) -> Outputs:
        """What a rule, by its index, puts out. Raises LimitExceeded."""
        return tuple(self._allowed_output(frame, column, column.entries[number](frame)) for column in self.outputs)

    def _allowed_output(self, frame: Frame, column: OutputColumn, value: Value) -> Value:
        """Output values constrain the output entries (8.3.2)."""
        if not column.values or value is None or self._place(frame, column, value) < len(column.values):
            return value
        run = run_of(frame)
        of = column.clause.name or "the table"
        return run.say(f"the output {quote(shown(value, run.limits))} is none of the output values of {of}")

    @staticmethod
    def _place(frame: Frame, column: OutputColumn, value: Value) -> int:
        """The place of a value in the list of output values, from 0; behind all for one that is not there."""
        ask = asking(frame, value)
        return next((place for place, test in enumerate(column.values) if test(ask) is True), len(column.values))

    def _priority(self, frame: Frame) -> hit_policy.Priority:
        def key(outputs: Outputs) -> tuple[int, ...]:
            return tuple(self._place(frame, *each) for each in zip(self.outputs, outputs, strict=True))

        return key

    def priorities(self, frame: Frame) -> list[tuple[int, ...] | None]:
        """The sort key of each rule's outputs (8.2.10); None where they cannot be told in this frame."""
        key = self._priority(frame)
        keys: list[tuple[int, ...] | None] = []
        for number in range(len(self.table.rules)):
            known = len(frame.run.problems)
            outputs = self.outputs_of(frame, number)
            keys.append(None if len(frame.run.problems) > known else key(outputs))
            del frame.run.problems[known:]
        return keys

    def _result(self, frame: Frame, outcome: hit_policy.Outcome | None) -> Value:
        run = run_of(frame)
        if outcome is None:
            return self._without_a_match(frame)
        if outcome.reason:
            return run.say(outcome.reason)
        values = [self._shaped(hit.outputs) for hit in outcome.hits]
        return self._collected(frame, values) if outcome.several else values[0]

    def _without_a_match(self, frame: Frame) -> Value:
        several = self.table.hit_policy in hit_policy.SEVERAL
        if all(column.default is None for column in self.outputs):
            return hit_policy.aggregation_of_nothing(self.table.aggregation) if several else None
        default = self._shaped([column.default(frame) if column.default else None for column in self.outputs])
        return self._collected(frame, [default]) if several else default

    def _collected(self, frame: Frame, values: list[Value]) -> Value:
        frame.run.items(len(values))
        return values if self.aggregate is None else self.aggregate(Frame(frame.run, None, {"values": values}))

    def _shaped(self, outputs: Sequence[Value]) -> Value:
        """One output is a value, several are a context of the outputs' names (8.3.2)."""
        if len(outputs) == 1:
            return outputs[0]
        return {column.clause.name: value for column, value in zip(self.outputs, outputs, strict=True)}

    # ---- what is told about it

    def _report(self, hits: Sequence[Hit]) -> TableHits:
        rules = [(hit.index + 1, self.table.rules[hit.index]) for hit in hits]
        return TableHits(
            self.table.id,
            self.decision,
            tuple(RuleHit(number, rule.id, rule.label, rule.annotations) for number, rule in rules),
        )

    def _trace(
        self, run: ModelEvaluation, frames: Sequence[Frame], values: Sequence[Value], hits: Sequence[Hit], output: Value
    ) -> TableTrace:
        return TableTrace(
            table=self.table.id,
            decision=self.decision,
            inputs=tuple(
                (column.clause.expression.text, shown(value, run.limits))
                for column, value in zip(self.inputs, values, strict=True)
            ),
            rules=tuple(self._rule_trace(run, number, frames) for number in range(len(self.table.rules))),
            hits=tuple(hit.index + 1 for hit in hits),
            output=shown(output, run.limits),
        )

    def _rule_trace(self, run: ModelEvaluation, number: int, frames: Sequence[Frame]) -> RuleTrace:
        rule = self.table.rules[number]
        cells = []
        for column, frame, test in zip(self.inputs, frames, rule.tests, strict=True):
            verdict, reasons = run.aside(column.cells[number], frame)
            cells.append(CellTrace(test.shown, verdict, reasons))
        return RuleTrace(number + 1, rule.id, tuple(cells), all(cell.verdict is True for cell in cells))


def members(rules: RuleSet) -> Iterator[int]:
    """The indexes in a set of rules, in order."""
    while rules:
        lowest = rules & -rules
        yield lowest.bit_length() - 1
        rules ^= lowest


def _equal(run: ModelEvaluation) -> hit_policy.Equal:
    def equal(left: Any, right: Any) -> bool:
        return same(run, list(left), list(right))

    return equal
