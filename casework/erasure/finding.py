"""In which cases, and where else, does a person stand?

Looked for by what they are known by (a name, a mail address, an account), in the data of cases, all that histories ever
said, texts of documents, what came in from outside and what was typed and not sent. Small and capital letters and
spaces do not count. A name that is spelled otherwise is not found: whoever asks gives each spelling.
"""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass, field
from typing import Any, Final

from django.conf import settings

from audit.db.sql import cursor
from casework.erasure.folding import folded
from orchestration.ground.refusals import Refused

SHORTEST, MOST = 4, 20
PLACES: Final = {"data": "its data", "history": "its history", "documents": "its documents"}
FOUND: Final = """
with mark as (select unnest(%(marks)s::text[]) as text)
select 'data', i.id from orchestration_instance i
where exists (select from mark where position(mark.text in casework_folded(convert_from(i.data, 'UTF8'))) > 0)
union select 'history', p.chain from audit_auditpayload p
where exists (select from mark where position(mark.text in casework_folded(convert_from(p.body, 'UTF8'))) > 0)
union select 'documents', c.instance_id from casework_readpage r join casework_document d on d.id = r.document_id
join casework_case c on c.id = d.case_id
where exists (select from mark where position(mark.text in casework_folded(r.text || ' ' || d.name)) > 0)
union select 'letters', o.id from orchestration_outbox o where o.sender_id is null and o.delivered is not null
and exists (select from mark where position(mark.text in casework_folded(convert_from(o.variables, 'UTF8'))) > 0)
union select 'forms', f.id from casework_unsentform f
where exists (select from mark where position(mark.text in casework_folded(f.fields)) > 0)
union select 'knowledge', k.document_id from orchestration_knowledgepiece k
where exists (select from mark where position(mark.text in casework_folded(k.heading || ' ' || k.text)) > 0)
"""


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
    return sorted(wanted | {folded(json.dumps(mark, ensure_ascii=False)[1:-1]) for mark in marks})


def traces(marks: tuple[str, ...]) -> Traces:
    """Reads everything once: on a large database that takes minutes."""
    found = Traces()
    with cursor() as plain:
        rows: list[tuple[str, Any]] = plain.execute(FOUND, {"marks": spellings(marks)}).fetchall()
    for place, number in sorted(rows):
        if place not in PLACES:
            getattr(found, place).append(number)
        elif number > 0:
            found.cases.setdefault(number, []).append(PLACES[place])
        else:
            found.standing.append(number)
    return found
