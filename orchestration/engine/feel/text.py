"""How is a value written as text, and read back? (DMN 1.5, 10.3.4.1: `string`; 10.3.2.9: JSON and XML values.)"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Mapping
from types import NoneType

from .durations import NANOS, DaysTimeDuration, YearsMonthsDuration, parse_duration
from .evaluation import Evaluation
from .numbers import exact, is_number, number_text, parse_number, whole
from .problems import DEFAULT, FeelError, quote
from .temporal import Date, DateTime, Time, parse_date, parse_date_time, parse_time
from .values import Function, Range, Value

TEMPORAL_TYPES = (Date, Time, DateTime, YearsMonthsDuration, DaysTimeDuration)
_AS_IT_IS = (bool, str, Range, Function, *TEMPORAL_TYPES, NoneType)
_PLAIN_KEY = re.compile(r"[^\W\d]\w*(?: \w+)*\Z")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_ESCAPED = re.compile('["\\\\\n\r\t]')


def string_of(run: Evaluation, value: Value) -> str:
    """What `string()` gives: a string as it is; in lists and contexts, strings in quotes. Raises `LimitExceeded`."""
    return value if isinstance(value, str) else run.text(_literal(run, value))


def _literal(run: Evaluation, value: Value) -> str:
    run.spend()
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if is_number(value):
        number = exact(value)
        return "null" if number is None else number_text(number)
    if isinstance(value, str):
        return run.text(quoted(value))
    if isinstance(value, list):
        return f"[{_joined(run, (_literal(run, item) for item in value))}]"
    if isinstance(value, dict):
        return f"{{{_joined(run, (f'{key_text(key)}: {_literal(run, item)}' for key, item in value.items()))}}}"
    if isinstance(value, Range):
        return _range(run, value)
    if isinstance(value, Function):
        return f"function({', '.join(value.parameters)})"
    return str(value)


def _joined(run: Evaluation, parts: Iterable[str]) -> str:
    collected, size = [], 0
    for part in parts:
        size += len(part) + 2
        run.room(size)
        collected.append(part)
    return run.text(", ".join(collected))


def key_text(key: str) -> str:
    """A key of a context as FEEL writes it."""
    return key if is_plain_key(key) else quoted(key)


def is_plain_key(key: str) -> bool:
    """Whether a key needs no quotes: words with single spaces between them."""
    return _PLAIN_KEY.match(key) is not None


def quoted(text: str) -> str:
    """A string literal with that value (rule 35)."""
    return '"' + _ESCAPED.sub(lambda match: _ESCAPES[match[0]], text) + '"'


def _range(run: Evaluation, value: Range) -> str:
    if value.start is None:
        return f"({'<=' if value.end_included else '<'}{_endpoint(run, value.end)})"
    if value.end is None:
        return f"({'>=' if value.start_included else '>'}{_endpoint(run, value.start)})"
    opening, closing = "[" if value.start_included else "(", "]" if value.end_included else ")"
    return f"{opening}{_endpoint(run, value.start)}..{_endpoint(run, value.end)}{closing}"


def _endpoint(run: Evaluation, value: Value) -> str:
    return f'@"{value}"' if isinstance(value, TEMPORAL_TYPES) else _literal(run, value)


# --- values of other systems --------------------------------------------------------------------------------------


def _parse_boolean(text: str) -> bool:
    if text not in ("true", "false", "1", "0"):
        raise FeelError(f"{quote(text)} is not a boolean")
    return text in ("true", "1")


_PARSERS: dict[str, Callable[[str], Value]] = {
    "string": str,
    "boolean": _parse_boolean,
    "number": parse_number,
    "decimal": parse_number,
    "double": parse_number,
    "integer": parse_number,
    "date": parse_date,
    "time": parse_time,
    "dateTime": parse_date_time,
    "date and time": parse_date_time,
    "duration": parse_duration,
    "days and time duration": parse_duration,
    "years and months duration": parse_duration,
}


def from_iso(type_name: str, text: str) -> Value:
    """A value from its lexical form. `type_name` is a FEEL or XML Schema type without prefix. Raises `FeelError`."""
    parse = _PARSERS.get(type_name)
    if parse is None:
        raise FeelError(f"there is no lexical form for the type {quote(type_name)}")
    return parse(text)


def parse_at_literal(text: str) -> Value:
    """The value of `@"..."`: whichever temporal form the text has (10.3.2.1.2). Raises `FeelError`."""
    for parse in (parse_date, parse_date_time, parse_time, parse_duration):
        try:
            return parse(text)
        except FeelError:
            continue
    raise FeelError(f"{quote(text)} is not a date, time, date and time or duration")


def to_string(value: Value) -> str:
    """The FEEL text of a value, as `string()` gives it. Raises `LimitExceeded` for an absurdly large one."""
    return string_of(Evaluation(DEFAULT, None), value)


def to_feel(value: object) -> Value:
    """A FEEL value of a Python one, all the way down: int, float, `datetime` and tuples too. Raises `TypeError`."""
    if isinstance(value, _AS_IT_IS):
        return value
    if is_number(value):
        return exact(value)
    if isinstance(value, list | tuple):
        return [to_feel(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): to_feel(item) for key, item in value.items()}
    if isinstance(value, datetime.timedelta):
        return DaysTimeDuration((value.days * 86_400 + value.seconds) * NANOS + value.microseconds * 1000)
    if isinstance(value, datetime.datetime):
        return DateTime(_date(value), _time(value, value.utcoffset()))
    if isinstance(value, datetime.date):
        return _date(value)
    if isinstance(value, datetime.time):
        return _time(value, value.utcoffset())
    raise TypeError(f"{type(value).__name__} is not a FEEL value")


def _date(value: datetime.date) -> Date:
    return Date(value.year, value.month, value.day)


def _time(value: datetime.datetime | datetime.time, offset: datetime.timedelta | None) -> Time:
    zone = getattr(value.tzinfo, "key", None) or (None if offset is None else int(offset.total_seconds()))
    return Time(value.hour, value.minute, value.second, value.microsecond * 1000, zone)


def from_feel(value: Value) -> object:
    """Plain data that JSON can carry: numbers as int or `Decimal`, temporal values, ranges and functions as text."""
    if is_number(value):
        return _plain_number(value)
    if isinstance(value, list):
        return [from_feel(item) for item in value]
    if isinstance(value, dict):
        return {key: from_feel(item) for key, item in value.items()}
    if isinstance(value, TEMPORAL_TYPES):
        return str(value)
    if isinstance(value, Range | Function):
        return to_string(value)
    return value


def _plain_number(value: Value) -> object:
    number = exact(value)
    if number is None:
        return None
    integer = whole(number)
    return number if integer is None else integer
