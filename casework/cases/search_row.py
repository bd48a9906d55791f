"""How does what finds a case (`SearchedCase`) keep up with the case?

A full-text projection, written in the statement of the step that writes the data, and made anew by `rebuild_search`
with the same result. PostgreSQL puts the words together (`casework_searched_words`), since those of title and reference
stand in the row already.
"""

from __future__ import annotations

from typing import Any, Final

import orjson
from django.db import connection, transaction

from audit.db.columns import Texts
from audit.db.sql import Part
from casework.cases.search_words import face_of, lexemes, words_in
from casework.models import Case
from orchestration.casetypes.case_type import CaseType, by_definition
from orchestration.models import Instance
from orchestration.shell.services import Done

_OPENED: Final = """
searched as (
    insert into casework_searchedcase (case_id, face, words)
    select id, %(search_face)s,
           casework_searched_words(array_cat(%(search_face)s, %(search_shown)s), %(search_hidden)s) from face)"""
_WRITTEN: Final = """
searched as (
    update casework_searchedcase s
    set words = casework_searched_words(array_cat(s.face, %(search_shown)s), %(search_hidden)s)
    from face where s.case_id = face.id)"""
_REBUILT: Final = """
insert into casework_searchedcase (case_id, face, words)
values (%(case)s, %(search_face)s,
        casework_searched_words(array_cat(%(search_face)s, %(search_shown)s), %(search_hidden)s))
on conflict (case_id) do update set face = excluded.face, words = excluded.words
"""


def opened(done: Done, title: str, reference: str) -> Part:
    """Makes a case that was just started be found. Stands in one statement with the part `face` of its row."""
    return _OPENED, _face(title, reference) | _words(dict(done.state.root.variables), done.case_type)


def written(done: Done) -> Part | None:
    """Makes a case be found by the data that this step wrote; None where it wrote none."""
    return (_WRITTEN, _words(dict(done.state.root.variables), done.case_type)) if done.written else None


@transaction.atomic
def rebuild(case: int) -> None:
    """What finds this case, from the case as it is; nobody writes to it meanwhile."""
    found = Case.objects.get(pk=case)
    instance = Instance.objects.select_for_update().get(pk=found.instance_id)
    words = _words(orjson.loads(bytes(instance.data)), by_definition(instance.definition_id))
    with connection.cursor() as cursor:
        cursor.execute(_REBUILT, {"case": case, **_face(found.title, found.reference), **words})


def _face(title: str, reference: str) -> dict[str, Texts]:
    return {"search_face": Texts(lexemes(face_of(title, reference)))}


def _words(data: dict[str, Any], case_type: CaseType) -> dict[str, Texts]:
    words = words_in(data, case_type)
    return {"search_shown": Texts(words.shown), "search_hidden": Texts(words.hidden)}
