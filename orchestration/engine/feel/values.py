"""Which values are there in FEEL, and of which kind is one? (DMN 1.5, 10.3.2.2 and 10.3.2.9: the semantic domain.)

null is None; booleans, strings, lists and contexts are bool, str, list and dict; numbers are `Decimal`, and an int or
float that came from JSON counts as one. Dates, times and durations are in `temporal` and `durations`. Values are never
changed once made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from .durations import DaysTimeDuration, YearsMonthsDuration
from .evaluation import Evaluation
from .problems import FeelError, LimitExceeded, quote
from .temporal import Date, DateTime, Time

if TYPE_CHECKING:
    from .types import Type

Value = Any
"""A FEEL value. Any, because a union over containers of itself would have to be narrowed at every step."""


@dataclass(frozen=True, slots=True)
class Range:
    """From `start` to `end`; None for an end that is not bounded (10.3.2.7)."""

    start: Value
    end: Value
    start_included: bool
    end_included: bool


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """Something that can be invoked (10.3.2.13.4).

    `parameters` are the names, `types` their types and `result` that of the result, where they are known. `invoke` gets
    the evaluation and one value a parameter; it may raise `FeelError`, which makes the result null.
    """

    name: str
    parameters: tuple[str, ...]
    invoke: Callable[[Evaluation, Sequence[Value]], Value]
    types: tuple[Type | None, ...] = ()
    result: Type | None = None

    def call(self, run: Evaluation, arguments: Sequence[Value]) -> Value:
        """The result for positional arguments. Raises `FeelError` and `LimitExceeded`."""
        if len(arguments) != len(self.parameters):
            raise FeelError(f"{self.name} takes {len(self.parameters)} arguments, not {len(arguments)}")
        run.enter()
        result = self.invoke(run, arguments)
        run.leave()
        return result

    def call_named(self, run: Evaluation, arguments: Mapping[str, Value]) -> Value:
        """The result for named arguments; those that are not given are null. Raises `FeelError`, `LimitExceeded`."""
        for name in arguments:
            if name not in self.parameters:
                raise FeelError(f"{self.name} has no parameter {quote(name)}")
        return self.call(run, [arguments.get(name) for name in self.parameters])


_KINDS: dict[type, str] = {
    type(None): "null",
    bool: "boolean",
    str: "string",
    Decimal: "number",
    int: "number",
    float: "number",
    list: "list",
    dict: "context",
    Date: "date",
    Time: "time",
    DateTime: "date and time",
    YearsMonthsDuration: "years and months duration",
    DaysTimeDuration: "days and time duration",
    Range: "range",
    Function: "function",
}


def kind_of(value: Value) -> str:
    """The name of the value's type, without what it contains."""
    return _KINDS.get(type(value)) or _kind_of_subclass(value)


def described(value: Value) -> str:
    """The kind of a value as part of a sentence."""
    return "null" if value is None else f"a {kind_of(value)}"


def _kind_of_subclass(value: Value) -> str:
    for python_type, kind in _KINDS.items():
        if isinstance(value, python_type):
            return kind
    return type(value).__name__


MAX_VALUE_DEPTH = 200
_CONTAINERS = (list, dict)


def measure(run: Evaluation, value: Value) -> None:
    """Count all that is in a value, as often as it is in it: small parts can be shared into something enormous.

    Raises `LimitExceeded` for more than the steps allow, and for lists in lists more than `MAX_VALUE_DEPTH` deep.
    """
    level = [value] if isinstance(value, _CONTAINERS) else []
    depth = 0
    while level:
        depth += 1
        if depth > MAX_VALUE_DEPTH:
            raise LimitExceeded(f"a value is nested more than {MAX_VALUE_DEPTH} deep")
        run.spend(len(level) + sum(map(len, level)) // 8)
        level = [item for container in level for item in _parts(container) if isinstance(item, _CONTAINERS)]


def _parts(container: Value) -> Iterable[Value]:
    return container.values() if isinstance(container, dict) else container
