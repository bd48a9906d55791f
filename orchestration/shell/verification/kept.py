"""How is it remembered up to where a chain was verified?

A head with the product's own key over it (HMAC of the secret key), so that one that was written by somebody else counts
for nothing. Of a long open case, what its history has told so far is kept too: JSON, compressed.
"""

from __future__ import annotations

import hmac
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

import orjson
import psycopg
from django.utils.crypto import salted_hmac

from audit.db.columns import Blobs, Integers
from audit.sealed_values import Seal, opened
from orchestration.engine.codec import decode, encode
from orchestration.shell.verification.expected import Either, Listed, Offer, Rows
from orchestration.shell.verification.told import Told

LONG: Final = 1000
"""A chain with fewer events is read from its beginning when it has grown: going on from its middle would save little,
and what is kept for that holds the case's data once more."""
SALT: Final = "casewright.verified"

KEEP: Final = """
insert into audit_verifiedhead (chain, sequence, digest, state, told, mac, run_id)
select h.chain, h.sequence, h.digest, h.state, h.told, h.mac, %s
from unnest(%s::bigint[], %s, %s, %s, %s, %s) as h(chain, sequence, digest, state, told, mac)
on conflict (chain) do update set sequence = excluded.sequence, digest = excluded.digest, state = excluded.state,
    told = excluded.told, mac = excluded.mac, run_id = excluded.run_id
"""
PINNED: Final = "select chain, sequence, digest, state, told, mac from audit_verifiedhead where chain = any(%s)"
UNSETTLE: Final = "update audit_verifiedhead set state = %s, told = %s, mac = %s where chain = %s"
NOT_OURS: Final = "what was kept when it was verified last was not written with this product's key"
NOTHING: Final = bytes(32)
"""A digest that no state has."""


@dataclass(frozen=True, slots=True)
class Verified:
    """Up to `sequence` the chain was found to hold, and to lead to what `state` is the digest of."""

    chain: int
    sequence: int
    digest: bytes
    state: bytes
    told: bytes = b""

    def mac(self) -> bytes:
        facts = f"{self.chain}:{self.sequence}:".encode() + self.digest + self.state + sha256(self.told).digest()
        return _mac(facts)

    def is_ours(self, mac: bytes) -> bool:
        return hmac.compare_digest(self.mac(), mac)


def _mac(facts: bytes) -> bytes:
    return salted_hmac(SALT, facts, algorithm="sha256").digest()


def keep(cursor: psycopg.Cursor[Any], run: int, heads: Sequence[Verified], broken: Sequence[int]) -> None:
    """Remember these. Those that do not hold keep what was remembered of them, which is how it shows, and are read anew
    each time."""
    if broken:
        _read_again(cursor, broken)
    if not heads:
        return
    cursor.execute(KEEP, [
        run, [head.chain for head in heads], Integers(head.sequence for head in heads),
        Blobs(head.digest for head in heads), Blobs(head.state for head in heads), Blobs(head.told for head in heads),
        Blobs(head.mac() for head in heads),
    ])  # fmt: skip


def _read_again(cursor: psycopg.Cursor[Any], broken: Sequence[int]) -> None:
    """Let no broken chain pass by its head alone: its state is said to be one that no case has."""
    rows = cursor.execute(PINNED, [list(broken)]).fetchall()
    for chain, sequence, digest, state, told, mac in rows:
        was = Verified(chain, sequence, bytes(digest), bytes(state), bytes(told))
        if was.is_ours(bytes(mac)):
            pin = Verified(chain, sequence, bytes(digest), NOTHING)
            cursor.execute(UNSETTLE, [pin.state, pin.told, pin.mac(), chain])


def frozen(told: Told, seal: Seal) -> bytes:
    """All that is needed to go on with this history later, sealed as its case is."""
    document = {
        "instance": told.instance, "sequence": told.sequence, "digest": _plain(told.digest), "events": told.events,
        "state": encode(told.state)[0].decode(), "data": told.state.root.variables.encode()[0].decode(),
        "rows": {
            name: [[[k, _plain(v)] for k, v in rows.open.items()], sorted(rows.early), rows.highest]
            for name, rows in told.rows.items()
        },
        "lists": {name: [listed.behind, listed.count] for name, listed in told.lists.items()},
        "offers": [[k, o.groups, o.people, o.by_name_alone] for k, o in told.offers.items()],
        "attempts": list(told.attempts.items()), "put_off": sorted(told.put_off), "erased": sorted(told.erased),
        "definition": told.definition, "begun": _plain(told.begun), "stepped": _plain(told.stepped),
        "last": _plain(told.last), "notes": _plain(told.notes),
    }  # fmt: skip
    return seal(zlib.compress(orjson.dumps(document)))


def thawed(kept: bytes) -> Told:
    """What `frozen` was given."""
    found: Mapping[str, Any] = orjson.loads(zlib.decompress(opened(kept)))
    return Told(
        found["instance"], found["sequence"], _read(found["digest"]),
        decode(found["state"].encode(), found["data"].encode()),
        {name: Rows({k: _read(v) for k, v in rows}, {}, set(early), behind)
         for name, (rows, early, behind) in found["rows"].items()},
        {name: Listed([], behind, count) for name, (behind, count) in found["lists"].items()},
        {k: Offer(tuple(groups), tuple(people), alone) for k, groups, people, alone in found["offers"]},
        dict(found["attempts"]), set(found["put_off"]), set(found["erased"]), found["definition"],
        _read(found["begun"]), _read(found["stepped"]), _read(found["last"]), found["events"], True,
        _read(found["notes"]),
    )  # fmt: skip


def _plain(value: Any) -> Any:
    """As JSON, with times, bytes, choices and mappings marked."""
    match value:
        case datetime():
            return {"t": value.isoformat()}
        case bytes():
            return {"b": value.hex()}
        case Either():
            return {"e": [value.any_value, [_plain(each) for each in value.choices]]}
        case list() | tuple():
            return [_plain(each) for each in value]
        case dict():
            return {"m": [[_plain(name), _plain(each)] for name, each in value.items()]}
    return value


def _read(value: Any) -> Any:
    match value:
        case {"t": text}:
            return datetime.fromisoformat(text)
        case {"b": text}:
            return bytes.fromhex(text)
        case {"e": [any_value, choices]}:
            return Either(tuple(map(_read, choices)), any_value)
        case {"m": pairs}:
            return {_key(_read(name)): _read(each) for name, each in pairs}
        case list():
            return [_read(each) for each in value]
    return value


def _key(name: Any) -> Any:
    return tuple(name) if isinstance(name, list) else name
