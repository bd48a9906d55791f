"""How does a list ask PostgreSQL, so that its plan is made once and not for every page?

With server-side parameters, past Django's cursor, which writes values into the text: a text that is new each time is
planned each time, and planning took longer than reading a page. Limits do stand in the text: a plan for a limit that is
not known is made for a tenth of the table.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

import psycopg
from psycopg.sql import Composable

from audit.db.sql import NAMED, connected

LIMITS: Final = ("limit", "cap", "looked", "counted", "few", "page")
"""Parameters that say how many rows are wanted."""
_LIMIT: Final = re.compile(rf"%\(({'|'.join(LIMITS)})\)s")
UNPLANNED: Final = "reference"
"""Of a pattern that is not known no plan takes the index of what begins so: such a statement is planned anew."""


def rows(statement: Composable, values: Mapping[str, Any]) -> list[Any]:
    """All rows of this statement."""
    limits = tuple((name, values.get(name)) for name in LIMITS)
    text, names = _numbered(statement.as_string(None), limits)
    cursor = psycopg.RawCursor(connected())
    cursor.execute(text, [values[name] for name in names], prepare=False if UNPLANNED in names else None)
    return list(cursor.fetchall())


@lru_cache(maxsize=1024)
def _numbered(written: str, limits: tuple[tuple[str, int | None], ...]) -> tuple[Any, tuple[str, ...]]:
    """The statement with its limits and with PostgreSQL's own parameters ($1), and the name of each."""
    places, known = dict[str, int](), dict(limits)
    limited = _LIMIT.sub(lambda found: "all" if known[found[1]] is None else str(known[found[1]]), written)
    text = NAMED.sub(lambda found: f"${places.setdefault(found[1], len(places) + 1)}", limited)
    return text.replace("%%", "%"), tuple(places)
