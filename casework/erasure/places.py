"""In which places of somebody else's case does a person stand, and what will stand there without them?

Looked for in every event of its history and every row that hangs on the case, whatever its table, so that a table that
comes later is looked through too. What is made of the data anew afterwards (lists, search, the past) is left out here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import unquote_plus

import orjson
from django.db.models import CASCADE, BinaryField, CharField, Field, ForeignObjectRel, JSONField, Model, TextField
from psycopg.sql import SQL, Identifier

from audit.actions import ACTIONS
from audit.data_keys import KeyFault
from audit.db.sql import cursor
from audit.reading import links_upto
from audit.sealed_values import (
    MATCHED,
    case_subject,
    is_sealed,
    matched,
    opened,
    opened_text,
    opened_value,
    sealed,
    sealed_text,
)
from casework.documents.models import Document, ReadPage
from casework.erasure.words import Words
from casework.models import CasePast, Draft, FormerValue, ListedCase, ListedValue, OwnWords, SearchedCase
from orchestration.documents import store
from orchestration.documents.words import unpacked
from orchestration.models import EventDelivery, Instance

STEP: Final = "a step of the case"
MADE_ANEW: Final = frozenset({SearchedCase, ListedCase, ListedValue, CasePast, FormerValue, OwnWords})
"""Projections."""
NO_CONTENT: Final = frozenset({
    "actor", "by", "capability", "case_type", "code", "currency", "data_digest", "decided_by", "asked_by", "worker",
    "definition_item", "digest", "finder", "form", "key", "kind", "level", "mode", "node", "output_digest", "path",
    "reader", "reference_key", "source", "state", "stood", "sealed", "url", "version", "wanted_actor", "evaluator",
    "tool", "way", "outcome", "pointer", "status", "given", "asked", "once", "extension", "request", "rule", "put",
})  # fmt: skip
"""Columns by which the product goes."""
WORDED: Final[Mapping[str, str]] = {
    "orchestration_job": "work that was asked for", "orchestration_actorcall": "an answer to it",
    "orchestration_incident": "an incident", "orchestration_humantask": "a task", "orchestration_outbox": "a message",
    "orchestration_subscription": "what the case waits for", "orchestration_question": "a question about it",
    "casework_case": "its title or reference", "casework_document": "a document",
    "casework_readpage": "the text of a document", "casework_readfield": "a value found in a document",
    "casework_draft": "a draft", "casework_contest": "an objection", "casework_snooze": "a note",
    "casework_reveal": "a reason", "orchestration_judgement": "a judgement", "orchestration_agentrun": "an agent's run",
    "orchestration_agentproposal": "an agent's proposal", "orchestration_lease": "work in hand",
    "orchestration_trial": "a trial", "orchestration_eventdelivery": "what other systems are told",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """A column of a row of a table, and what will stand there."""

    table: str
    key: str
    number: Any
    column: str
    value: Any


@dataclass(slots=True)
class Places:
    """`contents`: of events by their numbers, with the action, as they will be kept. `rows`: the same of rows.

    `files`: contents of plain texts, by the digests of those that they will stand for. `stays`: a sentence for each
    place that stays as it is.
    """

    contents: dict[int, tuple[str, bytes]] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    stays: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.contents or self.rows)

    @property
    def goes(self) -> list[str]:
        """What will be replaced, in words."""
        events = [f"event {n} ({ACTIONS.get(action, STEP)})" for n, (action, _) in self.contents.items()]
        counted: dict[str, int] = {}
        for row in self.rows:
            word = WORDED.get(row.table, row.table.partition("_")[2])
            counted[word] = counted.get(word, 0) + 1
        return [f"{word} ({count})" if count > 1 else word for word, count in counted.items()] + events


def places(chain: int, words: Words) -> Places:
    """All of them. Nothing is changed."""
    found = Places()
    _in_files(found, chain, words)
    _in_history(found, chain, words)
    subject = case_subject(chain)
    for model, numbers in _hanging(chain):
        _in_table(found, model, numbers, words, subject)
    _in_deliveries(found, chain, words, subject)
    return found


def _in_history(found: Places, chain: int, words: Words) -> None:
    for _, number, action, actor, behalf, cause, _, _, hits, *_, body in links_upto(chain, 2**31 - 1):
        if any(words.stand_in(text) for text in (actor, behalf, cause, hits)):
            found.stays.append(f"event {number}: who did it, or why, which the chain itself is made of")
        clear = _opened(body)
        if clear is None or not (found.files or words.stand_in(clear.decode())):
            continue
        detail = orjson.loads(clear)
        left = words.out_of_event(action, _refiled(found, detail))
        if left != detail and body is not None:
            kept = orjson.dumps(left, option=orjson.OPT_SORT_KEYS)
            found.contents[number] = (action, sealed(case_subject(chain), kept) if is_sealed(body) else kept)
        if words.stand_in(orjson.dumps(left).decode()):
            found.stays.append(f"event {number}: inside another word, or where the product goes by it")


def _opened(body: bytes | None) -> bytes | None:
    try:
        return None if body is None else opened(body)
    except KeyFault:
        return None


def _hanging(chain: int) -> Iterator[tuple[type[Model], list[Any]]]:
    """Each table whose rows go with a case, with the numbers of those that go with this one."""
    reached: list[tuple[type[Model], list[Any]]] = [(Instance, [chain])]
    seen: dict[type[Model], set[Any]] = {Instance: {chain}}
    while reached:
        model, numbers = reached.pop(0)
        for relation in _owned(model):
            other: Any = relation.related_model
            if other in MADE_ANEW or len(other._meta.pk_fields) > 1:
                continue
            owned = other._base_manager.filter(**{f"{relation.field.name}__in": numbers}).order_by("pk")
            fresh = [number for number in owned.values_list("pk", flat=True) if number not in seen.get(other, ())]
            if fresh:
                seen.setdefault(other, set()).update(fresh)
                yield other, fresh
                reached.append((other, fresh))


def _owned(model: type[Model]) -> Iterator[Any]:
    """Relations to this table of rows that go with one of it; those that only name one may be of another case."""
    for relation in model._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel) and not relation.many_to_many and relation.on_delete is CASCADE:
            yield relation


def _in_table(found: Places, model: type[Model], numbers: list[Any], words: Words, subject: str) -> None:
    if model is ReadPage:
        return _in_pages(found, numbers, words)
    columns = [one for one in model._meta.concrete_fields if _has_content(one)]
    if not columns:
        return None
    table, key = model._meta.db_table, str(model._meta.pk.column)
    ask = SQL("select {}, {} from {} where {} = any(%s) order by 1").format(
        Identifier(key), SQL(", ").join(Identifier(str(one.column)) for one in columns), Identifier(table),
        Identifier(key),
    )  # fmt: skip
    with cursor() as plain:
        rows = plain.execute(ask, [numbers]).fetchall()
    for number, *values in rows:
        for one, value in zip(columns, values, strict=True):
            left = None if value is None else _without(one, value, words, subject)
            if left is not None:
                found.rows.append(Row(table, key, number, str(one.column), left))


def _has_content(one: Field[Any, Any]) -> bool:
    if one.name in NO_CONTENT or one.choices or one.primary_key:
        return False
    return isinstance(one, CharField | TextField | JSONField | BinaryField)


def _without(one: Field[Any, Any], value: Any, words: Words, subject: str) -> Any:
    """What is to be kept in place of it; None: it stays."""
    if isinstance(one, BinaryField):
        return _bytes_without(bytes(value), words, subject)
    if isinstance(one, JSONField):
        there = orjson.loads(value) if isinstance(value, str) else value
        left = _json_without(there, words, subject)
        return None if left == there else orjson.dumps(left).decode()
    clear = opened_text(value)
    left = words.out_of_form(clear) if one.model is Draft else words.out_of(clear)
    if not words.stand_in(unquote_plus(clear)) or left == clear:
        return None
    if clear != value:
        return sealed_text(subject, left)
    return left[: one.max_length] if one.max_length else left


def _json_without(value: Any, words: Words, subject: str) -> Any:
    """Of JSON in which single values may be sealed."""
    match value:
        case str() if value.startswith(MATCHED):
            clear = opened_value(value)
            left = words.out_of_value(clear)
            return value if left == clear else matched(subject, left)
        case dict():
            return {name: _json_without(each, words, subject) for name, each in value.items()}
        case list():
            return [_json_without(each, words, subject) for each in value]
    return words.out_of_value(value)


def _bytes_without(content: bytes, words: Words, subject: str) -> bytes | None:
    clear = _opened(content)
    if clear is None or not words.stand_in(clear.decode(errors="surrogateescape")):
        return None
    left = words.out_of_bytes(clear)
    return sealed(subject, left) if is_sealed(content) else left


def _in_pages(found: Places, numbers: list[Any], words: Words) -> None:
    """What was read on pages: the text, and the words with where they stand."""
    table = ReadPage._meta.db_table
    for row in ReadPage.objects.filter(pk__in=numbers).order_by("pk"):
        if words.stand_in(row.text):
            kept = words.out_of_page(orjson.loads(bytes(row.words)))
            text = unpacked(kept).text.replace("\0", "")
            found.rows.append(Row(table, "id", row.pk, "words", orjson.dumps(kept)))
            found.rows.append(Row(table, "id", row.pk, "text", text))


def _in_deliveries(found: Places, chain: int, words: Words, subject: str) -> None:
    """What is told to other systems; what they were told is theirs now."""
    for row in EventDelivery.objects.filter(instance=chain).order_by("pk"):
        if (left := _bytes_without(bytes(row.body), words, subject)) is not None:
            found.rows.append(Row(EventDelivery._meta.db_table, "id", row.pk, "body", left))
            if row.state == EventDelivery.State.DELIVERED:
                found.stays.append(f"delivery {row.pk}: the system that was told has it")


def _in_files(found: Places, chain: int, words: Words) -> None:
    """A plain text is kept anew without the person; any other file stays as it came, for nobody else can make it."""
    for row in Document.objects.filter(case__instance=chain).order_by("pk"):
        if row.kind == "text" and (left := _text_without(row.digest, words)) is not None:
            found.files[row.digest] = left
            refiled = {"digest": store.digest_of(left), "size": len(left)}
            found.rows += [Row(Document._meta.db_table, "id", row.pk, column, kept) for column, kept in refiled.items()]
        elif row.kind != "text" and any(words.stand_in(page.text) for page in row.read_pages.all()):
            found.stays.append(
                f"document {row.pk}: its file stays as it came; its text, by which it is found, does not"
            )


def _text_without(digest: str, words: Words) -> bytes | None:
    """None: the person does not stand there, or it is in no writing that is known."""
    try:
        there = store.content_of(digest)
        left = words.out_of(there.decode()).encode()
    except (store.Damaged, UnicodeDecodeError):
        return None
    return None if left == there else left


def _refiled(found: Places, detail: dict[str, Any]) -> dict[str, Any]:
    """What an event says of a file that is kept anew."""
    left = found.files.get(detail.get("digest") or "")
    if left is None:
        return detail
    return detail | {"digest": store.digest_of(left)} | ({"size": len(left)} if "size" in detail else {})
