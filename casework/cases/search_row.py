"""How does what finds a case (`SearchedCase`) keep up with the case?

A full-text projection, written in the statement of the step that writes the data, and made anew by `rebuild_search`
with the same result. PostgreSQL puts the words together (`casework_searched_words`), since those of title and reference
stand in the row already. A word that no case had is put into the dictionary (`SearchedWord`): no step waits for another
that has the same new word, so it may stand there twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, LiteralString

import orjson
from django.db import connection, transaction

from audit import data_keys
from audit.db.columns import Texts
from audit.db.sql import Part
from audit.sealed_values import opened as unsealed
from casework.cases.search_words import face_of, lexemes, words_in
from casework.models import Case
from orchestration.casetypes.case_type import CaseType, by_definition
from orchestration.models import Instance
from orchestration.shell.services import Done
from orchestration.view.state import INSTANCE_ENDED

_LEARNED: LiteralString = """,
learned as (
    insert into casework_searchedword (word)
    select w.word from searched, unnest(tsvector_to_array(searched.words)) w(word)
    where not exists (select from casework_searchedword k where k.word = w.word))"""
_OPENED: LiteralString = """
searched as (
    insert into casework_searchedcase (case_id, face, words)
    select id, %(search_face)s,
           casework_searched_words(array_cat(%(search_face)s, %(search_shown)s), %(search_hidden)s) from face
    returning words)"""
_WRITTEN: LiteralString = """
searched as (
    update casework_searchedcase s
    set words = casework_searched_words(array_cat(s.face, %(search_shown)s), %(search_hidden)s)
    from face where s.case_id = face.id
    returning s.words)"""
_REBUILT: LiteralString = """
with searched as (
    insert into casework_searchedcase (case_id, face, words)
    values (%(case)s, %(search_face)s,
            casework_searched_words(array_cat(%(search_face)s, %(search_shown)s), %(search_hidden)s))
    on conflict (case_id) do update set face = excluded.face, words = excluded.words
    returning words)"""
_DONE: LiteralString = " select 1"
_FORGOTTEN: Final = """
delete from casework_searchedword k
where not exists (select from ts_stat('select words from casework_searchedcase') s where s.word = k.word)"""


def opened(done: Done, title: str, reference: str) -> Part:
    """Makes a case that was just started be found. Stands in one statement with the part `face` of its row."""
    return _OPENED + _LEARNED, _face(title, reference) | _words(done)


def written(done: Done) -> Part | None:
    """Makes a case be found by the data that this step wrote; None where it wrote none and none is told meanwhile."""
    first = done.case_type.asked_first
    is_told = done.written or (done.ended and first is not None and first.is_chosen(done.instance))
    return (_WRITTEN + _LEARNED, _words(done)) if is_told else None


@transaction.atomic
def rebuild(case: int) -> None:
    """What finds this case, from the case as it is; nobody writes to it meanwhile. Raises KeyFault where its key
    is gone."""
    found = Case.objects.get(pk=case)
    instance = Instance.objects.select_for_update().get(pk=found.instance_id)
    data, is_over = orjson.loads(unsealed(bytes(instance.data))), instance.status in INSTANCE_ENDED
    words = _columns(by_definition(instance.definition_id), instance.pk, data, is_over=is_over)
    with connection.cursor() as cursor:
        cursor.execute(_REBUILT + _LEARNED + _DONE, {"case": case, **_face(found.title, found.reference), **words})


def forget_words() -> int:
    """Take out of the dictionary what stands in no case any more; how many words that were."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGOTTEN)
        return int(cursor.rowcount)


def _face(title: str, reference: str) -> dict[str, Texts]:
    return {"search_face": Texts(lexemes(face_of(title, reference)))}


def _words(done: Done) -> dict[str, Texts]:
    return _columns(done.case_type, done.instance, done.state.root.variables, is_over=done.ended)


def _columns(case_type: CaseType, instance: int, data: Mapping[str, Any], *, is_over: bool) -> dict[str, Texts]:
    words = words_in(case_type.in_lists(instance, data, is_over), case_type, sealed=data_keys.is_sealing())
    return {"search_shown": Texts(words.shown), "search_hidden": Texts(words.hidden)}
