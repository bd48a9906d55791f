"""Which cases could hold these words, for this reader, the newest first?

Read from projections alone: the reader's newest cases (`ListedCase`) are tried first, which is enough for words that
stand in many; what stands in few is found by the index of words (GIN), and then held against the reader's list.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

from casework.cases.read.listed import place
from casework.search.query import Term, is_narrow, statement

WALKED: Final = 1000
"""The newest cases of a reader that are tried one by one."""
MATCHED: Final = 5000
"""Cases with these words, of whoever, that are held against the reader's list."""

_NEWEST: Final = """
with newest as (
    select distinct l.created, l.case_id
    from unnest(%(readers)s::bigint[]) as r(reader), unnest(array[true, false]) as c(closed), lateral (
        select l.created, l.case_id from casework_listedcase l
        where l.reader = r.reader and l.closed = c.closed and (l.created, l.case_id) < (%(created)s, %(case)s)
        order by l.created desc, l.case_id desc limit %(walked)s) l
    order by l.created desc, l.case_id desc limit %(walked)s)
select count(*), array(
    select n.case_id from newest n join casework_searchedcase s on s.case_id = n.case_id
    where s.words @@ %(query)s::tsquery order by n.created desc, n.case_id desc limit %(limit)s)
from newest"""
_EVERYWHERE: Final = """
with matched as materialized (
    select case_id from casework_searchedcase where words @@ %(query)s::tsquery limit %(matched)s),
mine as (
    select l.created, l.case_id from matched m, lateral (
        select created, case_id from casework_listedcase
        where case_id = m.case_id and reader = any(%(readers)s::bigint[]) limit 1) l
    where (l.created, l.case_id) < (%(created)s, %(case)s))
select count(*), array(select case_id from mine order by created desc, case_id desc limit %(limit)s) from matched"""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Numbers of cases, the newest first. `all`: whether every case of the reader was looked at that comes after."""

    cases: Sequence[int]
    all: bool


def candidates(readers: Sequence[int], asked: Sequence[Term], level: int, after: str, limit: int) -> Candidates:
    """At most `limit` of them, beyond a place in the list of cases. `level`: the reader's clearance, 0 to 3."""
    beyond = place(after)
    values: dict[str, Any] = {
        "readers": list(readers), "created": beyond.created, "case": beyond.case, "limit": limit,
        "walked": WALKED, "matched": MATCHED + 1,
    }  # fmt: skip
    newest: list[int] = []
    values["query"] = statement(asked, level)
    if not any(term.near for term in asked):  # so many words are dear to try one by one
        walked, newest = _read(_NEWEST, values)
        if len(newest) == limit or walked < WALKED:
            return Candidates(newest, all=True)
    if not is_narrow(asked):
        return Candidates(newest, all=False)
    matched, found = _read(_EVERYWHERE, values)
    if matched > MATCHED:
        return Candidates(_both(newest, found, limit), all=False)
    return Candidates(_both(newest, found, limit), all=True)


def _both(newest: list[int], found: list[int], limit: int) -> list[int]:
    """The newest are in the order of the list, and before all that is older."""
    return list(dict.fromkeys((*newest, *found)))[:limit]


def _read(statement: str, values: dict[str, Any]) -> tuple[int, list[int]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        count, cases = cursor.fetchone()
    return int(count), list(cases)
