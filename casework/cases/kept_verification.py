"""Is what pages go by beside a history what that history gives?

Projections that pages write when they show a case (`past_rows`, `own_words`), held against a fresh build: the past up
to where it was kept (being behind is no fault, it catches up), the former values that are hidden in texts (a step keeps
those that it writes over), and whose words somebody is shown as their own: none that they did not write, and each
reason that they gave. Cases whose history is gone on with from the middle are left to a whole run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, LiteralString

import psycopg

from audit.sealed_values import opened_text, read
from audit.selectors import entries_of
from casework.cases.own_words import owed, said_by
from casework.cases.past_rows import AT_ONCE, PART, stood_in
from casework.cases.read.past import fold, nothing
from orchestration.casetypes.case_type import CaseType
from orchestration.shell.verification.cases import BROKEN, Case
from orchestration.shell.verification.told import canonical

PASTS: Final = "select instance_id, upto, document from casework_casepast where instance_id = any(%s)"
FORMER: Final = "select instance_id, pointer, forms, seeds from casework_formervalue where instance_id = any(%s)"
OWN: Final = """
select c.instance_id, coalesce(u.username, 'nobody'), w.digest from casework_ownwords w
join casework_case c on c.id = w.case_id left join auth_user u on u.id = w.person_id where c.instance_id = any(%s)
"""

Former = frozenset[tuple[str, str, str]]


def kept_apart(
    cursor: psycopg.Cursor[Any], cases: Mapping[int, Case], types: Mapping[int, CaseType]
) -> Iterator[tuple[int, str]]:
    """(case, sentence) for what is kept of these cases and does not come of their histories."""
    whole = [number for number, case in cases.items() if number in types and not case.known]
    pasts = {number: (upto, body) for number, upto, body in _rows(cursor, PASTS, whole)}
    former: dict[int, set[tuple[str, str, str]]] = {}
    for number, pointer, *texts in _rows(cursor, FORMER, whole):
        forms, seeds = map(opened_text, texts)
        former.setdefault(number, set()).add((pointer, forms, seeds))
    for number in sorted(pasts.keys() | former.keys()):
        upto, body = pasts.get(number, (0, None))
        if upto > cases[number].told.sequence:
            yield number, f"pages keep a past up to event {upto}, which is not there"
            continue
        past, values = _built(number, upto, types[number])
        if body is not None and not _same(past, body):
            yield number, f"what pages keep of the past is not what the events up to {upto} give"
        kept = former.get(number, set())
        if any(value not in kept and _unmarked(value) not in kept for value in values):
            yield number, "a hidden value of before is not sought in texts, though the history tells of it"
        if kept - values and kept - _known(_built(number, cases[number].told.sequence, types[number])[1]):
            yield number, "texts are masked for a value that never stood in the case"
    yield from _words_apart(cursor, list(cases))


def _rows(cursor: psycopg.Cursor[Any], statement: LiteralString, numbers: list[int]) -> list[Any]:
    return cursor.execute(statement, [numbers], binary=True).fetchall()


def _built(number: int, upto: int, case_type: CaseType) -> tuple[dict[str, Any], Former]:
    """The past and the former values that the events up to this one give."""
    past, values = nothing(), set[tuple[str, str, str]]()
    while past["upto"] < upto and (taken := entries_of(number, after=past["upto"], until=upto, limit=AT_ONCE)):
        fold(past, taken)
        found = stood_in(taken, case_type.classification)
        values |= {(value.pointer, value.forms, value.seeds) for value in found}
    return past, frozenset(values)


def _unmarked(value: tuple[str, str, str]) -> tuple[str, str, str]:
    """As it was kept before a part's own values were marked as such."""
    pointer, forms, seeds = value
    return pointer.removeprefix(PART), forms, seeds


def _known(values: Former) -> Former:
    return values | {_unmarked(value) for value in values}


def _same(past: dict[str, Any], body: bytes) -> bool:
    try:
        return canonical(past) == canonical(read(body))
    except BROKEN:
        return False


PEOPLE: Final = "select username from auth_user where username = any(%s)"


def _words_apart(cursor: psycopg.Cursor[Any], numbers: list[int]) -> Iterator[tuple[int, str]]:
    kept = _rows(cursor, OWN, numbers)
    said = said_by(cursor, {(number, name) for number, name, _ in kept}) if kept else {}
    for number, name in dict.fromkeys((n, name) for n, name, digest in kept if digest not in said.get((n, name), ())):
        yield number, f"{name} is shown words as their own that they did not write"
    gone = owed(cursor, numbers).difference(kept)
    there = {name for (name,) in cursor.execute(PEOPLE, [[name for _, name, _ in gone]]).fetchall()} if gone else set()
    for number, name in sorted({(number, name) for number, name, _ in gone if name in there}):
        yield number, f"a reason that {name} gave is not kept as their own words any more"
