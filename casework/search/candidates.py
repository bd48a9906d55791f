"""Which cases could hold these words, for this reader, the newest first?

Read from projections alone, by the way that is shorter. Words that stand in many cases are looked for among the
reader's newest (`ListedCase`), one by one; what stands in few is found by the index of words (GIN), by the rarest of
the words alone where the others would only have long lists read, and is then held against the reader's list.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Any, Final, LiteralString

from django.db import connection

from casework.cases.read.listed import Place, place
from casework.search.frequency import shares
from casework.search.query import Term, is_narrow, statement

FIRST: Final = 200
"""The newest cases of a reader that are tried one by one before anything else: all, of who sees few."""
WALKED: Final = 5000
"""The same, where there is no shorter way."""
MATCHED: Final = 5000
"""Cases with these words, of whoever, that are held against the reader's list."""
WORTH: Final = 30
"""Entries of the index that are read in the time in which one case is looked at."""

_WALK: LiteralString = """
with newest as materialized (
    select distinct l.created, l.case_id
    from unnest(%(readers)s::bigint[]) as r(reader), unnest(array[true, false]) as c(closed), lateral (
        select l.created, l.case_id from casework_listedcase l
        where l.reader = r.reader and l.closed = c.closed and (l.created, l.case_id) < (%(created)s, %(case)s)
        order by l.created desc, l.case_id desc limit %(walked)s) l
    order by l.created desc, l.case_id desc limit %(walked)s),
fitting as (
    select n.created, n.case_id from newest n, lateral (
        select from casework_searchedcase s
        where s.case_id = n.case_id and ts_match_vq(s.words, %(query)s::tsquery) offset 0) s
    order by n.created desc, n.case_id desc limit %(limit)s)
select array(select created from fitting), array(select case_id from fitting), (select count(*) from newest),
       (select created from newest order by created, case_id limit 1),
       (select case_id from newest order by created, case_id limit 1),
       array(
           select f.id from casework_case f
           where f.reference_key = %(key)s
               and exists (select from casework_listedcase l
                           where l.case_id = f.id and l.reader = any(%(readers)s::bigint[]))
               and exists (select from casework_searchedcase s
                           where s.case_id = f.id and ts_match_vq(s.words, %(query)s::tsquery))
           order by f.created desc, f.id desc limit %(limit)s)"""
_EVERYWHERE: LiteralString = """
with matched as materialized (
    select case_id from casework_searchedcase
    where words @@ %(rare)s::tsquery and (not %(others)s or ts_match_vq(words, %(query)s::tsquery))
    limit %(matched)s),
fitting as (
    select l.created, l.case_id from matched m, lateral (
        select created, case_id from casework_listedcase
        where case_id = m.case_id and reader = any(%(readers)s::bigint[]) limit 1) l
    where (l.created, l.case_id) < (%(created)s, %(case)s)
    order by l.created desc, l.case_id desc limit %(limit)s)
select array(select created from fitting), array(select case_id from fitting), (select count(*) from matched)"""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Places of cases, the newest first. `all`: whether every case of the reader was looked at that comes after.

    `following`: where looking goes on beyond these, empty where there is nothing more. `called`: cases of the reader
    whose reference is what is asked for, by its own index, however many hold the same words.
    """

    places: Sequence[Place]
    following: str
    all: bool = True
    called: Sequence[int] = ()

    @property
    def cases(self) -> list[int]:
        return [each.case for each in self.places]


@dataclass(frozen=True, slots=True)
class _Asked:
    """One question. `enough`: so many of the newest make a page; `limit`: more are not of use."""

    terms: Sequence[Term]
    level: int
    enough: int
    limit: int
    values: dict[str, Any]


def candidates(
    readers: Sequence[int], asked: Sequence[Term], key: str, level: int, after: str, enough: int, limit: int
) -> Candidates:
    """At most `limit` of them, beyond a place in the list of cases. `key`: of what is asked for as a reference
    (`references.key_of`); `level`: the reader's clearance, 0 to 3."""
    beyond = place(after)
    values: dict[str, Any] = {
        "readers": list(readers), "created": beyond.created, "case": beyond.case, "limit": limit,
        "key": key, "query": statement(asked, level),
    }  # fmt: skip
    question = _Asked(asked, level, enough, limit, values)
    first = _walk(question, FIRST)
    if len(first.places) >= enough or not first.following:
        return first
    return replace(_further(question), called=first.called)


def _further(question: _Asked) -> Candidates:
    """Those beyond the reader's newest."""
    asked, enough = question.terms, question.enough
    found = shares(asked, question.level)
    if not is_narrow(asked):
        return _walk(question, WALKED)
    likely = prod(found)
    if likely * WALKED < enough:
        return _everywhere(question, found) or _walk(question, WALKED)
    newest = _walk(question, min(WALKED, FIRST + int(2 * enough / likely)))
    return newest if newest.all else _everywhere(question, found) or newest


def _walk(question: _Asked, most: int) -> Candidates:
    """Those among so many of the reader's newest; not `all` where that was too few to make a page."""
    created, cases, walked, *last, called = _read(_WALK, question.values | {"walked": most})
    places = _places(created, cases)
    if len(places) == question.limit:
        return Candidates(places, str(places[-1]), called=called)
    following = str(Place(*last)) if walked == most else ""
    return Candidates(places, following, not following or len(places) >= question.enough, called)


def _everywhere(question: _Asked, found: Sequence[float]) -> Candidates | None:
    """Those among all cases; None where too many have the words."""
    rare = rarest(question.terms, found)
    by = {"rare": statement(rare, question.level), "others": len(rare) < len(question.terms), "matched": MATCHED + 1}
    created, cases, matched = _read(_EVERYWHERE, question.values | by)
    if matched > MATCHED:
        return None
    places = _places(created, cases)
    return Candidates(places, str(places[-1]) if len(places) == question.limit else "")


def rarest(asked: Sequence[Term], found: Sequence[float]) -> list[Term]:
    """The words by which the index is asked: the rarest, and each next one while reading its list spares more than it
    takes."""
    (share, term), *others = sorted(zip(found, asked, strict=True), key=lambda each: each[0])
    taken = [term]
    for each, other in others:
        if each >= share * WORTH:
            break
        taken.append(other)
        share *= each
    return taken


def _places(created: Iterable[Any], cases: Iterable[int]) -> list[Place]:
    return [Place(*each) for each in zip(created, cases, strict=True)]


def _read(sought: LiteralString, values: dict[str, Any]) -> Sequence[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sought, values)
        row: Sequence[Any] = cursor.fetchone()
    return row
