"""Where in a value does something stand, and how may that place be told?

JSON Pointers (RFC 6901). The names of entries can be data themselves (`{"Maria Stone": 1}`): a place is told by the
names that a schema has, anything else as `*`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

import orjson

from orchestration.privacy.classification import escaped, unescaped

Json = Any
MOST_PLACES: Final = 20
"""Places that one verdict tells."""
LONG_NUMBER: Final = 7
"""Digits from which on a number can be a telephone, an account or a card."""


def below(place: str, key: str | int) -> str:
    """The pointer of an entry or item of what stands at a place."""
    return f"{place}/{escaped(key)}"


def texts(value: Json, place: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a value with its place; the name of an entry counts as a text at the place of its object."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield place, str(key)
            yield from texts(item, below(place, str(key)))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from texts(item, below(place, index))


def written(value: Json, place: str = "") -> Iterator[tuple[str, str]]:
    """Every text with its place, and every number that is long enough to be a detail of somebody."""
    yield from texts(value, place)
    yield from ((at, str(number)) for at, number in _numbers(value, place) if len(str(abs(number))) >= LONG_NUMBER)


def _numbers(value: Json, place: str) -> Iterator[tuple[str, int | float]]:
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _numbers(item, below(place, key))
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield place, value


def with_texts(value: Json, change: Callable[[str, str], str], place: str = "") -> Json:
    """The value with every text changed by `change(place, text)`, also the names of entries."""
    if isinstance(value, str):
        return change(place, value)
    if isinstance(value, dict):
        inside = ((str(key), item) for key, item in value.items())
        return {change(place, key): with_texts(item, change, below(place, key)) for key, item in inside}
    if isinstance(value, list):
        return [with_texts(item, change, below(place, index)) for index, item in enumerate(value)]
    return value


def shown_place(place: str, names: frozenset[str]) -> str:
    """The place, with `*` for each part that is neither a number nor one of these names."""
    parts = (unescaped(part) for part in place.split("/")[1:])
    return "".join("/" + (escaped(part) if part in names or part.isdecimal() else "*") for part in parts)


def names_of(schema: Mapping[str, Json] | None) -> frozenset[str]:
    """The names of properties that a schema has, at any depth."""
    return frozenset() if not schema else _names(orjson.dumps(schema))


@lru_cache(maxsize=256)
def _names(schema: bytes) -> frozenset[str]:
    found: set[str] = set()
    todo = [orjson.loads(schema)]
    while todo:
        one = todo.pop()
        if isinstance(one, dict) and isinstance(one.get("properties"), dict):
            found |= one["properties"].keys()
        todo += one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
    return frozenset(found)
