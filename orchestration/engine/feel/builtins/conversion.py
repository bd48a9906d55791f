"""How are values converted? (DMN 1.5, 10.3.4.1, Table 73: conversion functions.)"""

from __future__ import annotations

import re
from decimal import Decimal

from .. import ast
from ..arithmetic import negate
from ..comparison import order
from ..durations import NANOS, DaysTimeDuration, Duration, YearsMonthsDuration, parse_duration
from ..evaluation import Evaluation
from ..names import Names, NameTable
from ..numbers import CONTEXT, parse_number, whole
from ..parser import Parser
from ..problems import FeelError, FeelSyntaxError
from ..temporal import Date, DateTime, Time, at_midnight, parse_date, parse_date_time, parse_time
from ..text import parse_at_literal, string_of
from ..values import Range, Value
from .registry import BUILT_INS, built_in


@built_in("date(from: string)")
def date_from_text(run: Evaluation, text: str) -> Date:
    return parse_date(text)


@built_in("date(from: date | date and time)")
def date_of(run: Evaluation, value: Date | DateTime) -> Date:
    return value.date if isinstance(value, DateTime) else value


@built_in("date(year: number, month: number, day: number)")
def date_of_parts(run: Evaluation, year: Decimal, month: Decimal, day: Decimal) -> Date:
    return Date(_integer(year, "year"), _integer(month, "month"), _integer(day, "day"))


def _integer(number: Decimal, name: str) -> int:
    integer = whole(number)
    if integer is None:
        raise FeelError(f"the {name} must be a whole number")
    return integer


@built_in("date and time(from: string)")
def date_time_from_text(run: Evaluation, text: str) -> DateTime:
    try:
        return parse_date_time(text)
    except FeelError:
        date = parse_date(text)
    return DateTime(date, Time(0, 0, 0))


@built_in("date and time(date: date | date and time, time: time)")
def date_and_time(run: Evaluation, date: Date | DateTime, time: Time) -> DateTime:
    return DateTime(date_of(run, date), time)


@built_in("time(from: string)")
def time_from_text(run: Evaluation, text: str) -> Time:
    return parse_time(text)


@built_in("time(from: time | date | date and time)")
def time_of(run: Evaluation, value: Time | Date | DateTime) -> Time:
    if isinstance(value, Date):
        value = at_midnight(value)
    return value.time if isinstance(value, DateTime) else value


@built_in("time(hour: number, minute: number, second: number, offset?: days and time duration)")
def time_of_parts(
    run: Evaluation, hour: Decimal, minute: Decimal, second: Decimal, offset: DaysTimeDuration | None = None
) -> Time:
    if not 0 <= second < 60:
        raise FeelError("the second must be from 0 to less than 60")
    seconds, nanosecond = divmod(int(CONTEXT.scaleb(second, 9)), NANOS)
    zone = None if offset is None else _offset_seconds(offset)
    return Time(_integer(hour, "hour"), _integer(minute, "minute"), seconds, nanosecond, zone)


def _offset_seconds(offset: DaysTimeDuration) -> int:
    seconds, rest = divmod(offset.total_nanoseconds, NANOS)
    if rest:
        raise FeelError("a time offset is a whole number of seconds")
    return seconds


@built_in("duration(from: string)")
def duration(run: Evaluation, text: str) -> Duration:
    return parse_duration(text)


@built_in("years and months duration(from: date | date and time, to: date | date and time)")
def years_and_months_duration(run: Evaluation, start: Date | DateTime, end: Date | DateTime) -> YearsMonthsDuration:
    """Whole months from the one to the other, cut off toward zero."""
    first, last = date_of(run, start), date_of(run, end)
    months = (last.year - first.year) * 12 + last.month - first.month
    if months > 0 and last.day < first.day:
        months -= 1
    elif months < 0 and last.day > first.day:
        months += 1
    return YearsMonthsDuration(months)


_GROUPING = (" ", ",", ".", None)
_DECIMAL = (".", ",", None)
_NUMBER = re.compile(r"-?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?\Z", re.ASCII)


@built_in("number(from: string, grouping separator: string?, decimal separator: string?)")
def number(run: Evaluation, text: str, grouping: str | None, point: str | None) -> Decimal:
    if grouping not in _GROUPING or point not in _DECIMAL:
        raise FeelError("a grouping separator is a space, comma or point; a decimal separator a comma or point")
    if grouping is not None and grouping == point:
        raise FeelError("the grouping and the decimal separator must differ")
    plain = text.replace(grouping, "") if grouping else text
    plain = plain.replace(".", "x").replace(",", ".") if point == "," else plain
    if not _NUMBER.match(plain):
        raise FeelError(f"{text[:60]!r} is not a number")
    return parse_number(plain)


@built_in("string(from: any?)")
def string(run: Evaluation, value: Value) -> str | None:
    return None if value is None else string_of(run, value)


# --- range --------------------------------------------------------------------------------------------------------

_ENDPOINT_FUNCTIONS = ("date", "time", "date and time", "duration")


@built_in("range(from: string)")
def range_from_text(run: Evaluation, text: str) -> Range:
    """A range literal whose ends are literals, or dates, times and durations made of one."""
    run.spend(len(text))
    try:
        node = Parser(text, Names(), NameTable(_ENDPOINT_FUNCTIONS)).whole_expression()
    except FeelSyntaxError as error:
        raise FeelError(f"{text[:60]!r} is not a range: {error.message}") from error
    if not isinstance(node, ast.RangeLiteral):
        raise FeelError(f"{text[:60]!r} is not a range")
    start, end = _endpoint(run, node.start), _endpoint(run, node.end)
    if order(start, end) > 0:
        raise FeelError("a range does not end before its start")
    return Range(start, end, node.start_included, node.end_included)


def _endpoint(run: Evaluation, node: ast.Node) -> Value:
    if isinstance(node, ast.Literal):
        return node.value
    if isinstance(node, ast.AtLiteral):
        return parse_at_literal(node.text)
    if isinstance(node, ast.Negation):
        return negate(run, _endpoint(run, node.operand))
    if isinstance(node, ast.Invocation) and isinstance(node.function, ast.Name):
        function = BUILT_INS.get(node.function.name)
        if function is not None and node.function.name in _ENDPOINT_FUNCTIONS:
            return function.call(run, [_endpoint(run, argument.value) for argument in node.arguments])
    raise FeelError("the ends of a range in a string must be literals")
