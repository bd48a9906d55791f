"""How is something added to a history?

`sealed` continues a chain in memory (pure but for the salt); the caller keeps the new head on the row that it has
locked, and writes links and payloads with one statement. Times are aware UTC; details are JSON-able.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

import orjson
from django.db import transaction

from audit.actions import checked
from audit.chain import SALT_BYTES, Head, link_digest
from audit.models import ControlChain
from audit.sql import cursor


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that happened, before it is sealed. `hits`: rules that fired, as JSON-able values."""

    action: str
    detail: Mapping[str, Any] = field(default_factory=dict)
    hits: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Origin:
    """By whom, for whom and because of what something happened. `actor`: "person:anna", "model:intent", "system:x"."""

    actor: str
    on_behalf_of: str = ""
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Sealed:
    """Continued links as columns of the rows to insert, in step with each other, and the head that they lead to."""

    columns: Mapping[str, list[Any]]
    head: Head


COLUMNS = ("sequences", "actions", "hits", "payload_digests", "previous", "digests", "salts", "bodies")

# Arrays travel in binary: their text form costs more than all the hashing.
INSERT = """
with link as (
    insert into audit_auditevent (chain, sequence, action, actor, on_behalf_of, cause, at, definition, rule_hits,
                                  payload_digest, previous, digest)
    select %(chain)s, e.sequence, e.action, %(actor)s, %(on_behalf_of)s, %(cause)s, %(at)s, %(definition)s,
           e.rule_hits, e.payload_digest, e.previous, e.digest
    from unnest(%(sequences)b::int[], %(actions)b::text[], %(hits)b::text[], %(payload_digests)b::bytea[],
                %(previous)b::bytea[], %(digests)b::bytea[])
         as e(sequence, action, rule_hits, payload_digest, previous, digest))
insert into audit_auditpayload (chain, sequence, salt, body)
select %(chain)s, p.sequence, p.salt, p.body
from unnest(%(sequences)b::int[], %(salts)b::bytea[], %(bodies)b::bytea[]) as p(sequence, salt, body)
"""


def sealed(chain: int, head: Head, facts: Iterable[Fact], origin: Origin, definition: str, at: datetime) -> Sealed:
    """Continue the chain by these facts. Raises UnknownAction."""
    rows: list[tuple[Any, ...]] = []
    sequence, previous = head.sequence, head.digest
    for fact in facts:
        sequence += 1
        salt = os.urandom(SALT_BYTES)
        body = orjson.dumps(fact.detail, option=orjson.OPT_SORT_KEYS)
        hits = orjson.dumps(fact.hits).decode() if fact.hits else ""
        payload_digest = sha256(salt + body).digest()
        digest = link_digest(
            chain, sequence, checked(fact.action), origin.actor, origin.on_behalf_of, origin.cause, at, definition,
            hits, payload_digest, previous,
        )  # fmt: skip
        rows.append((sequence, fact.action, hits, payload_digest, previous, digest, salt, body))
        previous = digest
    return Sealed({name: [row[i] for row in rows] for i, name in enumerate(COLUMNS)}, Head(sequence, previous))


def parameters(chain: int, rows: Sealed, origin: Origin, definition: str, at: datetime) -> dict[str, Any]:
    """What `INSERT` takes."""
    return {
        **rows.columns, "chain": chain, "actor": origin.actor, "on_behalf_of": origin.on_behalf_of,
        "cause": origin.cause, "at": at, "definition": definition,
    }  # fmt: skip


def record_control(facts: Iterable[Fact], origin: Origin, at: datetime) -> None:
    """Keep a change of rules, roles or actors on the chain that no case owns."""
    with transaction.atomic():
        control = ControlChain.objects.select_for_update().get()
        head = Head(control.head_sequence, bytes(control.head_digest))
        rows = sealed(ControlChain.CHAIN, head, facts, origin, "", at)
        with cursor() as plain:
            plain.execute(INSERT, parameters(ControlChain.CHAIN, rows, origin, "", at))
        control.head_sequence, control.head_digest = rows.head.sequence, rows.head.digest
        control.save()
