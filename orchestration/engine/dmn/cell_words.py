"""How is what a cell says put in plain words? (DMN 1.5, 8.3.3: unary tests and output entries, for people)

Words are for whoever checks a rule before it is published: `< 75, 5` is "below 75, or exactly 5". Texts stand in
quotation marks, dates as ISO 8601 writes them, durations in years, months, days, hours, minutes and seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from orchestration.engine.feel import Date, DateTime, DaysTimeDuration, Range, Time, Value, YearsMonthsDuration
from orchestration.engine.feel.numbers import exact, is_number, number_text
from orchestration.engine.feel.problems import LimitExceeded
from orchestration.engine.feel.text import to_string

MOST_QUOTED: Final = 80
MOST_ALTERNATIVES: Final = 20
ANYTHING: Final = "anything"
NO_VALUE: Final = "no value"

_PLURALS: Final = {
    "number": "numbers",
    "string": "texts",
    "boolean": "true or false",
    "date": "dates",
    "time": "times of day",
    "date and time": "dates with a time",
    "days and time duration": "durations in days and hours",
    "years and months duration": "durations in years and months",
    "list": "lists",
    "context": "records",
    "range": "ranges",
    "function": "functions",
}
_SINGULARS: Final = {
    "null": "no value",
    "number": "a number",
    "string": "a text",
    "boolean": "true or false",
    "date": "a date",
    "time": "a time of day",
    "date and time": "a date with a time",
    "days and time duration": "a duration in days and hours",
    "years and months duration": "a duration in years and months",
    "list": "a list",
    "context": "a record",
    "range": "a range",
    "function": "a function",
}
_COMPARED: Final = {"<": "below", "<=": "at most", ">": "above", ">=": "at least"}
_COMPARED_IN_TIME: Final = {"<": "before", "<=": "up to", ">": "after", ">=": "from"}
_COMPARED_TEXTS: Final = {
    "<": "in the alphabet before",
    "<=": "in the alphabet up to",
    ">": "in the alphabet after",
    ">=": "in the alphabet from",
}


def plural(kind: str) -> str:
    """What a column of this kind takes."""
    return _PLURALS.get(kind, kind)


def singular(kind: str) -> str:
    """What a value of this kind is."""
    return _SINGULARS.get(kind, kind)


def quoted(text: str) -> str:
    """At most 80 characters of a text, on one line, in quotation marks."""
    line = " ".join(text.split())
    return f"“{line if len(line) <= MOST_QUOTED else line[: MOST_QUOTED - 1] + '…'}”"


def value_words(value: Value) -> str:
    """A FEEL value as people write it."""
    if value is None:
        return NO_VALUE
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return quoted(value)
    if is_number(value):
        number = exact(value)
        return NO_VALUE if number is None else number_text(number)
    if isinstance(value, DateTime):
        return f"{value.date} at {value.time}"
    if isinstance(value, YearsMonthsDuration | DaysTimeDuration):
        return duration_words(value)
    if isinstance(value, Range):
        return range_words(value.start, value.end, value.start_included, value.end_included)
    return _whole(value)


def _whole(value: Value) -> str:
    """Dates and times as they are; lists and records as FEEL writes them, cut off."""
    try:
        text = to_string(value)
    except (LimitExceeded, RecursionError):
        return "a very large value"
    return text if len(text) <= MOST_QUOTED else text[: MOST_QUOTED - 1] + "…"


def duration_words(duration: YearsMonthsDuration | DaysTimeDuration) -> str:
    """`P1Y2M` is "1 year and 2 months"."""
    if isinstance(duration, YearsMonthsDuration):
        size = abs(duration.total_months)
        parts = [(str(size // 12), "year"), (str(size % 12), "month")]
        negative = duration.total_months < 0
    else:
        long = DaysTimeDuration(abs(duration.total_nanoseconds))
        parts = [(str(long.days), "day"), (str(long.hours), "hour"), (str(long.minutes), "minute")]
        parts.append((number_text(long.seconds), "second"))
        negative = duration.total_nanoseconds < 0
    said = [f"{count} {unit}{'' if count == '1' else 's'}" for count, unit in parts if count != "0"]
    return ("minus " if negative else "") + (" and ".join(said) if said else f"0 {parts[-1][1]}s")


def compared_words(operator: str, value: Value, shown: str) -> str:
    """`< 75` is "below 75". `shown` is how the value is written."""
    if operator == "=":
        return exactly(value, shown)
    if operator == "!=":
        return f"anything but {shown}" if value is not None else "any value at all"
    if isinstance(value, str):
        return f"{_COMPARED_TEXTS[operator]} {shown}"
    in_time = isinstance(value, Date | DateTime | Time)
    words = f"{(_COMPARED_IN_TIME if in_time else _COMPARED)[operator]} {shown}"
    return f"{words} on" if in_time and operator == ">=" else words


def exactly(value: Value, shown: str) -> str:
    """Numbers are said to be meant exactly; anything else is its own words."""
    return f"exactly {shown}" if is_number(value) else shown


def range_words(start: Value, end: Value, start_included: bool, end_included: bool) -> str:
    """`[75..90)` is "from 75 to below 90"."""
    if start is None or end is None:
        return _half_range_words(start, end, start_included, end_included)
    in_time = isinstance(start, Date | DateTime | Time)
    above, below = ("after", "before") if in_time else ("above", "below")
    first = f"from {value_words(start)}" if start_included else f"{above} {value_words(start)}"
    return f"{first} to {value_words(end)}" if end_included else f"{first} to {below} {value_words(end)}"


def _half_range_words(start: Value, end: Value, start_included: bool, end_included: bool) -> str:
    if start is None:
        return compared_words("<=" if end_included else "<", end, value_words(end))
    return compared_words(">=" if start_included else ">", start, value_words(start))


def any_of(words: Sequence[str]) -> str:
    """Alternatives joined by "or", the first twenty of very many."""
    told = list(words[:MOST_ALTERNATIVES])
    if more := len(words) - len(told):
        told.append(f"{more} more")
    return ", or ".join(told)
