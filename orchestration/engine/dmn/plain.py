"""How does data from outside become FEEL values of the types asked for, and how is one shown? (DMN 1.5, 10.3.2.9)"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from orchestration.engine.feel.evaluation import Evaluation
from orchestration.engine.feel.numbers import exact
from orchestration.engine.feel.problems import FeelError, LimitExceeded, Limits
from orchestration.engine.feel.text import from_feel, from_iso, to_feel
from orchestration.engine.feel.types import ContextOf, ListOf, Restricted, Simple, Type
from orchestration.engine.feel.values import Value, measure

MOST_DEPTH = 200
WRITTEN_AS_TEXT = {
    "date",
    "time",
    "date and time",
    "days and time duration",
    "years and months duration",
}


def plain(value: Value) -> Any:
    """A value of None, bool, int, float, str, list and dict: what JSON can carry.

    A number that a float cannot show exactly is a string of its digits; dates, durations, ranges and functions are
    strings as FEEL writes them.
    """
    return _without_decimals(from_feel(value))


def _without_decimals(value: Any) -> Any:
    if isinstance(value, Decimal):
        rounded = float(value)
        return rounded if exact(rounded) == value else str(value)
    if isinstance(value, list):
        return [_without_decimals(item) for item in value]
    if isinstance(value, dict):
        return {key: _without_decimals(item) for key, item in value.items()}
    return value


def shown(value: Value, limits: Limits) -> Any:
    """The same for a trace, where a value that is too large or too deep to be shown is only said to be so."""
    try:
        check_size(value, Evaluation(limits, None))
    except LimitExceeded as exceeded:
        return f"({exceeded.reason})"
    return plain(value)


def check_size(value: Value, run: Evaluation) -> None:
    """Count what is in a value, as often as it is in it. Raises LimitExceeded for one too large or too deep."""
    measure(run, [value])
    level = [value]
    for _ in range(MOST_DEPTH):
        level = [item for each in level for item in _parts(each)]
        if not level:
            return
    raise LimitExceeded(f"a value is nested more than {MOST_DEPTH} deep")


def _parts(value: Value) -> Iterable[Value]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def read(value: object, of: Type) -> Value:
    """Python data as a FEEL value; JSON has no dates, so where the type asks for one its text is read.

    Raises FeelError where a text is no such date, TypeError for data that FEEL does not know.
    """
    converted = to_feel(value)
    if converted is None and value is not None:
        raise FeelError(f"this {type(value).__name__} is no finite number that FEEL can hold")
    return _dated(converted, of)


def _dated(value: Value, of: Type) -> Value:
    if isinstance(of, Restricted):
        return _dated(value, of.base)
    if isinstance(value, str) and isinstance(of, Simple) and of.name in WRITTEN_AS_TEXT:
        return from_iso(of.name, value)
    if isinstance(value, list):
        inner = of.item if isinstance(of, ListOf) else of
        return [_dated(item, inner) for item in value]
    if isinstance(of, ListOf):
        return _dated(value, of.item)
    if isinstance(value, dict) and isinstance(of, ContextOf):
        types = dict(of.entries)
        return {key: _dated(item, types[key]) if key in types else item for key, item in value.items()}
    return value
