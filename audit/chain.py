"""How is a history made so that nobody can quietly change it?

Each case has one chain. A link's digest covers its own facts and the digest of the link before it, so that a changed,
removed, inserted or reordered link shows. The payload (what may hold personal data) is covered through its own salted
digest: it can be erased while the chain still verifies. Standard library only: the verifier runs alone on an export.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256

GENESIS = bytes(32)
SALT_BYTES = 16
COMMITMENT_BYTES = 32
"""Of a salt that is a digest of what a sealed content says (`audit.services.sealed`)."""

_written = json.JSONEncoder(ensure_ascii=False).encode
_quoted = lru_cache(maxsize=1024)(_written)
"""Of names, which are few and come again in each link of a step."""


@dataclass(frozen=True, slots=True)
class Link:
    """One kept event without its payload.

    `at` is aware UTC; `rule_hits` is canonical JSON text; `cause` names the command or job behind it.
    """

    chain: int
    sequence: int
    action: str
    actor: str
    on_behalf_of: str
    cause: str
    at: datetime
    definition: str
    rule_hits: str
    payload_digest: bytes
    previous: bytes
    digest: bytes


@dataclass(frozen=True, slots=True)
class Payload:
    """The bytes that a link's payload digest covers: the salt, then canonical JSON, kept exactly as hashed."""

    salt: bytes
    body: bytes

    def digest(self) -> bytes:
        return sha256(self.salt + self.body).digest()


@dataclass(frozen=True, slots=True)
class Head:
    """Where a chain stands: the number and digest of its last link."""

    sequence: int = 0
    digest: bytes = GENESIS


@dataclass(frozen=True, slots=True)
class Break:
    """The first place where a chain does not hold, in words."""

    sequence: int
    reason: str


def shared(actor: str, on_behalf_of: str, cause: str, at: datetime, definition: str) -> str:
    """What all links of a step say alike, as it is hashed in each of them."""
    return f'{_quoted(actor)},{_quoted(on_behalf_of)},{_quoted(cause)},"{instant(at)}",{_quoted(definition)}'


def link_digest(
    chain: int, sequence: int, action: str, alike: str, rule_hits: str, payload_digest: bytes, previous: bytes
) -> bytes:
    """SHA-256 over the canonical bytes of a link: a JSON array of its facts in this order, digests in hex.
    `alike`: what `shared` gives."""
    hits = _written(rule_hits) if rule_hits else '""'
    facts = f'[{chain},{sequence},{_quoted(action)},{alike},{hits},"{payload_digest.hex()}","{previous.hex()}"]'
    return sha256(facts.encode()).digest()


@lru_cache(maxsize=64)
def instant(at: datetime) -> str:
    """An aware time as it is hashed: UTC with microseconds, whatever zone it came in. Events of a step share it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def recomputed(link: Link) -> bytes:
    alike = shared(link.actor, link.on_behalf_of, link.cause, link.at, link.definition)
    return link_digest(
        link.chain, link.sequence, link.action, alike, link.rule_hits, link.payload_digest, link.previous
    )


def first_break(links: Iterable[tuple[Link, Payload | None]], head: Head) -> Break | None:
    """Check links in order against each other, their payloads (None: erased) and the head kept elsewhere."""
    at = Head()
    for link, payload in links:
        expected = at.sequence + 1
        if link.sequence != expected:
            return Break(expected, f"event {expected} is missing: the next one kept is {link.sequence}")
        if link.previous != at.digest:
            return Break(expected, f"event {expected} does not continue event {at.sequence}")
        if recomputed(link) != link.digest:
            return Break(expected, f"event {expected} was changed after it was written")
        if payload is not None and payload.digest() != link.payload_digest:
            return Break(expected, f"the content of event {expected} was changed after it was written")
        at = Head(link.sequence, link.digest)
    if at.sequence < head.sequence:
        return Break(at.sequence + 1, f"events {at.sequence + 1} to {head.sequence} are missing from the end")
    if at != head:
        return Break(at.sequence, "the last event is not the one that the case remembers")
    return None
