"""Can the texts of a directory's request stand here at all? No text of the database holds a NUL or half a character.

Also where a filter says it, or a path with a filter in it, whose texts have the escapes of JSON (RFC 7644, 3.4.2.2).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

FILTERS: Final = frozenset({"filter", "path"})
ESCAPED: Final = re.compile(r"\\(?:u([0-9a-fA-F]{4})|.)", re.DOTALL)


def can_stand(query: Iterable[tuple[str, Any]], body: bytes, place: str) -> bool:
    said = [("", place), *query, *_in(_read(body))]
    return all(_holds(text) and (name.lower() not in FILTERS or _holds(_unescaped(text))) for name, text in said)


def _read(body: bytes) -> Any:
    """None for what is no JSON: whoever reads the request says so."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _in(body: Any) -> Iterator[tuple[str, str]]:
    """Each text in it, with the name under which it stands; a name too."""
    todo = [("", body)]
    while todo:
        name, one = todo.pop()
        if isinstance(one, dict):
            todo += [("", key) for key in one]
            todo += one.items()
        elif isinstance(one, list):
            todo += [(name, each) for each in one]
        elif isinstance(one, str):
            yield name, one


def _holds(text: str) -> bool:
    """Two halves that belong together are a character, however they came."""
    try:
        return "\0" not in text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        return False


def _unescaped(text: str) -> str:
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)) if found[1] else found[0], text)
