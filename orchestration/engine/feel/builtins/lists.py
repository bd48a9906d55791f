"""What can be done with lists? (DMN 1.5, 10.3.4.4, Table 76: list functions.)"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import reduce

from ..comparison import order, same
from ..evaluation import Evaluation
from ..numbers import CONTEXT, exact
from ..problems import FeelError
from ..values import Function, Value, described
from .registry import built_in
from .strings import position, stretch

Values = list[Value]


@built_in("list contains(list: list, element: any?)")
def list_contains(run: Evaluation, items: Values, element: Value) -> bool:
    return _found(run, items, element)


def _found(run: Evaluation, items: Values, element: Value) -> bool:
    run.spend(len(items) // 4)
    return any(same(run, item, element) for item in items)


@built_in("count(list: list)")
def count(run: Evaluation, items: Values) -> Decimal:
    return Decimal(len(items))


@built_in("min(list: list)", "min(c...: any)")
def minimum(run: Evaluation, items: Values) -> Value:
    return _extreme(run, items, -1)


@built_in("max(list: list)", "max(c...: any)")
def maximum(run: Evaluation, items: Values) -> Value:
    return _extreme(run, items, 1)


def _extreme(run: Evaluation, items: Values, direction: int) -> Value:
    run.items(len(items))
    if not items:
        raise FeelError("an empty list has no smallest or largest item")
    order(items[0], items[0])
    return reduce(lambda best, item: item if order(item, best) * direction > 0 else best, items)


def _numbers(run: Evaluation, items: Values, at_least: int = 1) -> list[Decimal]:
    run.items(len(items))
    if len(items) < at_least:
        raise FeelError(f"a list of {len(items)} numbers is too short")
    return [_number(item) for item in items]


def _number(item: Value) -> Decimal:
    number = exact(item)
    if number is None:
        raise FeelError(f"the list must hold numbers, not {described(item)}")
    return number


@built_in("sum(list: list)", "sum(n...: any)")
def total(run: Evaluation, items: Values) -> Decimal:
    return reduce(CONTEXT.add, _numbers(run, items))


@built_in("mean(list: list)", "mean(n...: any)")
def mean(run: Evaluation, items: Values) -> Decimal:
    return CONTEXT.divide(total(run, items), Decimal(len(items)))


@built_in("product(list: list)", "product(n...: any)")
def product(run: Evaluation, items: Values) -> Decimal:
    return reduce(CONTEXT.multiply, _numbers(run, items))


@built_in("median(list: list)", "median(n...: any)")
def median(run: Evaluation, items: Values) -> Decimal:
    numbers = sorted(_numbers(run, items))
    middle = len(numbers) // 2
    if len(numbers) % 2:
        return numbers[middle]
    return CONTEXT.divide(CONTEXT.add(numbers[middle - 1], numbers[middle]), Decimal(2))


@built_in("stddev(list: list)", "stddev(n...: any)")
def standard_deviation(run: Evaluation, items: Values) -> Decimal:
    """Of a sample: the squares are divided by one less than their count."""
    numbers = _numbers(run, items, 2)
    average = mean(run, items)
    differences = (CONTEXT.subtract(number, average) for number in numbers)
    squares = reduce(CONTEXT.add, (CONTEXT.multiply(difference, difference) for difference in differences))
    return CONTEXT.sqrt(CONTEXT.divide(squares, Decimal(len(numbers) - 1)))


@built_in("mode(list: list)", "mode(n...: any)")
def mode(run: Evaluation, items: Values) -> Values:
    """The most frequent numbers, ascending."""
    counts: dict[Decimal, int] = {}
    for number in _numbers(run, items, 0):
        counts[number] = counts.get(number, 0) + 1
    most = max(counts.values(), default=0)
    return sorted(number for number, times in counts.items() if times == most)


@built_in("all(list: list)", "all(b...: any)")
def every(run: Evaluation, items: Values) -> bool:
    return _decided(run, items, False)


@built_in("any(list: list)", "any(b...: any)")
def some(run: Evaluation, items: Values) -> bool:
    return _decided(run, items, True)


def _decided(run: Evaluation, items: Values, decisive: bool) -> bool:
    """`decisive` if any item is that; the opposite if all are; otherwise null."""
    run.items(len(items))
    if any(item is decisive for item in items):
        return decisive
    if all(item is (not decisive) for item in items):
        return not decisive
    raise FeelError("the list must hold booleans only")


@built_in("sublist(list: list, start position: number, length?: number)")
def sublist(run: Evaluation, items: Values, start: Decimal, length: Decimal | None = None) -> Values:
    begin, end = stretch(start, length, len(items))
    return _made(run, items[begin:end])


def _made(run: Evaluation, items: Values) -> Values:
    run.items(len(items))
    return items


@built_in("append(list: list, item...: any)")
def append(run: Evaluation, items: Values, more: Values) -> Values:
    return _made(run, items + more)


@built_in("concatenate(list...: any)")
def concatenate(run: Evaluation, lists: Values) -> Values:
    result: Values = []
    for items in lists:
        result += _as_list(items)
        run.items(len(result))
    return result


def _as_list(value: Value) -> Values:
    if value is None:
        raise FeelError("null is not a list")
    return value if isinstance(value, list) else [value]


@built_in("union(list...: any)")
def union(run: Evaluation, lists: Values) -> Values:
    return distinct_values(run, concatenate(run, lists))


@built_in("distinct values(list: list)")
def distinct_values(run: Evaluation, items: Values) -> Values:
    run.items(len(items))
    result: Values = []
    simple: set[object] = set()
    for item in items:
        key = _hashable(item)
        if key is not None:
            if key not in simple:
                simple.add(key)
                result.append(item)
        elif not _found(run, result, item):
            result.append(item)
    return result


def times(run: Evaluation, items: Values, wanted: Value) -> int:
    """How often something is in a list."""
    run.spend(1 + len(items) // 16)
    return sum(same(run, item, wanted) for item in items)


def _hashable(item: Value) -> object | None:
    """A key that is equal just when such items are equal; None for what must be compared one by one."""
    if isinstance(item, bool | str):
        return type(item), item
    number = exact(item)
    return None if number is None else (Decimal, number)


@built_in("insert before(list: list, position: number, newItem: any?)")
def insert_before(run: Evaluation, items: Values, at: Decimal, new: Value) -> Values:
    index = position(at, len(items))
    return _made(run, [*items[:index], new, *items[index:]])


@built_in("remove(list: list, position: number)")
def remove(run: Evaluation, items: Values, at: Decimal) -> Values:
    index = position(at, len(items))
    return _made(run, items[:index] + items[index + 1 :])


@built_in("list replace(list: list, position: number, newItem: any?)")
def list_replace(run: Evaluation, items: Values, at: Decimal, new: Value) -> Values:
    index = position(at, len(items))
    return _made(run, [*items[:index], new, *items[index + 1 :]])


@built_in("list replace(list: list, match: function, newItem: any?)")
def list_replace_matching(run: Evaluation, items: Values, match: Function, new: Value) -> Values:
    run.items(len(items))
    return [new if _matches(match, run, item, new) else item for item in items]


def _matches(match: Function, run: Evaluation, item: Value, new: Value) -> bool:
    answer = match.call(run, [item, new])
    if not isinstance(answer, bool):
        raise FeelError("the match function must give a boolean")
    return answer


@built_in("reverse(list: list)")
def reverse(run: Evaluation, items: Values) -> Values:
    return _made(run, items[::-1])


@built_in("index of(list: list, match: any?)")
def index_of(run: Evaluation, items: Values, match: Value) -> Values:
    run.items(len(items))
    return [Decimal(index) for index, item in enumerate(items, 1) if same(run, item, match)]


@built_in("flatten(list: list)")
def flatten(run: Evaluation, items: Values) -> Values:
    result: Values = []
    pending: list[Iterator[Value]] = [iter(items)]
    while pending:
        for item in pending[-1]:
            run.spend()
            if isinstance(item, list):
                pending.append(iter(item))
                break
            result.append(item)
        else:
            pending.pop()
    return _made(run, result)
