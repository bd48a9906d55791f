"""In which order? (DMN 1.5, 10.3.4.9, Table 81: `sort`.)"""

from __future__ import annotations

from ..comparison import order
from ..evaluation import Evaluation
from ..problems import FeelError
from ..values import Function, Value
from .registry import built_in


@built_in("sort(list: list, precedes?: function)")
def sort(run: Evaluation, items: list[Value], precedes: Function | None = None) -> list[Value]:
    """A stable sort. `precedes(x, y)` says whether x comes before y; without it, the order of the values."""
    run.items(len(items))

    class Place:
        __slots__ = ("value",)

        def __init__(self, value: Value) -> None:
            self.value = value

        def __lt__(self, other: Place) -> bool:
            run.spend()
            if precedes is None:
                return order(self.value, other.value) < 0
            return _answer(precedes.call(run, [self.value, other.value]))

    return sorted(items, key=Place)


def _answer(value: Value) -> bool:
    if not isinstance(value, bool):
        raise FeelError("the precedes function must give a boolean")
    return value
