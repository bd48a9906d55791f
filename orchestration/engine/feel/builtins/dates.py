"""Are two values the same, and what time is it? (DMN 1.5, 10.3.4.6 and 10.3.4.11: `is`, `now`, `today`.)"""

from __future__ import annotations

from ..comparison import same
from ..evaluation import Evaluation
from ..temporal import Date, DateTime, Time
from ..values import Value, kind_of
from .registry import built_in, now_of


@built_in("is(value1: any?, value2: any?)")
def is_same(run: Evaluation, first: Value, second: Value) -> bool:
    """The same element of the semantic domain: times with other zones are other elements, though the same moment."""
    if kind_of(first) != kind_of(second):
        return False
    if isinstance(first, Time | DateTime):
        return bool(first == second)
    return same(run, first, second)


@built_in("now()")
def now(run: Evaluation) -> DateTime:
    return now_of(run)


@built_in("today()")
def today(run: Evaluation) -> Date:
    return now_of(run).date
