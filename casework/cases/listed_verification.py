"""Is what lists and the search know of a case what the case says?

Two projections, held against a fresh build from the data that the history leads to: the typed values that lists filter,
order and group by (`ListedValue`, with the clearance that each needs) and the words that find the case (`SearchedCase`,
with the dictionary of slips). A tag has no field in the data: it follows from the events that put it on and took it
off. What stands there of a case from before there was such a projection may be missing as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final, LiteralString

import psycopg

from audit import data_keys
from audit.db.columns import Texts
from audit.reading import Row
from casework.cases.past_rows import former_of
from casework.cases.search_words import face_of, lexemes, words_in
from casework.lists.projection import Value, listed_values
from casework.lists.tag_words import MARK
from orchestration.casetypes.case_type import CaseType
from orchestration.shell.verification.cases import BROKEN, Case
from orchestration.shell.verification.told import Told, on_fact
from orchestration.view.state import INSTANCE_ENDED

VALUES: Final = """
select instance_id, field, level, words, number, moment from casework_listedvalue where instance_id = any(%s)
"""
FACES: Final = "select instance_id, title, reference from casework_case where instance_id = any(%s)"
FOUND_BY: Final[LiteralString] = """
select v.instance_id, s.case_id is null from unnest(
    %(numbers)s::bigint[], %(faces)s::text[], %(shown)s::text[], %(hidden)s::text[]) v(instance_id, face, shown, hidden)
join casework_case c on c.instance_id = v.instance_id left join casework_searchedcase s on s.case_id = c.id
where s.case_id is null or s.face <> string_to_array(v.face, ' ') or s.words <> casework_searched_words(
    array_cat(s.face, string_to_array(v.shown, ' ')), string_to_array(v.hidden, ' '))
"""
UNLEARNED: Final = """
select c.instance_id from casework_case c join casework_searchedcase s on s.case_id = c.id
where c.instance_id = any(%s) and exists (
    select from unnest(tsvector_to_array(s.words)) w(word)
    where not exists (select from casework_searchedword k where k.word = w.word))
