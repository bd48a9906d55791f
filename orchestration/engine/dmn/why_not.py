"""Why not that outcome: what is the smallest change of the inputs that gives it? (DMN 1.5, 8.2.8: rules and matching)

For every input the values worth trying are known: the nearest one in each region that a table tells apart, and what its
type allows. Changes of one input are tried before changes of two, near ones before far ones, and each by evaluating the
decision: what is returned has given the wished outcome.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations, islice, product
from typing import Any

from orchestration.engine.dmn.decision_model import DecisionModel, Part
from orchestration.engine.dmn.decision_result import DecisionResult, Inputs
from orchestration.engine.dmn.plain import plain, read
from orchestration.engine.dmn.regions import column_regions, nearest
from orchestration.engine.dmn.samples import samples
from orchestration.engine.dmn.shortcut import kind_of_type
from orchestration.engine.feel import FeelError, to_feel
from orchestration.engine.feel.types import Type
from orchestration.engine.feel.values import Value

MOST_INPUTS = 3
"""How many inputs are changed at once, at most."""
MOST_TRIES = 5_000
"""How many changes are evaluated, at most."""
MOST_CHANGES = 50_000
"""How many changes of one number of inputs are put in order, at most."""


@dataclass(frozen=True, slots=True)
class Change:
    """An input that has to change, from what to what, as plain values."""

    name: str
    was: Any
    becomes: Any


@dataclass(frozen=True, slots=True)
class WhyNot:
    """The smallest change found (None: none was found among `tried`), and what the decision gives with it.

    No changes at all: the inputs give the wished outcome as they are.
    """

    changes: tuple[Change, ...] | None
    evaluation: DecisionResult | None
    tried: int


@dataclass(frozen=True, slots=True)
class _Option:
    """One value to try for one input, and how far it is from what it was."""

    name: str
    value: Value
    distance: float


def why_not(of: DecisionModel, decision: str, inputs: Inputs, wished: object, *, now: object = None) -> WhyNot:
    """The smallest change of inputs with which a decision gives what is wished.

    A wished context asks for its entries alone; anything else has to be equal. Only input data of the model itself is
    changed, not that of imported ones. Raises UnknownDecision.
    """
    current = of.evaluate(decision, inputs, now=now)
    if fulfils(current.value, wished):
        return WhyNot((), current, 0)
    tried = 0
    for options in islice(_changes(of, of.decisions[decision], inputs), MOST_TRIES):
        tried += 1
        changed = {**inputs, **{option.name: option.value for option in options}}
        evaluation = of.evaluate(decision, changed, now=now)
        if fulfils(evaluation.value, wished):
            changes = (Change(each.name, plain(_given(inputs, each.name)), plain(each.value)) for each in options)
            return WhyNot(tuple(changes), evaluation, tried)
    return WhyNot(None, None, tried)


def fulfils(value: Value, wished: object) -> bool:
    """Whether a value is what is wished; of a context only the entries that are asked for."""
    if isinstance(wished, Mapping):
        return isinstance(value, dict) and all(key in value and fulfils(value[key], wished[key]) for key in wished)
    given, asked = plain(value), plain(to_feel(wished))
    return isinstance(given, bool) == isinstance(asked, bool) and bool(given == asked)


def _changes(of: DecisionModel, part: Part, inputs: Inputs) -> Iterator[tuple[_Option, ...]]:
    """Changes to try: fewer inputs first, then nearer ones."""
    options = _options(of, part, inputs)
    for count in range(1, MOST_INPUTS + 1):
        several = (product(*chosen) for chosen in combinations(options, count))
        found = list(islice((change for each in several for change in each), MOST_CHANGES))
        yield from sorted(found, key=lambda change: sum(option.distance for option in change))


def _options(of: DecisionModel, part: Part, inputs: Inputs) -> list[list[_Option]]:
    """For each input that the decision depends on, the values to try, nearest first."""
    found = []
    for each in part.plan:
        if each.expression is None and not each.node.path:
            was = _typed(_given(inputs, each.node.name), each.type)
            values = _distinct([*_near(of, each, was), *samples(each.type)], was)
            options = [_Option(each.node.name, value, _distance(was, value)) for value in values]
            found.append(sorted(options, key=lambda option: option.distance))
    return [options for options in found if options]


def _near(of: DecisionModel, given: Part, was: Value) -> Iterator[Value]:
    """The nearest value in each region of the table columns that read this input by its name."""
    for reading in of.readings:
        if all(needed is not given.node for _, needed in reading.node.needs):
            continue
        for column in (column for table in reading.tables for column in table.inputs):
            if column.clause.expression.text == given.node.name:
                kind = kind_of_type(given.type) or kind_of_type(column.type) or column.index.kind
                for region in column_regions(column, given.type):
                    yield nearest(kind, region, was)
                    yield region.example


def _given(inputs: Inputs, name: str) -> Value:
    try:
        return to_feel(inputs.get(name))
    except TypeError:
        return None


def _typed(value: Value, of: Type) -> Value:
    try:
        return read(value, of)
    except (FeelError, TypeError):
        return value


def _distinct(values: list[Value], was: Value) -> list[Value]:
    """Each value once, without the one that there is."""
    by_text = {repr(each): each for each in values}
    by_text.pop(repr(was), None)
    return list(by_text.values())


def _distance(was: Value, value: Value) -> float:
    """Below 1 between numbers, the nearer the less; 1 between other values."""
    if isinstance(was, Decimal) and isinstance(value, Decimal):
        difference = float(abs(value - was))
        return difference / (difference + max(1.0, abs(float(was))))
    return 1.0
