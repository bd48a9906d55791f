"""How does a list ask PostgreSQL, so that its plan is made once and not for every page?

With server-side parameters, past Django's cursor, which writes values into the text: a text that is new each time is
planned each time, and planning took longer than reading a page. PostgreSQL alone would not keep the plan either: to it
a list of groups that is not known has ten, so a plan for all looks dearer than one for those that ask, and is made each
time. So it is told to keep it, in the same round trip. Limits do stand in the text: a plan for a limit that is not
known is made for a tenth of the table.
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
KEPT_PLANS: Final = "set plan_cache_mode = force_generic_plan"
AS_BEFORE: Final = "set plan_cache_mode = auto"


def rows(statement: Composable, values: Mapping[str, Any]) -> list[Any]:
    """All rows of this statement."""
    limits = tuple((name, values.get(name)) for name in LIMITS)
    text, names = _numbered(statement.as_string(None), limits)
    given = [values[name] for name in names]
    session = connected()
    cursor = psycopg.RawCursor(session)
    if UNPLANNED in names or session.prepare_threshold is None:
        cursor.execute(text, given, prepare=False)
    else:
        _by_kept_plan(session, cursor, text, given)
    return list(cursor.fetchall())


def _by_kept_plan(session: psycopg.Connection[Any], cursor: psycopg.Cursor[Any], text: Any, given: list[Any]) -> None:
    """Where the statement fails, PostgreSQL takes back with it how plans were to be kept."""
    with session.pipeline():
        session.execute(KEPT_PLANS)
        cursor.execute(text, given, prepare=True)
        session.execute(AS_BEFORE)


@lru_cache(maxsize=1024)
def _numbered(written: str, limits: tuple[tuple[str, int | None], ...]) -> tuple[Any, tuple[str, ...]]:
    """The statement with its limits and with PostgreSQL's own parameters ($1), and the name of each."""
    places, known = dict[str, int](), dict(limits)
    limited = _LIMIT.sub(lambda found: "all" if known[found[1]] is None else str(known[found[1]]), written)
    text = NAMED.sub(lambda found: f"${places.setdefault(found[1], len(places) + 1)}", limited)
    return text.replace("%%", "%"), tuple(places)
