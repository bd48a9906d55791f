"""What was erased, for whoever restores a backup from before?

A note for each erased case, in a folder beside the keys of documents, outside the database and its backups: the number
of its chain, the digest of its first link (salted: no other case has it, whatever numbers are given anew), the order.
And one for each thing that an order took beside cases, and for each case of somebody else's that it took a person out
of. Nothing of a person stands in them but keyed digests of the words that they were known by.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings

from audit.chain import instant
from audit.models import AuditEvent, ErasedChain
from casework.erasure.models import ErasureOrder
from casework.models import UnsentForm
from orchestration.models import Outbox

Note = dict[str, Any]


def note_cases(chains: list[int]) -> None:
    """Note cases that are erased. What is killed before that is made good when a worker begins."""
    firsts = AuditEvent.objects.filter(chain__in=chains, sequence=1).values_list("chain", "digest")
    orders = dict(ErasedChain.objects.filter(chain__in=chains).values_list("chain", "order"))
    for chain, digest in firsts:
        if chain in orders:
            first = bytes(digest).hex()
            _write(f"case-{chain}-{first[:16]}", {"chain": chain, "first": first, "order": orders[chain]})


def note_beside(order: ErasureOrder) -> None:
    """Note what an order is about to take beside cases. The moment tells a row from one that has its number anew."""
    for kind, rows in (
        ("form", UnsentForm.objects.filter(pk__in=order.forms)),
        ("letter", Outbox.objects.filter(pk__in=order.letters, sender=None)),
    ):
        for number, created in rows.values_list("pk", "created"):
            _write(f"{kind}-{number}-{created.timestamp():.6f}", {kind: number, "created": instant(created)})


def note_mention(chain: int, order: int, event: bytes, known_by: Note) -> None:
    """Note that a person was taken out of a case of somebody else's, by which event of its history. `known_by`: by what
    they are known again, and nothing else of whom (`recalled.noted`)."""
    first = AuditEvent.objects.filter(chain=chain, sequence=1).values_list("digest", flat=True).first()
    if first is not None:
        said = {"mention": chain, "first": bytes(first).hex(), "order": order, "event": event.hex(), **known_by}
        _write(f"mention-{chain}-{event.hex()[:16]}", said)


def all_notes() -> Iterator[Note]:
    for path in sorted(_folder().glob("*.json")):
        yield orjson.loads(path.read_bytes())


def _folder() -> Path:
    return Path(settings.DATA_KEYS) / "erased"


def _write(name: str, said: dict[str, Any]) -> None:
    _folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = _folder() / f".{name}.{os.getpid()}"
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(orjson.dumps(said))
        file.flush()
        os.fsync(file.fileno())
    beside.rename(_folder() / f"{name}.json")
