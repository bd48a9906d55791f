"""Where is a person mentioned in somebody else's case?

Each place by what it is called, with the words that they are known by and nothing that stands around these: that is of
others. A place that the reader may not see is told without its name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from audit.actions import ACTIONS
from audit.db.sql import cursor
from casework.cases.document_words import levels_seen
from casework.cases.read.case_view import Look
from casework.cases.read.decisions import titles
from casework.documents.models import Document, ReadPage
from casework.erasure.finding import says, spellings
from casework.erasure.own_data import stands_in
from orchestration.privacy.masking import fields

SAID: Final = """
select e.sequence, e.at, e.action, p.body from audit_auditevent e
join audit_auditpayload p on p.chain = e.chain and p.sequence = e.sequence
where e.chain = %(chain)s and (substr(p.body, 1, 4) = 'CWS1'::bytea or exists (
    select from unnest(%(marks)s::text[]) as mark
    where position(mark in casework_folded(casework_in_clear(p.body))) > 0))
order by e.sequence
"""
STEP: Final = "a step of the case"
UNSEEN: Final = "a document that who made this copy may not see"


@dataclass(frozen=True, slots=True)
class Mention:
    """`place`: what it is, in words. `words`: what the person is known by, that stands there. `event`: its number."""

    place: str
    words: tuple[str, ...]
    event: int = 0
    at: datetime | None = None


def mentions(seen: Look, marks: tuple[str, ...]) -> tuple[Mention, ...]:
    """Every one, in the data, the documents and the history of the case."""
    return (*_in_data(seen, marks), *_in_documents(seen, marks), *_in_history(seen, marks))


def _in_data(seen: Look, marks: tuple[str, ...]) -> Iterator[Mention]:
    named = titles(seen.case_type)
    for one in fields(dict(seen.state.root.variables), seen.view.classification):
        if words := stands_in(one.values, marks):
            parts = one.pointer.split("/")[1:]
            places = ["/" + "/".join(parts[: depth + 1]) for depth in range(len(parts))]
            yield Mention(": ".join(named[place] for place in places if place in named) or "its data", words)


def _in_documents(seen: Look, marks: tuple[str, ...]) -> Iterator[Mention]:
    levels = levels_seen(seen.case_type, seen.view.principal)
    for row in Document.objects.filter(case=seen.case).order_by("pk"):
        name = f"document {row.pk}" if row.level in levels else UNSEEN
        if words := stands_in((row.name,), marks):
            yield Mention(f"the name of {name}", words)
        for number, text in ReadPage.objects.filter(document=row).order_by("number").values_list("number", "text"):
            if words := stands_in((text,), marks):
                yield Mention(f"page {number} of {name}", words)


def _in_history(seen: Look, marks: tuple[str, ...]) -> Iterator[Mention]:
    asked: dict[str, Any] = {"chain": seen.case.instance_id, "marks": spellings(marks)}
    with cursor() as plain:
        rows = plain.execute(SAID, asked).fetchall()
    for sequence, at, action, body in rows:
        if not says(body, asked["marks"]):
            continue
        yield Mention(f"event {sequence} of its history ({ACTIONS.get(action, STEP)})", (), sequence, at)
