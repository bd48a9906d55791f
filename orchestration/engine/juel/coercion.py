"""What do JUEL's operators give for values of other kinds? (JSR-245 Expression Language 2.2, 1.7 to 1.11 and 1.18)

EL converts before it works: a text that is a number is one, null is 0, false or the empty text. FEEL does not. So the
operators are functions here that the translated expressions call, named `el ...`, which nobody can write in JUEL. What
EL calls an error raises `FeelError`: the expression is null then, with the reason. Two things are read wider than EL:
dates, which are texts in JSON, compare as dates beside one; and `+` joins where a text in it is written out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Final

from orchestration.engine import feel
from orchestration.engine.feel.arithmetic import OPERATIONS
from orchestration.engine.feel.builtins.registry import BuiltIn, declaring
from orchestration.engine.feel.comparison import order, same
from orchestration.engine.feel.evaluation import Evaluation
from orchestration.engine.feel.numbers import CONTEXT, exact, is_number, number_text, parse_number, whole
from orchestration.engine.feel.problems import FeelError, quote
from orchestration.engine.feel.temporal import (
    Date,
    DateTime,
    Time,
    at_midnight,
    parse_date,
    parse_date_time,
    parse_time,
)
from orchestration.engine.feel.text import string_of
from orchestration.engine.feel.values import Value, described

_FUNCTIONS: Final[dict[str, BuiltIn]] = {}
el = declaring(_FUNCTIONS)
_NUMBER: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,4})?", re.ASCII)
_MOMENTS: Final = (Date, DateTime, Time)
_TEMPORAL: Final = (*_MOMENTS, feel.DaysTimeDuration, feel.YearsMonthsDuration)

# --- conversion (1.18) --------------------------------------------------------------------------------------------


def as_number(value: Value) -> Decimal:
    """1.18.3: null and the empty text are 0, a text is the number that it shows. Raises `FeelError`."""
    if value is None or value == "":
        return Decimal(0)
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return parse_number(value)
    number = exact(value)
    if number is None:
        what = quote(value) if isinstance(value, str) else described(value)
        raise FeelError(f"{what} is not a number")
    return number


def is_numeric(text: str) -> bool:
    """Whether a text counts as a number."""
    return not text or _NUMBER.fullmatch(text) is not None


def as_truth(value: Value) -> bool:
    """1.18.5: null and the empty text are false, a text is true if it is the word. Raises `FeelError`."""
    if value is None:
        return False
    if isinstance(value, str):
        return value.lower() == "true"
    if isinstance(value, bool):
        return value
    raise FeelError(f"{described(value)} is neither true nor false")


def as_text(run: Evaluation, value: Value) -> str:
    """1.18.2: null is the empty text."""
    if is_number(value):
        return number_text(as_number(value))
    return "" if value is None else string_of(run, value)


def _as_moments(left: Value, right: Value) -> tuple[Value, Value]:
    """A text beside a date or time as what it shows; a date beside a date with a time as its midnight."""
    left, right = _as_moment(left, right), _as_moment(right, left)
    if isinstance(left, Date) and isinstance(right, DateTime):
        return at_midnight(left), right
    if isinstance(left, DateTime) and isinstance(right, Date):
        return left, at_midnight(right)
    return left, right


def _as_moment(value: Value, beside: Value) -> Value:
    if not isinstance(value, str):
        return value
    parse = parse_time if isinstance(beside, Time) else parse_date_time if "T" in value else parse_date
    return parse(value)


@el("el truth(value: any?)")
def truth(run: Evaluation, value: Value) -> bool:
    return as_truth(value)


@el("el text(value: any?)")
def text(run: Evaluation, value: Value) -> str:
    return as_text(run, value)


# --- arithmetic (1.7) ---------------------------------------------------------------------------------------------


@el("el add(values...: any?)")
def added(run: Evaluation, values: Sequence[Value]) -> Value:
    """The sum, from left to right."""
    return _folded(run, values, lambda left, right: _calculated(run, "+", left, right))


@el("el join(values...: any?)")
def joined(run: Evaluation, values: Sequence[Value]) -> Value:
    """The same where a text is written out: from the first text on it is joined."""
    return _folded(run, values, lambda left, right: _joined(run, left, right))


@el("el plus(values...: any?)")
def plus(run: Evaluation, values: Sequence[Value]) -> Value:
    """What `+` means in Groovy and JavaScript: a text on either side makes it join."""
    return _folded(run, values, lambda left, right: _pasted(run, left, right))


def _folded(run: Evaluation, values: Sequence[Value], operation: Callable[[Value, Value], Value]) -> Value:
    first, *rest = values
    for value in rest:
        run.spend()
        first = operation(first, value)
    return first


def _joined(run: Evaluation, left: Value, right: Value) -> Value:
    try:
        return _calculated(run, "+", left, right)
    except FeelError:
        return run.text(as_text(run, left) + as_text(run, right))


def _pasted(run: Evaluation, left: Value, right: Value) -> Value:
    if isinstance(left, str) or isinstance(right, str):
        return run.text(as_text(run, left) + as_text(run, right))
    return OPERATIONS["+"](run, left, right)


@el("el subtract(left: any?, right: any?)")
def subtracted(run: Evaluation, left: Value, right: Value) -> Value:
    return _calculated(run, "-", left, right)


@el("el multiply(left: any?, right: any?)")
def multiplied(run: Evaluation, left: Value, right: Value) -> Value:
    return _calculated(run, "*", left, right)


@el("el divide(left: any?, right: any?)")
def divided(run: Evaluation, left: Value, right: Value) -> Value:
    """1.7.2: null by null is 0."""
    return Decimal(0) if left is None and right is None else _calculated(run, "/", left, right)


@el("el remainder(left: any?, right: any?)")
def remainder(run: Evaluation, left: Value, right: Value) -> Value:
    """1.7.3: it has the sign of what is divided."""
    if left is None and right is None:
        return Decimal(0)
    dividend, divisor = as_number(left), as_number(right)
    if not divisor:
        raise FeelError("division by zero")
    return CONTEXT.remainder(dividend, divisor)


@el("el negative(value: any?)")
def negative(run: Evaluation, value: Value) -> Value:
    """1.7.4: of null it is 0."""
    return CONTEXT.minus(as_number(value))


def _calculated(run: Evaluation, sign: str, left: Value, right: Value) -> Value:
    """Numbers, whatever they come as; what a model does with dates and durations is FEEL's."""
    if isinstance(left, _TEMPORAL) or isinstance(right, _TEMPORAL):
        return OPERATIONS[sign](run, left, right)
    return OPERATIONS[sign](run, as_number(left), as_number(right))


