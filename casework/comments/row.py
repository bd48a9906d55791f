"""How does a comment get into its row, in the statement of its event?

With it go the words that find it, who is told of it, and what stands for its text so that its writer sees it as they
wrote it. The words are those that the least cleared reader sees, so that no index holds what is masked for somebody.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, LiteralString

from django.contrib.auth.models import User

from audit.db.columns import Integers, Texts
from audit.db.sql import Part
from casework.access.permissions import LEVELS, origin_of, words_digest
from casework.cases.past_rows import former_of
from casework.cases.read.case_view import list_mask
from casework.cases.search_words import MOST, words_of
from casework.models import Case, Comment
from orchestration.privacy.principal import Principal
from orchestration.shell.services import Locked

_TOLD: LiteralString = """,
comment_told as (
    insert into casework_commentnotice (comment_id, person_id, why, at)
    select s.id, n.person, n.why, %(comment_at)s from comment_row s cross join (
        select distinct on (x.person) x.person, x.why from (
            select u.id as person, 'mention' as why, 0 as place from auth_user u
            where u.id = any(%(comment_named)s::integer[])
            union all select u.id, 'reply', 1 from auth_user u where 'person:' || u.username = %(comment_answered)s
            union all select f.person_id, 'follow', 2 from casework_follow f
            where f.case_id = %(comment_case)s and %(comment_is_new)s) x
        where x.person <> %(comment_person)s order by x.person, x.place) n
    on conflict do nothing),
comment_own as (
    insert into casework_ownwords (case_id, person_id, digest)
    values (%(comment_case)s, %(comment_person)s, %(comment_digest)s) on conflict do nothing)"""
_SAID: Final[LiteralString] = """
comment_row as (
    insert into casework_comment (case_id, number, thread, item, by, at, tellings, once, words)
    values (%(comment_case)s, %(comment_number)s, %(comment_thread)s, %(comment_item)s, %(comment_by)s, %(comment_at)s,
            array[%(comment_number)s::integer], %(comment_once)s, array_to_tsvector(%(comment_words)s::text[]))
    returning id)"""
_EDITED: Final[LiteralString] = """
comment_row as (
    update casework_comment set edited = %(comment_at)s, tellings = tellings || %(comment_telling)s::integer,
           words = array_to_tsvector(%(comment_words)s::text[])
    where case_id = %(comment_case)s and number = %(comment_number)s
    returning id)"""
_WITHDRAWN: Final[LiteralString] = """
comment_row as (
    update casework_comment set withdrawn = %(comment_at)s, words = null
    where case_id = %(comment_case)s and number = %(comment_number)s)"""


def said(held: Locked, row: Comment, by: User, text: str, people: Iterable[int], answered: str) -> Part:
    """A new one. `people`: whom it names, by number; `answered`: who wrote what it answers."""
    values = _told(held, row.case, by, text, people) | {
        "comment_number": row.number, "comment_thread": row.thread, "comment_item": row.item, "comment_by": row.by,
        "comment_once": row.once, "comment_answered": answered, "comment_is_new": True,
    }  # fmt: skip
    return _SAID + _TOLD, values


def edited(held: Locked, row: Comment, by: User, text: str, people: Iterable[int]) -> Part:
    """Other words for one; whom it did not name before are told."""
    values = _told(held, row.case, by, text, people) | {
        "comment_number": row.number, "comment_telling": held.head.sequence + 1, "comment_answered": "",
        "comment_is_new": False,
    }  # fmt: skip
    return _EDITED + _TOLD, values


def withdrawn(row: Comment, at: datetime) -> Part:
    return _WITHDRAWN, {"comment_case": row.case_id, "comment_number": row.number, "comment_at": at}


def _told(held: Locked, case: Case, by: User, text: str, people: Iterable[int]) -> dict[str, Any]:
    return {
        "comment_case": case.pk, "comment_at": held.at, "comment_person": by.pk, "comment_digest": words_digest(text),
        "comment_named": Integers(people), "comment_words": Texts(finding(held, text)),
    }  # fmt: skip


def finding(held: Locked, text: str) -> list[str]:
    """The words that find a comment."""
    former = former_of([held.instance]).get(held.instance, {})
    data = dict(held.state.root.variables)
    least = list_mask(held.case_type.classification, data, Principal(LEVELS[0]), former)
    return list(dict.fromkeys(words_of(least(text))))[:MOST]


def writer(by: User) -> str:
    """How the history names who writes."""
    return origin_of(by).actor
