"""Which cases stand on a page of the list, for this reader, with these filters?

Keyset pagination over `ListedCase`. A page costs the same among a thousand cases and a million, whatever is filtered
and however old the cases are that the reader may see: for each of the reader's groups (and each state, where one or a
kind is asked for) the top rows are read by an index, and merged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from django.db import connection
from django.db.models import Q
from psycopg.sql import SQL, Composed

from casework.models import Case, ListedCase

NARROW: Final = 1000
"""Of so many cases whose references begin alike all are sought; of more, those among the next `WALKED` of the list."""
WALKED: Final = 1000

_TOP = """
select distinct l.created, l.case_id from {places}, unnest(%(closed)s::bool[]) as c(closed), lateral (
    select l.created, l.case_id from casework_listedcase l
    where l.reader = p.reader {here} and l.closed = c.closed and (l.created, l.case_id) < (%(created)s, %(case)s)
    order by l.created desc, l.case_id desc limit %(limit)s) l
order by l.created desc, l.case_id desc limit %(limit)s"""
_AMONG = """
with top as ({top})
select t.created, t.case_id, f.reference_key like %(reference)s from top t join casework_case f on f.id = t.case_id
order by t.created desc, t.case_id desc"""

# Where the rows of a page stand: one place for each reader, or for each kind (or state) too that a reader has cases of,
# which a loose scan of the index finds.
_READERS = SQL("unnest(%(readers)s::bigint[]) as p(reader)")
_LOOSE = """(
    with recursive seen(reader, value) as (
        select r.id, (select min(l.{sought}) from casework_listedcase l where l.reader = r.id {fixed})
        from unnest(%(readers)s::bigint[]) as r(id)
        union all
        select s.reader, (select min(l.{sought}) from casework_listedcase l
                          where l.reader = s.reader {fixed} and l.{sought} > s.value)
        from seen s where s.value is not null)
    select reader, value from seen where value is not null) p"""
_KINDS = SQL(_LOOSE.format(sought="case_type", fixed=""))
_STATES = SQL(_LOOSE.format(sought="state", fixed="and l.case_type = %(kind)s"))


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked for, empty where all is. `reference`: how its key begins (`references.key_of`)."""

    reference: str = ""
    kind: str = ""
    state: str = ""
    which: str = "all"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a case stands in the list."""

    created: datetime
    case: int

    def __str__(self) -> str:
        return f"{self.created.isoformat()}~{self.case}"


_TOP_OF_ALL: Final = Place(datetime(9999, 12, 31, tzinfo=UTC), 0)


@dataclass(frozen=True, slots=True)
class Found:
    """The next cases that fit, in order. `looked_to`: where looking ended before the end of the list."""

    places: Sequence[Place]
    looked_to: Place | None = None


def listed(readers: Sequence[int], asked: Filters, after: str, limit: int) -> Found:
    """The next cases after this place (`str(Place)`) that fit: at most `limit`, or all where a reference is sought."""
    values = _values(readers, asked, after)
    if not asked.reference:
        return Found(_places(_read(_top(asked), {**values, "limit": limit})))
    numbers = _numbers(values["reference"])
    if len(numbers) <= NARROW:
        return Found(_numbered(numbers, asked, values))
    return _among(asked, values)


def _numbered(numbers: Sequence[int], asked: Filters, values: Mapping[str, Any]) -> list[Place]:
    """Of the cases with these numbers those that fit, in order."""
    fitting = {"case_type": asked.kind, "state": asked.state}
    rows = ListedCase.objects.filter(
        Q(created__lt=values["created"]) | Q(created=values["created"], case__lt=values["case"]),
        case__in=numbers, reader__in=values["readers"], closed__in=values["closed"],
        **{name: value for name, value in fitting.items() if value},
    )  # fmt: skip
    return _places(rows.order_by("-created", "-case").values_list("created", "case").distinct())


def _among(asked: Filters, values: Mapping[str, Any]) -> Found:
    rows = _read(SQL(_AMONG).format(top=_top(asked)), {**values, "limit": WALKED})
    fitting = _places([row[:2] for row in rows if row[2]])
    return Found(fitting, Place(*rows[-1][:2]) if len(rows) == WALKED else None)


def _top(asked: Filters) -> Composed:
    """The statement of the first rows beyond a place, by where they stand."""
    places, here = {
        (False, False): (_READERS, SQL("")),
        (False, True): (_KINDS, SQL("and l.case_type = p.value and l.state = %(state)s")),
        (True, False): (_STATES, SQL("and l.case_type = %(kind)s and l.state = p.value")),
        (True, True): (_READERS, SQL("and l.case_type = %(kind)s and l.state = %(state)s")),
    }[bool(asked.kind), bool(asked.state)]
    return SQL(_TOP).format(places=places, here=here)


def _numbers(pattern: str) -> list[int]:
    """The cases whose reference begins so; of more than NARROW, NARROW and one."""
    found = Case.objects.extra(where=["reference_key like %s"], params=[pattern]).values_list("pk", flat=True)
    return list(found[: NARROW + 1])


def _values(readers: Sequence[int], asked: Filters, after: str) -> dict[str, Any]:
    beyond = place(after)
    return {
        "readers": list(readers), "kind": asked.kind, "state": asked.state, "reference": _prefix(asked.reference),
        "closed": {"open": [False], "closed": [True]}.get(asked.which, [False, True]),
        "created": beyond.created, "case": beyond.case,
    }  # fmt: skip


def place(written: str) -> Place:
    """Where the page begins: at the top where this says nothing that can be read."""
    created, _, number = written.partition("~")
    try:
        found = Place(datetime.fromisoformat(created).astimezone(UTC), int(number))
    except (ValueError, OverflowError):
        return _TOP_OF_ALL
    return found if 0 <= found.case < 2**63 else _TOP_OF_ALL


def _prefix(key: str) -> str:
    """A LIKE pattern for what begins with this text."""
    return key.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"


def _places(rows: Iterable[Sequence[Any]]) -> list[Place]:
    return [Place(*row) for row in rows]


def _read(statement: SQL | Composed, values: Mapping[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)  # Django's cursor hands it on to psycopg
        return list(cursor.fetchall())
