"""What is doubtful about a decision table, for all inputs at once? (DMN 1.5, 8.2.10: completeness and hit policies)

Gaps (inputs that no rule covers), overlaps (inputs that two rules cover where only one may), rules that can never match
or never count. The regions of the columns make it a search among finitely many combinations; a budget bounds it, and
`complete` says whether all were looked at. Every finding with an example has been evaluated: the cells were asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import islice, product
from operator import or_
from typing import Any, Literal

from orchestration.engine.dmn.decision_table import CompiledTable, members
from orchestration.engine.dmn.index import RuleSet
from orchestration.engine.dmn.literals import asking
from orchestration.engine.dmn.model_evaluation import ModelEvaluation
from orchestration.engine.dmn.plain import plain
from orchestration.engine.dmn.regions import Region, column_regions
from orchestration.engine.feel import DEFAULT, Frame, LimitExceeded
from orchestration.engine.feel.types import ANY, Type

FindingKind = Literal["gap", "overlap", "masked", "type", "unknown name", "unused input", "idle"]

MOST_STATES = 50_000
"""How many partial combinations one search goes through before it gives up."""
MOST_SAMPLES = 100
MOST_FINDINGS = 50
"""How many findings of one kind are told of one table."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One doubt: what it is about (id, line), a sentence, the rules concerned (from 1), and an example of inputs.

    The example maps the text of each input expression to a plain value.
    """

    kind: FindingKind
    element: str
    line: int
    message: str
    rules: tuple[int, ...] = ()
    example: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class TableAnalysis:
    """The findings about one table. Not `complete`: cells depend on more than their input, or there was too much."""

    table: str
    decision: str
    findings: tuple[Finding, ...]
    complete: bool


Combination = tuple[Region, ...]


@dataclass(slots=True)
class _Search:
    """A search through the combinations of all columns' regions, the rules that may match getting fewer."""

    columns: Sequence[Sequence[Region]]
    left: int = MOST_STATES
    complete: bool = True
    seen: set[tuple[int, RuleSet]] = field(default_factory=set)

    def without(self, rules: RuleSet, column: int = 0) -> Iterator[Combination]:
        """Combinations that none of `rules` may take.

        What is left with the same rules at the same column is looked at once.
        """
        if rules == 0 and all(self.columns[column:]):
            yield tuple(regions[0] for regions in self.columns[column:])
        if rules == 0 or column == len(self.columns) or (column, rules) in self.seen:
            return
        self.seen.add((column, rules))
        for region in self.columns[column]:
            self.left -= 1
            if self.left < 0:
                self.complete = False
                return
            for rest in self.without(rules & region.possible, column + 1):
                yield (region, *rest)


def analyse_table(table: CompiledTable, given: Mapping[str, Type] | None = None) -> TableAnalysis:
    """The gaps, overlaps and idle rules of a table. `given`: the types of the variables that its inputs may name."""
    return _TableAnalyst(table, given or {}).analysis()


