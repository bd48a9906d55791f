"""In which cases, and where else, does a person stand?

Looked for by what they are known by (a name, a mail address, an account), in the data of cases, all that histories ever
said, texts of documents, what came in from outside and what was typed and not sent. Small and capital letters and
spaces do not count. A name that is spelled otherwise is not found: whoever asks gives each spelling.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote_plus

import psycopg
from django.conf import settings
from django.db import transaction

from audit.data_keys import KeyFault
from audit.db.sql import connected, cursor
from audit.sealed_values import opened, opened_text
from casework.erasure.folding import folded
from orchestration.ground.refusals import Refused

SHORTEST, MOST = 4, 20
PLACES: Final = {
    "data": "its data", "history": "its history", "documents": "its documents", "drafts": "a draft",
}  # fmt: skip
FOUND: Final = """
with mark as (select unnest(%(marks)s::text[]) as text)
select 'data', i.id from orchestration_instance i
where exists (select from mark where position(mark.text in casework_folded(casework_in_clear(i.data))) > 0)
union select 'history', p.chain from audit_auditpayload p
where exists (select from mark where position(mark.text in casework_folded(casework_in_clear(p.body))) > 0)
union select 'documents', c.instance_id from casework_readpage r join casework_document d on d.id = r.document_id
join casework_case c on c.id = d.case_id
where exists (select from mark where position(mark.text in casework_folded(r.text || ' ' || d.name)) > 0)
union select 'drafts', c.instance_id from casework_draft d join casework_case c on c.id = d.case_id
where exists (select from mark where position(mark.text in casework_folded(d.fields)) > 0)
union select 'letters', o.id from orchestration_outbox o where o.sender_id is null and o.delivered is not null
and exists (select from mark where position(mark.text in casework_folded(
    casework_in_clear(o.variables) || ' ' || coalesce(o.correlation, ''))) > 0)
union select 'forms', f.id from casework_unsentform f
where exists (select from mark where position(mark.text in casework_folded(f.fields)) > 0)
union select 'knowledge', k.document_id from orchestration_knowledgepiece k
where exists (select from mark where position(mark.text in casework_folded(k.heading || ' ' || k.text)) > 0)
"""


SEALED: Final = """
select 'data', i.id, i.data from orchestration_instance i where substr(i.data, 1, 4) = 'CWS1'::bytea
union all select 'history', p.chain, p.body from audit_auditpayload p where substr(p.body, 1, 4) = 'CWS1'::bytea
union all select 'documents', c.instance_id, convert_to(t.said, 'UTF8') from casework_document d
join casework_case c on c.id = d.case_id left join casework_readpage r on r.document_id = d.id,
lateral (values (r.text), (d.name)) t(said) where t.said like 'sealed:1:%%'
union all select 'drafts', c.instance_id, convert_to(d.fields, 'UTF8') from casework_draft d
join casework_case c on c.id = d.case_id where d.fields like 'sealed:1:%%'
union all select 'forms', f.id, convert_to(f.fields, 'UTF8') from casework_unsentform f
where f.fields like 'sealed:1:%%'
union all select 'letters', o.id, o.variables from orchestration_outbox o where o.sender_id is null
and o.delivered is not null and substr(o.variables, 1, 4) = 'CWS1'::bytea
union all select 'letters', o.id, convert_to(o.correlation, 'UTF8') from orchestration_outbox o
where o.sender_id is null and o.delivered is not null and o.correlation like 'sealed:1:%%'
"""
"""What the database cannot look through, since it is sealed."""
AT_ONCE: Final = 2000


@dataclass(slots=True)
class Traces:
    """`cases`: by number of the chain, in which `PLACES`. `standing`: chains that no case owns. The rest by id."""

    cases: dict[int, list[str]] = field(default_factory=dict)
    standing: list[int] = field(default_factory=list)
    letters: list[int] = field(default_factory=list)
    forms: list[int] = field(default_factory=list)
    knowledge: list[int] = field(default_factory=list)


def marks_of(text: str) -> tuple[str, ...] | Refused:
    """What a person is known by, one a line."""
    marks = tuple(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
    if not marks or any(len(folded(mark)) < SHORTEST for mark in marks) or len(marks) > MOST or "\0" in text:
        said = f"Write 1 to {MOST} lines of at least {SHORTEST} characters: a name, a mail address, an account."
        return Refused("invalid", said, {"marks": said})
    return marks


def digests(marks: tuple[str, ...]) -> list[str]:
    """Keyed, so that an order says whom it was for to who asks with the same words, and to nobody else."""
    key = settings.SECRET_KEY.encode()
    return sorted(hmac.digest(key, b"erasure:" + folded(mark).encode(), "sha256").hex() for mark in marks)


def spellings(marks: tuple[str, ...]) -> list[str]:
    """As they may stand in what is looked through: as they are, and as JSON writes them."""
    wanted = {variant for mark in marks for variant in (folded(mark), folded(json.dumps(mark)[1:-1]))}
    wanted |= {folded(quote_plus(mark)) for mark in marks}  # as a form is kept
    return sorted(wanted | {folded(json.dumps(mark, ensure_ascii=False)[1:-1]) for mark in marks})


def traces(marks: tuple[str, ...]) -> Traces:
    """Reads everything once: on a large database that takes minutes."""
    found = Traces()
    with cursor() as plain:
        rows: list[tuple[str, Any]] = plain.execute(FOUND, {"marks": spellings(marks)}).fetchall()
    for place, number in sorted({*rows, *_sealed(spellings(marks))}):
        if place not in PLACES:
            getattr(found, place).append(number)
        elif number > 0:
            found.cases.setdefault(number, []).append(PLACES[place])
        else:
            found.standing.append(number)
    return found


def _sealed(wanted: list[str]) -> Iterator[tuple[str, int]]:
    """The same of what is sealed: each content is opened and looked through here."""
    with transaction.atomic(), psycopg.ServerCursor(connected(), "sealed_contents") as plain:
        plain.itersize = AT_ONCE
        for place, number, content in plain.execute(SEALED, binary=True):
            if says(content, wanted):
                yield place, number


def says(content: bytes, wanted: Iterable[str]) -> bool:
    """Whether one of these, as they may be spelled (`spellings`), stands in what is kept, sealed or not. What nothing
    opens any more says nothing."""
    try:
        text = folded(opened_text(opened(bytes(content)).decode()))
    except KeyFault:
        return False
    return any(mark in text for mark in wanted)
