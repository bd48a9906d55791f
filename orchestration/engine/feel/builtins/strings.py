"""What can be done with strings? (DMN 1.5, 10.3.4.3, Table 75: string functions.)

Positions and lengths count characters (Unicode code points), not their encoding.
"""

from __future__ import annotations

from decimal import Decimal

from .. import regex
from ..evaluation import Evaluation
from ..numbers import whole
from ..problems import FeelError
from ..values import Value
from .registry import built_in


@built_in("substring(string: string, start position: number, length?: number)")
def substring(run: Evaluation, string: str, start: Decimal, length: Decimal | None = None) -> str:
    begin, end = stretch(start, length, len(string))
    return run.text(string[begin:end])


def stretch(start: Decimal, length: Decimal | None, size: int) -> tuple[int, int]:
    """From where to where a length from a position goes; all the rest without a length. Raises `FeelError`."""
    begin = position(start, size)
    if length is None:
        return begin, size
    if not 1 <= length <= size - begin:
        raise FeelError(f"from position {start} there is no length of {length}")
    return begin, begin + int(length)


def position(start: Decimal, size: int) -> int:
    """A FEEL position (1 is the first, -1 the last) as an index. Raises `FeelError` if there is none such."""
    number = whole(start)
    if number is None or number == 0 or abs(number) > size:
        raise FeelError(f"there is no position {start} among {size}")
    return number - 1 if number > 0 else size + number


@built_in("string length(string: string)")
def string_length(run: Evaluation, string: str) -> Decimal:
    return Decimal(len(string))


@built_in("upper case(string: string)")
def upper_case(run: Evaluation, string: str) -> str:
    return run.text(string.upper())


@built_in("lower case(string: string)")
def lower_case(run: Evaluation, string: str) -> str:
    return run.text(string.lower())


@built_in("substring before(string: string, match: string)")
def substring_before(run: Evaluation, string: str, match: str) -> str:
    before, found, _ = string.partition(match) if match else ("", "", "")
    return run.text(before) if found else ""


@built_in("substring after(string: string, match: string)")
def substring_after(run: Evaluation, string: str, match: str) -> str:
    if not match:
        return string
    return run.text(string.partition(match)[2])


@built_in("contains(string: string, match: string)")
def contains(run: Evaluation, string: str, match: str) -> bool:
    run.reserve(len(string))
    return match in string


@built_in("starts with(string: string, match: string)")
def starts_with(run: Evaluation, string: str, match: str) -> bool:
    return string.startswith(match)


@built_in("ends with(string: string, match: string)")
def ends_with(run: Evaluation, string: str, match: str) -> bool:
    return string.endswith(match)


@built_in("matches(input: string, pattern: string, flags?: string)")
def matches(run: Evaluation, string: str, pattern: str, flags: str | None = None) -> bool:
    return regex.search(run, regex.compiled(run, pattern, flags or ""), string) is not None


@built_in("replace(input: string, pattern: string, replacement: string, flags?: string)")
def replace(run: Evaluation, string: str, pattern: str, replacement: str, flags: str | None = None) -> str:
    return regex.replace(run, regex.compiled(run, pattern, flags or ""), string, replacement)


@built_in("split(string: string, delimiter: string)")
def split(run: Evaluation, string: str, delimiter: str) -> list[Value]:
    return regex.split(run, regex.compiled(run, delimiter, ""), string)


@built_in("string join(list: list, delimiter?: string)")
def string_join(run: Evaluation, items: list[Value], delimiter: str | None = None) -> str:
    """Nulls are left out."""
    run.items(len(items))
    strings = [item for item in items if item is not None]
    if not all(isinstance(item, str) for item in strings):
        raise FeelError("string join takes a list of strings")
    run.reserve(sum(map(len, strings)) + len(delimiter or "") * len(strings))
    return (delimiter or "").join(strings)