class _TableAnalyst:
    def __init__(self, table: CompiledTable, given: Mapping[str, Type]) -> None:
        self.table = table
        self.policy = table.table.hit_policy
        types = [given.get(column.clause.expression.text, ANY) for column in table.inputs]
        self.columns = [merged(column_regions(*each)) for each in zip(table.inputs, types, strict=True)]
        self.everything: RuleSet = (1 << len(table.table.rules)) - 1
        self.clear = self.everything & ~self._dependent()
        self.complete = self.clear == self.everything
        self.priorities = table.priorities(Frame(ModelEvaluation(DEFAULT, None), None, {}))

    def analysis(self) -> TableAnalysis:
        findings = [*self.gaps(), *self.overlaps(), *self.idle()]
        return TableAnalysis(self.table.table.reference, self.table.decision, tuple(findings), self.complete)

    def _dependent(self) -> RuleSet:
        """The rules with a cell that depends on more than its input."""
        return _joined(region.possible & ~region.certain for regions in self.columns for region in regions)

    # ---- gaps

    def gaps(self) -> Iterator[Finding]:
        """Inputs that no rule takes, where there is no default output to give."""
        if any(column.default is not None for column in self.table.outputs):
            return
        search = _Search(self.columns)
        for combination in islice(search.without(self.everything), MOST_FINDINGS):
            if not self.matching(combination):
                yield self.finding("gap", "no rule covers these inputs", (), combination)
        self.complete = self.complete and search.complete

    # ---- overlaps

    def overlaps(self) -> Iterator[Finding]:
        """Pairs of rules that both take some inputs, where the hit policy allows one, or wants them to agree."""
        if self.policy not in ("UNIQUE", "ANY"):
            return
        partners = self._partners()
        pairs = ((one, other) for one in range(len(partners)) for other in members(partners[one] & -2 << one))
        told = 0
        for one, other in pairs:
            combination = self._common(1 << one | 1 << other)
            if combination is None or not {one, other} <= set(self.matching(combination)):
                continue
            if self.policy == "ANY" and self._agree(one, other, combination):
                continue
            message = f"rules {one + 1} and {other + 1} both match, but the table is {self.policy}"
            yield self.finding("overlap", message, (one + 1, other + 1), combination)
            told += 1
            if told == MOST_FINDINGS:
                self.complete = False
                return

    def _partners(self) -> list[RuleSet]:
        """For each rule the rules that share inputs with it in every column."""
        partners = [self.clear if self.clear >> rule & 1 else 0 for rule in range(len(self.table.table.rules))]
        for regions in self.columns:
            beside = [0] * len(partners)
            for region in regions:
                for rule in members(region.certain & self.clear):
                    beside[rule] |= region.certain
            partners = [a & b for a, b in zip(partners, beside, strict=True)]
        return partners

    def _common(self, rules: RuleSet) -> Combination | None:
        chosen = [next((region for region in each if region.certain & rules == rules), None) for each in self.columns]
        found = tuple(each for each in chosen if each is not None)
        return found if len(found) == len(chosen) else None

    def _agree(self, one: int, other: int, combination: Combination) -> bool:
        run = ModelEvaluation(DEFAULT, None)
        frame = Frame(run, None, {})
        results = [[plain(column.entries[rule](frame)) for column in self.table.outputs] for rule in (one, other)]
        return results[0] == results[1]

    # ---- rules that never match, or never count

    def idle(self) -> Iterator[Finding]:
        for rule in members(self.clear):
            own = self._common(1 << rule)
            if own is None:
                yield self.finding("masked", f"rule {rule + 1} can never match: no value fits its cells", (rule + 1,))
            elif (better := self._better(rule)) and (others := self._covering(rule, better)):
                message = f"rule {rule + 1} never counts: wherever it matches, {_named(others)} come before it"
                yield self.finding("masked", message, (rule + 1, *others), own)

    def _better(self, rule: int) -> RuleSet:
        """The rules that win over this one wherever both match."""
        if self.policy == "FIRST":
            return self.everything & ((1 << rule) - 1)
        if self.policy == "PRIORITY":
            own = self.priorities[rule]
            return _joined(1 << n for n, each in enumerate(self.priorities) if own and each and (each, n) < (own, rule))
        return 0

    def _covering(self, rule: int, better: RuleSet) -> tuple[int, ...]:
        """The rules (from 1) that win wherever this one matches; none if it counts somewhere, or that is not sure."""
        better &= self.clear
        inside = [[region for region in each if region.certain >> rule & 1] for each in self.columns]
        search = _Search(inside)
        if next(search.without(better), None) is not None or not search.complete:
            self.complete = self.complete and search.complete
            return ()
        winners: set[int] = set()
        for combination in islice(product(*inside), MOST_SAMPLES):
            matching = [number for number in self.matching(combination) if better >> number & 1]
            if not matching:
                return ()
            winners.add(matching[0] + 1)
        return tuple(sorted(winners))

    # ---- asking

    def matching(self, combination: Combination) -> list[int]:
        """The rules (from 0) that match these inputs, by asking every cell."""
        run = ModelEvaluation(DEFAULT, None)
        frame = Frame(run, None, {})
        asked = [asking(frame, region.example) for region in combination]
        cells = zip(*(column.cells for column in self.table.inputs), strict=True) if asked else iter(())
        try:
            return [
                number
                for number, row in enumerate(cells)
                if all(cell(each) is True for cell, each in zip(row, asked, strict=True))
            ]
        except LimitExceeded:
            return []

    def finding(
        self, kind: FindingKind, message: str, rules: tuple[int, ...], combination: Combination = ()
    ) -> Finding:
        texts = [column.clause.expression.text for column in self.table.inputs] if combination else []
        example = tuple((text, plain(region.example)) for text, region in zip(texts, combination, strict=True))
        return Finding(kind, self.table.table.reference, self.table.table.line, message, rules, example)


def merged(regions: Iterable[Region]) -> list[Region]:
    """One region for each different set of rules: the others would only be asked the same again."""
    found: dict[tuple[RuleSet, RuleSet], Region] = {}
    for region in regions:
        same = found.setdefault((region.certain, region.possible), region)
        if same.example == "":  # any other text is a plainer example
            found[region.certain, region.possible] = region
    return list(found.values())


def _joined(sets: Iterable[RuleSet]) -> RuleSet:
    return reduce(or_, sets, 0)


def _named(rules: Sequence[int]) -> str:
    return f"rule{'s' if len(rules) > 1 else ''} {', '.join(map(str, rules))}"