# --- comparison (1.8) ---------------------------------------------------------------------------------------------


@el("el equal(left: any?, right: any?)")
def equal(run: Evaluation, left: Value, right: Value) -> bool:
    """1.8.2: nothing is equal to null but null; a number, a truth or a text makes the other side one."""
    if left is None or right is None or same(run, left, right):
        return left is right or (left is not None and right is not None)
    if is_number(left) or is_number(right):
        return as_number(left) == as_number(right)
    if isinstance(left, bool) or isinstance(right, bool):
        return as_truth(left) is as_truth(right)
    if isinstance(left, _MOMENTS) or isinstance(right, _MOMENTS):
        return same(run, *_as_moments(left, right))
    if isinstance(left, str) or isinstance(right, str):
        return as_text(run, left) == as_text(run, right)
    return False


@el("el less(left: any?, right: any?)")
def less(run: Evaluation, left: Value, right: Value) -> bool:
    return _ordered(run, left, right, False, lambda place: place < 0)


@el("el at most(left: any?, right: any?)")
def at_most(run: Evaluation, left: Value, right: Value) -> bool:
    return _ordered(run, left, right, True, lambda place: place <= 0)


@el("el greater(left: any?, right: any?)")
def greater(run: Evaluation, left: Value, right: Value) -> bool:
    return _ordered(run, left, right, False, lambda place: place > 0)


@el("el at least(left: any?, right: any?)")
def at_least(run: Evaluation, left: Value, right: Value) -> bool:
    return _ordered(run, left, right, True, lambda place: place >= 0)


def _ordered(run: Evaluation, left: Value, right: Value, alike: bool, holds: Callable[[int], bool]) -> bool:
    """1.8.1: what is the same is at most and at least itself, null too; else null is neither less nor greater."""
    if left is None or right is None or same(run, left, right):
        return alike and (left is right or (left is not None and right is not None))
    return holds(_place(run, left, right))


def _place(run: Evaluation, left: Value, right: Value) -> int:
    if is_number(left) or is_number(right):
        return order(as_number(left), as_number(right))
    if isinstance(left, _MOMENTS) or isinstance(right, _MOMENTS):
        return order(*_as_moments(left, right))
    if isinstance(left, str) or isinstance(right, str):
        return order(as_text(run, left), as_text(run, right))
    if isinstance(left, bool) and isinstance(right, bool):
        return int(left) - int(right)
    return order(left, right)


# --- empty, and what is in something (1.10, 1.6) ------------------------------------------------------------------


@el("el empty(value: any?)")
def empty(run: Evaluation, value: Value) -> bool:
    """1.10: null, the empty text, a list or map with nothing in it."""
    return value is None or (isinstance(value, str | list | dict) and not value)


@el("el at(of: any?, key: any?)")
def at(run: Evaluation, of: Value, key: Value) -> Value:
    """1.6: an entry of a map, or an item of a list, counted from 0; null where there is none."""
    if of is None or key is None:
        return None
    if isinstance(of, dict):
        return of.get(as_text(run, key))
    if not isinstance(of, list):
        raise FeelError(f"{described(of)} has no entries")
    index = whole(as_number(key))
    return of[index] if index is not None and 0 <= index < len(of) else None


LIBRARY: Final = feel.Library({**feel.CAMUNDA_8.functions, **_FUNCTIONS})
"""What a translated expression may call."""