"""
SINCE: Final = "select min(applied) from django_migrations where app = 'casework' and name = %s"
LISTED_SINCE: Final = "0015_listed_values"
SEARCHED_SINCE: Final = "0014_searched_case"

Rows = frozenset[Value]


def hang_in() -> None:
    """Have every verification note the tags that a history tells of."""
    on_fact(_tagged, "case.tags")


def _tagged(told: Told, detail: Mapping[str, Any], link: Row) -> None:
    tags: dict[str, bool] = told.notes.setdefault("tags", {})
    for word in detail.get("removed", ()):
        tags.pop(word, None)
    tags.update(dict.fromkeys(detail.get("added", ()), True))


def listed_apart(
    cursor: psycopg.Cursor[Any], cases: Mapping[int, Case], types: Mapping[int, CaseType]
) -> Iterator[tuple[int, str]]:
    """(case, sentence) for what lists or the search know of these cases otherwise."""
    known = [number for number in cases if number in types]
    yield from _values_apart(cursor, {number: cases[number] for number in known}, types)
    yield from _words_apart(cursor, {number: cases[number] for number in known}, types)
    for (number,) in cursor.execute(UNLEARNED, [known], binary=True).fetchall():
        yield number, "a word that finds the case is not among those to which slips are corrected"


def _values_apart(
    cursor: psycopg.Cursor[Any], cases: Mapping[int, Case], types: Mapping[int, CaseType]
) -> Iterator[tuple[int, str]]:
    kept: dict[int, set[Value]] = {}
    for number, *row in cursor.execute(VALUES, [list(cases)], binary=True).fetchall():
        kept.setdefault(number, set()).add(Value(*row))
    since, former = _since(cursor, LISTED_SINCE), former_of(cases)
    for number, case in cases.items():
        found = kept.get(number, set())
        tags = frozenset(value for value in found if value.field.startswith(MARK))
        if not case.known and tags != _tags(case.told):
            yield number, _otherwise("tags", tags, _tags(case.told))
        is_old, rows = case.told.before(since), frozenset(found - tags)
        if is_old and not rows:
            continue
        # a case of before may have been listed without what was hidden in it before
        # and one from before cases were sealed with what is left out now
        pasts = (former.get(number, {}), {})[: 1 + is_old]
        builds = [_built(number, case, types[number], each, sealed=sealed) for each in pasts for sealed in _ways()]
        if rows not in builds:
            yield number, _otherwise("values by which lists filter", rows, builds[0])


def _ways() -> tuple[bool, ...]:
    """Whether what is restricted is left out of projections: now, then (where that is otherwise) before."""
    return (True, False) if data_keys.is_sealing() else (False,)


def _built(number: int, case: Case, case_type: CaseType, former: Mapping[str, Any], *, sealed: bool) -> Rows:
    """The values of a fresh build; nothing where what was hidden before was forged, which is named as such."""
    try:
        return frozenset(listed_values(case_type, _data(number, case, case_type), former, sealed=sealed))
    except BROKEN:
        return frozenset()


def _data(number: int, case: Case, case_type: CaseType) -> Mapping[str, Any]:
    root = case.told.state.root
    return case_type.in_lists(number, dict(root.variables), root.state in INSTANCE_ENDED)


def _tags(told: Told) -> Rows:
    return frozenset(Value(MARK + word, 0, word) for word in told.notes.get("tags", ()))


def _otherwise(what: str, found: Rows, wanted: Rows) -> str:
    """Which fields are apart; their values stay unsaid, as whoever verifies may not be cleared for them."""
    fields = sorted({value.field for value in found ^ wanted})
    return f"the {what} are not those that the history gives: {', '.join(fields)}"


def _words_apart(
    cursor: psycopg.Cursor[Any], cases: Mapping[int, Case], types: Mapping[int, CaseType]
) -> Iterator[tuple[int, str]]:
    faces = {number: rest for number, *rest in cursor.execute(FACES, [list(cases)], binary=True).fetchall()}
    found = _apart(cursor, cases, types, faces, 0)
    if before := {number: faces[number] for number in found if len(_ways()) > 1}:
        right = before.keys() - _apart(cursor, cases, types, before, 1)
        found = {number: is_missing for number, is_missing in found.items() if number not in right}
    since = _since(cursor, SEARCHED_SINCE)
    for number, is_missing in found.items():
        if not (is_missing and cases[number].told.before(since)):
            yield number, "the case is found by other words than those that it says"


def _apart(
    cursor: psycopg.Cursor[Any], cases: Mapping[int, Case], types: Mapping[int, CaseType],
    faces: Mapping[int, Any], way: int,
) -> dict[int, bool]:  # fmt: skip
    """Cases that are found by other words than those of a fresh build, and whether by none at all."""
    words = {
        number: words_in(_data(number, cases[number], types[number]), types[number], sealed=_ways()[way])
        for number in faces
    }
    values = {
        "numbers": list(faces), "faces": _joined(faces, lambda number: lexemes(face_of(*faces[number]))),
        "shown": _joined(faces, lambda number: words[number].shown),
        "hidden": _joined(faces, lambda number: words[number].hidden),
    }  # fmt: skip
    return dict(cursor.execute(FOUND_BY, values, binary=True).fetchall())


def _joined(numbers: Mapping[int, Any], lexemes_of: Callable[[int], tuple[str, ...]]) -> Texts:
    """Of each case its lexemes as one text: no space stands in a word."""
    return Texts(" ".join(lexemes_of(number)) for number in numbers)


def _since(cursor: psycopg.Cursor[Any], migration: str) -> datetime | None:
    """When this database began to keep a projection."""
    row = cursor.execute(SINCE, [migration]).fetchone()
    found: datetime | None = row[0] if row else None
    return found
