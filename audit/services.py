"""How is something added to a history?

`sealed` continues a chain in memory (pure but for the salt); the caller keeps the new head on the row that it has
locked, and writes links and payloads with what `kept` gives. Times are aware UTC; details are JSON-able.
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
from audit.chain import SALT_BYTES, Head, link_digest, shared
from audit.db.columns import Blobs, FixedBlobs, Integers, Texts
from audit.db.sql import Part, do
from audit.models import CAUSE_MOST, StandingChain
from audit.sealed_values import Seal, Sealer


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that happened, before it is sealed. `hits`: rules that fired, as JSON-able values."""

    action: str
    detail: Mapping[str, Any] = field(default_factory=dict)
    hits: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Origin:
    """By whom, for whom and because of what something happened. `actor`: "person:anna", "model:intent", "system:x".

    `cause`: its beginning, as far as the chain keeps one; a longer reason stands whole in the fact that it is for.
    """

    actor: str
    on_behalf_of: str = ""
    cause: str = ""

    def __post_init__(self) -> None:
        if len(self.cause) > CAUSE_MOST:
            object.__setattr__(self, "cause", self.cause[:CAUSE_MOST])


@dataclass(frozen=True, slots=True)
class Sealed:
    """Continued links as columns of the rows to insert, in step with each other, and the head that they lead to."""

    columns: Mapping[str, list[Any]]
    head: Head


COLUMNS = {
    "sequences": Integers, "actions": Texts, "hits": Texts, "payload_digests": FixedBlobs, "previous": FixedBlobs,
    "digests": FixedBlobs, "salts": FixedBlobs, "bodies": Blobs,
}  # fmt: skip

LINKS = """
link as (
    insert into audit_auditevent (chain, sequence, action, actor, on_behalf_of, cause, at, definition, rule_hits,
                                  payload_digest, previous, digest)
    select %(chain)s, e.sequence, e.action, %(actor)s, %(on_behalf_of)s, %(cause)s, %(at)s, %(label)s,
           e.rule_hits, e.payload_digest, e.previous, e.digest
    from unnest(%(sequences)s, %(actions)s, %(hits)s, %(payload_digests)s, %(previous)s, %(digests)s)
         as e(sequence, action, rule_hits, payload_digest, previous, digest)),
payload as (
    insert into audit_auditpayload (chain, sequence, salt, body)
    select %(chain)s, p.sequence, p.salt, p.body
    from unnest(%(sequences)s, %(salts)s, %(bodies)s) as p(sequence, salt, body))"""


def sealed(
    chain: int, head: Head, facts: Iterable[Fact], origin: Origin, definition: str, at: datetime,
    seal: Seal | None = None,
) -> Sealed:  # fmt: skip
    """Continue the chain by these facts. `seal`: what is done to contents before they are hashed and kept. The salt of
    one that is sealed commits to what it says: with its opening (`opening_of`) that is proven to who has no key. Raises
    UnknownAction; KeyFault where they cannot be sealed."""
    rows: list[tuple[Any, ...]] = []
    sequence, previous = head.sequence, head.digest
    alike = shared(origin.actor, origin.on_behalf_of, origin.cause, at, definition)
    told = list(facts)
    salts = os.urandom(SALT_BYTES * len(told))
    for place, fact in enumerate(told):
        sequence += 1
        salt = salts[place * SALT_BYTES : (place + 1) * SALT_BYTES]
        body = orjson.dumps(fact.detail, option=orjson.OPT_SORT_KEYS)
        if isinstance(seal, Sealer):
            plain, body = body, seal(body)
            salt = sha256(seal.opening(body) + plain).digest()
        elif seal is not None:
            body = seal(body)
        hits = orjson.dumps(fact.hits).decode() if fact.hits else ""
        payload_digest = sha256(salt + body).digest()
        digest = link_digest(chain, sequence, checked(fact.action), alike, hits, payload_digest, previous)
        rows.append((sequence, fact.action, hits, payload_digest, previous, digest, salt, body))
        previous = digest
    values = zip(*rows, strict=True) if rows else ((),) * len(COLUMNS)
    columns = {name: kind(column) for (name, kind), column in zip(COLUMNS.items(), values, strict=True)}
    return Sealed(columns, Head(sequence, previous))


def kept(chain: int, history: Sealed, origin: Origin, definition: str, at: datetime) -> Part:
    """What writes these links with their payloads."""
    values = {
        **history.columns, "chain": chain, "actor": origin.actor, "on_behalf_of": origin.on_behalf_of,
        "cause": origin.cause, "at": at, "label": definition,
    }  # fmt: skip
    return LINKS, values


def record_control(facts: Iterable[Fact], origin: Origin, at: datetime) -> None:
    """Keep a change of rules, roles or actors on the chain that no case owns."""
    with transaction.atomic():
        _continue(StandingChain.objects.select_for_update().get(pk=StandingChain.CONTROL), facts, origin, at)


def record_access(facts: Iterable[Fact], origin: Origin, at: datetime) -> None:
    """Keep that somebody came in, or was not let in, or read of more than one case.

    On a chain that nobody else is writing; only when all are busy does it wait for one. Not for use inside a longer
    transaction, which would keep the chain from others until its end.
    """
    chains = StandingChain.objects.filter(pk__in=StandingChain.ACCESS).order_by("head_sequence", "id")
    with transaction.atomic():
        free = chains.select_for_update(skip_locked=True).first() or chains.select_for_update().last()
        assert free is not None  # the migration makes them
        _continue(free, facts, origin, at)


def _continue(chain: StandingChain, facts: Iterable[Fact], origin: Origin, at: datetime) -> None:
    """Add to a chain whose head is locked."""
    rows = sealed(chain.pk, Head(chain.head_sequence, bytes(chain.head_digest)), facts, origin, "", at)
    do([kept(chain.pk, rows, origin, "", at)])
    chain.head_sequence, chain.head_digest = rows.head.sequence, rows.head.digest
    chain.save()
