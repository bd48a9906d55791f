"""Are two correlation keys the same?

A key is one text, made of the values of its properties (BPMN 2.0, 8.3.2). The number 12 and the text "12" are one key,
as in Zeebe: systems send numbers as texts and the other way round. Versions before wrote numbers differently, and cases
that wait since then still hold such keys: `spellings` knows both.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256
from itertools import product
from typing import Any, Final

import orjson

Json = Any

LONGEST: Final = 200
"""Characters of a key; of a longer one its digest is taken."""

_MOST_PARTS: Final = 6
"""Properties of a key whose older spellings are looked for."""


def key_text(values: Sequence[Json]) -> str | None:
    """The properties of a key as one text of at most `LONGEST` characters; None when any is missing."""
    if not values or any(value is None for value in values):
        return None
    parts = [_number_as_text(value) for value in values]
    return _written(parts)


def same(key: str, other: str) -> bool:
    return key == other or _now(key) == _now(other)


@lru_cache(maxsize=1024)
def spellings(key: str) -> tuple[str, ...]:
    """The key as it is written now, and as versions before wrote it: its numbers as numbers."""
    key = _now(key)
    parts = _parts(key)
    if len(parts) > _MOST_PARTS:
        return (key,)
    ways = product(*((part, number) if (number := _number(part)) is not None else (part,) for part in parts))
    return tuple(dict.fromkeys((key, *(_written(list(way)) for way in ways))))


@lru_cache(maxsize=1024)
def _now(key: str) -> str:
    return key_text(_parts(key)) or key


def _written(parts: list[Json]) -> str:
    text = parts[0] if len(parts) == 1 and isinstance(parts[0], str) else orjson.dumps(parts).decode()
    return text if len(text) <= LONGEST else sha256(text.encode()).hexdigest()


def _number_as_text(value: Json) -> Json:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return str(int(value)) if value == int(value) else repr(value)


def _parts(key: str) -> list[Json]:
    """The properties of a key of several, as far as it shows them."""
    if key.startswith("["):
        try:
            found = orjson.loads(key)
        except orjson.JSONDecodeError:
            return [key]
        return found if isinstance(found, list) and found else [key]
    return [key]


def _number(part: Json) -> int | float | None:
    """The number that this text would have been; None for what is no number written plainly."""
    if not isinstance(part, str) or len(part) > 20 or part.strip("-.0123456789"):
        return None
    try:
        number = orjson.loads(part)
    except orjson.JSONDecodeError:
        return None
    return number if _number_as_text(number) == part else None
