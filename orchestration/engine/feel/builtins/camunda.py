"""What do the functions do that Camunda 8 adds to FEEL? (docs.camunda.io: FEEL, built-in functions)

`with_added` gives those of the standard and these. Chance (`uuid`, `random number`) is not among them: nothing here may
give another value when a history is replayed.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from .. import calendar, regex
from ..durations import NANOS, Duration
from ..evaluation import Evaluation
from ..numbers import exact, is_number, number_text, parse_number, whole
from ..problems import FeelError, quote
from ..temporal import Date, DateTime, region_named
from ..text import string_of
from ..values import Value, measure
from .contexts import Context, context_merge, context_put, context_put_nested
from .conversion import number as standard_number
from .lists import Values, distinct_values, times
from .registry import BuiltIn, declaring
from .strings import string_join

_ADDED: Final[dict[str, BuiltIn]] = {}
added = declaring(_ADDED)
MOST_NESTED: Final = 100

# --- booleans and conversion --------------------------------------------------------------------------------------


@added("is defined(value: any?)")
def is_defined(run: Evaluation, value: Value) -> bool:
    return value is not None


@added("get or else(value: any?, default: any?)")
def get_or_else(run: Evaluation, value: Value, default: Value) -> Value:
    return default if value is None else value


@added("assert(value: any?, condition: any?)", "assert(value: any?, condition: any?, cause: any?)")
def asserted(run: Evaluation, value: Value, condition: Value, cause: Value = None) -> Value:
    if condition is not True:
        told = f": {quote(cause)}" if isinstance(cause, str) else ""
        raise FeelError(f"the assertion is not fulfilled{told}")
    return value


@added("number(from: string | number)", "number(from: string, grouping separator: string?)")
def number(run: Evaluation, value: str | Decimal, grouping: str | None = None) -> Decimal:
    return standard_number(run, value, grouping, None) if isinstance(value, str) else value


@added("date and time(date: date and time, timezone: string)")
def date_and_time_in_zone(run: Evaluation, value: DateTime, zone: str) -> DateTime:
    """The same moment as the clocks of a region show it; a local time is taken to be one of that region."""
    name = region_named(zone)
    if value.zone is None:
        return DateTime(value.date, replace(value.time, zone=name))
    offset = calendar.offset_at(name, value.moment // NANOS)
    return DateTime.from_nanoseconds(value.moment + offset * NANOS, name)


@added("from json(value: string)")
def from_json(run: Evaluation, text: str) -> Value:
    run.reserve(len(text))
    try:
        value = json.loads(text, parse_float=_json_number, parse_int=_json_number, parse_constant=_no_json_number)
    except (ValueError, RecursionError) as error:
        raise FeelError(f"{quote(text)} is not JSON") from error
    measure(run, value)
    return value


def _json_number(text: str) -> Decimal:
    if len(text) > 1_000:
        raise ValueError("no number has so many digits")
    try:
        return parse_number(text)
    except FeelError as error:
        raise ValueError(error.reason) from error


def _no_json_number(text: str) -> Decimal:
    raise ValueError(f"{text} is no number of JSON")


@added("to json(value: any?)")
def to_json(run: Evaluation, value: Value) -> str:
    measure(run, value)
    return run.text(_json(run, value, 0))


def _json(run: Evaluation, value: Value, depth: int) -> str:
    if depth > MOST_NESTED:
        raise FeelError(f"a value nested more than {MOST_NESTED} deep is not written as JSON")
    if isinstance(value, list):
        return f"[{','.join(_json(run, item, depth + 1) for item in value)}]"
    if isinstance(value, dict):
        entries = (f"{_plain_json(key)}:{_json(run, item, depth + 1)}" for key, item in value.items())
        return f"{{{','.join(entries)}}}"
    if is_number(value):
        known = exact(value)
        return "null" if known is None else number_text(known)
    return _plain_json(value if value is None or isinstance(value, bool) else string_of(run, value))


def _plain_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


# --- strings ------------------------------------------------------------------------------------------------------


@added("is blank(string: string)")
def is_blank(run: Evaluation, string: str) -> bool:
    return not string.strip()


@added("trim(string: string)")
def trim(run: Evaluation, string: str) -> str:
    return run.text(string.strip())


@added("extract(string: string, pattern: string)")
def extract(run: Evaluation, string: str, pattern: str) -> list[Value]:
    """Every part of the string that the regular expression matches."""
    return list(regex.found(run, regex.compiled(run, pattern, ""), string))


@added("to base64(value: string)")
def to_base64(run: Evaluation, value: str) -> str:
    run.reserve(2 * len(value))
    return run.text(base64.b64encode(value.encode("utf-8", "replace")).decode("ascii"))


@added("string join(list: list, delimiter: string?, prefix: string?, suffix: string?)")
def string_join_between(
    run: Evaluation, items: Values, delimiter: str | None, prefix: str | None, suffix: str | None
) -> str:
    return run.text((prefix or "") + string_join(run, items, delimiter) + (suffix or ""))


# --- lists and contexts -------------------------------------------------------------------------------------------


@added("is empty(list: list)")
def is_empty(run: Evaluation, items: Values) -> bool:
    return not items


@added("partition(list: list, size: number)")
def partition(run: Evaluation, items: Values, size: Decimal) -> Values:
    """The list in pieces of that size, the last one perhaps smaller."""
    length = whole(size)
    if length is None or length < 1:
        raise FeelError("the size of the parts must be a whole number of at least 1")
    run.items(len(items))
    return [items[start : start + length] for start in range(0, len(items), length)]


@added("duplicate values(list: list)")
def duplicate_values(run: Evaluation, items: Values) -> Values:
    """What is in the list more than once, each once."""
    return [item for item in distinct_values(run, items) if times(run, items, item) > 1]


@added("put(context: context, key: string, value: any?)")
def put(run: Evaluation, context: Context, key: str, value: Value) -> Context:
    return context_put(run, context, key, value)


@added("put(context: context, keys: list, value: any?)")
def put_nested(run: Evaluation, context: Context, keys: Values, value: Value) -> Context:
    return context_put_nested(run, context, keys, value)


@added("put all(contexts...: any)")
def put_all(run: Evaluation, contexts: Values) -> Context:
    return context_merge(run, contexts[0] if len(contexts) == 1 and isinstance(contexts[0], list) else contexts)


# --- time ---------------------------------------------------------------------------------------------------------


@added("last day of month(date: date | date and time)")
def last_day_of_month(run: Evaluation, value: Date | DateTime) -> Date:
    date = value.date if isinstance(value, DateTime) else value
    return replace(date, day=calendar.month_length(date.year, date.month))


@added(
    "cycle(interval: days and time duration | years and months duration)",
    "cycle(repetitions: number?, interval: days and time duration | years and months duration)",
)
def cycle(run: Evaluation, *given: Any) -> str:
    """A cycle of timers as ISO 8601 writes it."""
    repetitions, interval = given if len(given) == 2 else (None, given[0])
    return _cycle(repetitions, interval)


def _cycle(repetitions: Decimal | None, interval: Duration) -> str:
    return f"R{'' if repetitions is None else number_text(repetitions)}/{interval}"


# --- all of them --------------------------------------------------------------------------------------------------


def with_added(standard: Mapping[str, BuiltIn]) -> Mapping[str, BuiltIn]:
    """The standard's functions, with what Camunda 8 adds; where both have one, the standard's ways come first."""
    found = dict(standard)
    for name, more in _ADDED.items():
        own = standard.get(name)
        found[name] = more if own is None else replace(own, signatures=[*own.signatures, *more.signatures])
    return found
