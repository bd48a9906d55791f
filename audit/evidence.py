"""How are histories written out, so that somebody checks them without the product?

Lines of JSON: what it is, one line an event, and a last one that seals the others. `audit.verifier` reads it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from hashlib import sha256

from audit.chain import instant
from audit.reading import Row
from audit.verifier import EVIDENCE


def written(rows: Iterable[Row], chains: Sequence[int] | None, at: datetime) -> Iterator[bytes]:
    """The lines. `rows` by chain and sequence; `chains`: those that were asked for, None: all there are."""
    running, events = sha256(), 0
    head = _line({"format": EVIDENCE, "made": instant(at), "chains": None if chains is None else list(chains)})
    running.update(head)
    yield head
    for row in rows:
        line = _line(_event(row))
        running.update(line)
        events += 1
        yield line
    yield _line({"events": events, "digest": running.hexdigest()})


def _event(row: Row) -> list[object]:
    *told, at, definition, hits, payload_digest, previous, digest, salt, body = row
    content = (None, None) if salt is None or body is None else (salt.hex(), body.decode("utf-8", "surrogateescape"))
    return [*told, instant(at), definition, hits, payload_digest.hex(), previous.hex(), digest.hex(), *content]


def _line(said: object) -> bytes:
    return json.dumps(said, separators=(",", ":")).encode() + b"\n"
