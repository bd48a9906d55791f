"""Why not that outcome: what is the smallest change of the inputs that gives it? (DMN 1.5, 8.2.8: rules and matching)

For every input, and every value inside one that is a context, the values worth trying are known: the nearest one in
each region that a table tells apart, and what its type allows. Changes of one place are tried before changes of two,
near ones before far ones, and each by evaluating the decision: what is returned has given the wished outcome. Where the
model does not say of which type an input is, whoever asks may (`shapes`): nothing is tried that cannot stand there, and
what is empty is tried with something in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations, islice, product
from typing import Any, Final

from orchestration.engine.dmn.decision_model import DecisionModel, Part
from orchestration.engine.dmn.decision_result import DecisionResult, Inputs
from orchestration.engine.dmn.plain import plain, read
from orchestration.engine.dmn.regions import READABLE, column_regions, nearest
from orchestration.engine.dmn.samples import may_stand, samples
from orchestration.engine.dmn.shortcut import kind_of_type
from orchestration.engine.feel import FeelError, to_feel
from orchestration.engine.feel.types import ANY, ContextOf, Type
from orchestration.engine.feel.values import Value

MOST_INPUTS = 3
"""How many places in the inputs are changed at once, at most."""
DEEPEST: Final = 4
"""How deep in a context a value is changed, the input itself counted."""
NUMBER: Final = r"\d+(?:\.\d+)?"
Shapes = Mapping[str, Type]
"""The types of inputs of which the model does not say it, by name."""
NO_SHAPES: Final[Shapes] = {}
NOTHING: Final[tuple[Value, ...]] = ("", [], {})
Path = tuple[str, ...]
"""A place in the inputs: the name of one, and names inside it."""
MOST_TRIES = 5_000
"""How many changes are evaluated, at most."""
MOST_CHANGES = 50_000
"""How many changes of one number of inputs are put in order, at most."""


@dataclass(frozen=True, slots=True)
class Change:
    """A place in the inputs that has to change, from what to what, as plain values. `name`: dotted inside a context.
    `is_example`: it was empty, and any value of its type may do as well as this one."""

    name: str
    was: Any
    becomes: Any
    is_example: bool = False


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
    """One value to try at one place of the inputs, and how far it is from what it was."""

    path: Path
    value: Value
    distance: float
    is_example: bool = False


def why_not(of: DecisionModel, decision: str, inputs: Inputs, wished: object, *, now: object = None) -> WhyNot:
    """The smallest change of inputs with which a decision gives what is wished.

    A wished context asks for its entries alone; anything else has to be equal. Only input data of the model itself is
    changed, not that of imported ones. Raises UnknownDecision.
    """
    current = of.evaluate(decision, inputs, now=now)
    if fulfils(current.value, wished):
        return WhyNot((), current, 0)
    tried = 0
    for options, evaluation in _tries(of, decision, inputs, now, MOST_TRIES):
        tried += 1
        if fulfils(evaluation.value, wished):
            return WhyNot(_told(options, inputs), evaluation, tried)
    return WhyNot(None, None, tried)


def otherwise(
    of: DecisionModel, decision: str, inputs: Inputs, *, now: object = None, most: int = MOST_TRIES,
    shapes: Shapes = NO_SHAPES,
) -> tuple[WhyNot, ...]:  # fmt: skip
    """For each other value that the decision gave among so many changes, the smallest of those that gave it, the
    smallest first. Raises UnknownDecision."""
    known = {_key(of.evaluate(decision, inputs, now=now))}
    found: list[WhyNot] = []
    for tried, (options, evaluation) in enumerate(_tries(of, decision, inputs, now, most, shapes), 1):
        if _key(evaluation) not in known:
            known.add(_key(evaluation))
            found.append(WhyNot(_told(options, inputs), evaluation, tried))
    return tuple(found)


def _key(evaluation: DecisionResult) -> str:
    return repr(evaluation.value)


def _tries(
    of: DecisionModel, decision: str, inputs: Inputs, now: object, most: int, shapes: Shapes = NO_SHAPES
) -> Iterator[tuple[tuple[_Option, ...], DecisionResult]]:
    for options in islice(_changes(of, of.decisions[decision], inputs, shapes), most):
        yield options, of.evaluate(decision, _changed(inputs, options), now=now)


def _told(options: tuple[_Option, ...], inputs: Inputs) -> tuple[Change, ...]:
    return tuple(
        Change(".".join(each.path), plain(_given(inputs, each.path)), plain(each.value), each.is_example)
        for each in options
    )  # fmt: skip


def _changed(inputs: Inputs, options: Iterable[_Option]) -> Inputs:
    found = dict(inputs)
    for option in options:
        inner = found
        for name in option.path[:-1]:
            inner[name] = dict(inner.get(name) or {})
            inner = inner[name]
        inner[option.path[-1]] = option.value
    return found


def fulfils(value: Value, wished: object) -> bool:
    """Whether a value is what is wished; of a context only the entries that are asked for."""
    if isinstance(wished, Mapping):
        return isinstance(value, dict) and all(key in value and fulfils(value[key], wished[key]) for key in wished)
    given, asked = plain(value), plain(to_feel(wished))
    return isinstance(given, bool) == isinstance(asked, bool) and bool(given == asked)


def _changes(of: DecisionModel, part: Part, inputs: Inputs, shapes: Shapes) -> Iterator[tuple[_Option, ...]]:
    """Changes to try: fewer places first, then nearer ones."""
    options = _options(of, part, inputs, shapes)
    for count in range(1, MOST_INPUTS + 1):
        several = (product(*chosen) for chosen in combinations(options, count))
        found = list(islice((change for each in several for change in each), MOST_CHANGES))
        yield from sorted(found, key=lambda change: sum(option.distance for option in change))


def _options(of: DecisionModel, part: Part, inputs: Inputs, shapes: Shapes) -> list[list[_Option]]:
    """For each input that the decision depends on, and each value inside a context, what to try, nearest first."""
    found = []
    for each in part.plan:
        if each.expression is None and not each.node.path:
            name = each.node.name
            type_ = shapes.get(name, ANY) if each.type == ANY else each.type
            for path, inner in tuple(_inside((name,), inputs.get(name), type_)) or (((name,), type_),):
                found.append(sorted(_options_at(of, each, inputs, path, inner), key=lambda option: option.distance))
    return [options for options in found if options]


def _inside(path: Path, value: object, type_: Type) -> Iterator[tuple[Path, Type]]:
    """The places of the single values in a context, those that are empty too, each with its type."""
    typed = dict(type_.entries) if isinstance(type_, ContextOf) else {}
    held = value if isinstance(value, Mapping) else {}
    if (value is not None and not isinstance(value, Mapping)) or len(path) >= DEEPEST:
        return
    for name in dict.fromkeys((*held, *typed)):
        place, inner = (*path, name), typed.get(name, ANY)
        yield from tuple(_inside(place, held.get(name), inner)) or [(place, inner)]


def _options_at(of: DecisionModel, each: Part, inputs: Inputs, path: Path, type_: Type) -> Iterator[_Option]:
    was = _typed(_given(inputs, path), type_)
    near = [value for value in _near(of, each, path, type_, was) if may_stand(value, type_)]
    more = samples(type_) if was is None or type_ == each.type else []
    for value in _distinct([*near, *more], was):
        if was is not None:
            yield _Option(path, value, _distance(was, value))
        elif value not in NOTHING:
            yield _Option(path, value, 1.0, value in READABLE or value not in near)


def _near(of: DecisionModel, given: Part, path: Path, type_: Type, was: Value) -> Iterator[Value]:
    """The nearest value in each region of the table columns that read this place, by itself or times a number."""
    for reading in of.readings:
        if all(needed is not given.node for _, needed in reading.node.needs):
            continue
        for column in (column for table in reading.tables for column in table.inputs):
            for times in _times(".".join(path), column.clause.expression.text):
                kind = kind_of_type(type_) or kind_of_type(column.type) or column.index.kind
                there = _short(was * times) if isinstance(was, Decimal) else was
                for region in column_regions(column, type_):
                    for value in (nearest(kind, region, there), region.example):
                        yield value / times if isinstance(value, Decimal) else value


def _short(number: Decimal) -> Decimal:
    """As people say it: what is near to many decimals would have as many, and be read as the bound itself."""
    exponent = number.as_tuple().exponent
    many = isinstance(exponent, int) and exponent < -2
    return (number.quantize(Decimal("0.1")) if many and abs(number) < 10**20 else number).normalize()


def _times(path: str, text: str) -> Iterator[Decimal]:
    """By what a column's expression multiplies this place; by 1 too where it reads it in any other way."""
    if text == path or re.search(rf"(?<![\w.]){re.escape(path)}(?!\.?\w)", text):
        yield Decimal(1)
    if (found := re.fullmatch(rf"{re.escape(path)}\s*\*\s*({NUMBER})", text)) and Decimal(found[1]):
        yield Decimal(found[1])


def _given(inputs: Inputs, path: Path) -> Value:
    value: object = inputs
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    try:
        return to_feel(value)
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
