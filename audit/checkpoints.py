"""How does it leave the database, signed, where every history stands?

A checkpoint is a file of two lines: what it says as canonical JSON, and the key with its Ed25519 signature (RFC 8032).
It names the heads that changed since the one before, the digest of that one, and the Merkle root (RFC 9162) of all
heads. `audit.verifier` reads them without the product.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages

from audit.chain import instant
from audit.verifier import CHECKPOINT, ENDING, GENESIS

DIGITS: Final = 10
"""Of a number in a file's name, so that names stand in order."""


class CheckpointFault(RuntimeError):
    """A checkpoint cannot be signed or kept; the message is for who runs the product."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What a checkpoint says. `changed`: (chain, sequence, digest in hex) since the one before; `gone`: chains that
    were there then; `heads`: how many there are; `root` in hex; `at`: aware."""

    number: int
    at: datetime
    previous: str
    heads: int
    root: str
    changed: tuple[tuple[int, int, str], ...]
    gone: tuple[int, ...] = ()

    def body(self) -> bytes:
        said: dict[str, Any] = {
            "format": CHECKPOINT, "number": self.number, "at": instant(self.at), "previous": self.previous,
            "heads": self.heads, "root": self.root, "changed": self.changed, "gone": self.gone,
        }  # fmt: skip
        return orjson.dumps(said, option=orjson.OPT_SORT_KEYS)


@dataclass(frozen=True, slots=True)
class Last:
    """The newest file: its number (0: there is none), its digest in hex, and what it says it was made at (UTC)."""

    number: int = 0
    digest: str = GENESIS
    at: str = ""


def sealed(statement: Statement, key: Ed25519PrivateKey) -> bytes:
    """The file's content."""
    body = statement.body()
    seal = {"key": public(key).hex(), "signature": key.sign(body).hex()}
    return body + b"\n" + orjson.dumps(seal) + b"\n"


def public(key: Ed25519PrivateKey) -> bytes:
    """The 32 bytes that others check signatures with."""
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def signing_key() -> Ed25519PrivateKey:
    """The product's own, in a file that is for its owner alone; made where there is none. Raises CheckpointFault."""
    if not settings.CHECKPOINT_KEY:
        raise CheckpointFault("CASEWRIGHT_CHECKPOINT_KEY names no file: nothing is signed.")
    path = Path(settings.CHECKPOINT_KEY)
    try:
        if not path.exists():
            _make(path)
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text().strip()))
    except (OSError, ValueError) as error:
        raise CheckpointFault(f"The key for checkpoints cannot be read: {error}") from error


def _make(path: Path) -> None:
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(private.hex() + "\n")
    beside.rename(path)


def keys() -> frozenset[bytes]:
    """By which checkpoints may be signed: the product's own, and those it had before (`CASEWRIGHT_CHECKPOINT_KEYS`)."""
    return frozenset({public(signing_key()), *(bytes.fromhex(key) for key in settings.CHECKPOINT_KEYS)})


def keep(statement: Statement, content: bytes) -> str:
    """Put it beside the others, never over one; its name. Raises CheckpointFault."""
    name = f"{statement.number:0{DIGITS}}{ENDING}"
    try:
        if _place().exists(name) or _place().save(name, ContentFile(content)) != name:
            raise CheckpointFault(f"There is a checkpoint {name} already.")
    except OSError as error:
        raise CheckpointFault(f"The checkpoint cannot be kept: {error}") from error
    return name


def last() -> Last:
    """The newest that is kept. Raises CheckpointFault where it cannot be read."""
    found = names()
    if not found:
        return Last()
    body = content_of(found[-1]).partition(b"\n")[0]
    try:
        said = orjson.loads(body)
        return Last(int(said["number"]), sha256(body).hexdigest(), str(said["at"]))
    except (ValueError, KeyError, TypeError) as error:
        raise CheckpointFault(f"{found[-1]} cannot be read as a checkpoint.") from error


def names() -> list[str]:
    """Of all that are kept, in order. Raises CheckpointFault."""
    try:
        return sorted(name for name in _place().listdir("")[1] if name.endswith(ENDING))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise CheckpointFault(f"The place of checkpoints cannot be read: {error}") from error


def set_aside(at: datetime) -> int:
    """Move all into a folder beside, where they stay to be read; how many. Raises CheckpointFault."""
    folder, found = f"until-{at:%Y%m%dT%H%M%S}", names()
    try:
        for name in found:
            _place().save(f"{folder}/{name}", ContentFile(content_of(name)))
        for name in found:
            _place().delete(name)
    except OSError as error:
        raise CheckpointFault(f"The checkpoints cannot be set aside: {error}") from error
    return len(found)


def content_of(name: str) -> bytes:
    with _place().open(name) as file:
        content: bytes = file.read()
    return content


def all_kept() -> Iterator[tuple[str, bytes]]:
    """Each with its name, in order."""
    return ((name, content_of(name)) for name in names())


def _place() -> Storage:
    return storages["checkpoints"]
