"""With which key is a content sealed where it is kept, and how does it become unreadable for ever?

Envelope encryption (NIST SP 800-57): each subject has a data key of its own (AES-256-GCM, SP 800-38D). It is kept in a
folder outside the database, wrapped by a master key that stands in a file elsewhere. Whoever destroys a data key has
erased what it sealed wherever a copy of that is, in a backup as well. Keys of cases stand many to a file, made ahead
(`audit.key_blocks`); any other has a file of its own, and so have cases of before. Where no master key is named nothing
is sealed, and what was sealed before cannot be opened.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from audit import key_blocks
from audit.key_blocks import Slot, slot_of
from audit.lasting_files import made, replaced, written_beside

SEALED: Final = b"CWE1"
"""How a sealed content begins; then the nonce, then what GCM gives."""
WRAPPED: Final = b"CWK1"
"""How a wrapped data key begins; then which master key wrapped it, the nonce, and what GCM gives."""
NONCE, MARK, KEY, TAG = 12, 8, 32, 16
OVERHEAD: Final = len(SEALED) + NONCE + TAG
"""Bytes by which a content is longer when it is sealed."""
LOOKED_AT: Final = 64
"""Data keys that are tried, at most, before a master key is taken for another one."""


class KeyFault(RuntimeError):
    """A key cannot be read or made, or there is none that opens a content; the message is for who runs the product."""


def is_sealing() -> bool:
    """Whether what is kept from now on is sealed."""
    return bool(settings.DATA_KEY)


def is_sealed(content: bytes) -> bool:
    return content.startswith(SEALED) and len(content) >= OVERHEAD


def seal(subject: str, content: bytes) -> bytes:
    """The content sealed with the subject's key, which is made where there is none. Raises KeyFault."""
    nonce, key = os.urandom(NONCE), key_of(subject, make=True)
    return SEALED + nonce + AESGCM(key).encrypt(nonce, content, subject.encode())


def opened(subject: str, sealed: bytes) -> bytes:
    """What was sealed. Raises KeyFault where the key is destroyed, or the content is not what was sealed."""
    key, start = key_of(subject), len(SEALED) + NONCE
    try:
        return AESGCM(key).decrypt(sealed[len(SEALED) : start], sealed[start:], subject.encode())
    except InvalidTag as error:
        raise KeyFault("it is not what was sealed") from error


def key_of(subject: str, *, make: bool = False) -> bytes:
    """The subject's key itself, for who seals by other means. Raises KeyFault where there is none."""
    try:
        key = _kept(subject) or (_made(subject) if make else None)
    except OSError as error:
        raise KeyFault(f"A data key cannot be kept: {error}") from error
    if key is None:
        raise KeyFault("its key is destroyed, or is not where it was")
    return key


def prove() -> None:
    """Raises KeyFault where nothing may be sealed: the master key is gone, or is not the one of the keys there are."""
    if is_sealing() and (Path(settings.DATA_KEY).exists() or next(_some(), None)):
        _newest()


def has_key(subject: str) -> bool:
    return os.path.exists(_path(subject)) or _stands_in_block(subject)


def destroy(subject: str) -> None:
    """From here on nobody reads what was sealed with the key, wherever it is kept."""
    _place(subject).unlink(missing_ok=True)
    if slot := slot_of(subject):
        key_blocks.strike(slot)


def subjects() -> Iterator[str]:
    """Those that have a key, in order; cases also that are still to come."""
    yield from sorted(_some())


def rewrapped(subject: str) -> bool:
    """Wrap a data key anew, by the newest master key; whether that was to be done. Raises KeyFault."""
    key, place = _kept(subject), _place(subject)
    if key is None or _mark_in(_wrapped_of(subject) or b"") == _mark(_masters()[0]):
        return False
    if (slot := slot_of(subject)) and not place.exists():
        return key_blocks.put_anew(slot, _wrapped(subject, key))
    beside = written_beside(place, _wrapped(subject, key))
    try:
        if place.exists():  # erased meanwhile, it stays erased
            os.replace(beside, place)
    finally:
        beside.unlink(missing_ok=True)
    return True


def master_added() -> str:
    """A new master key before those of before; what it is called. Data keys are wrapped by it from now on."""
    fresh = os.urandom(KEY)
    _newest()
    _masters_write([fresh, *_masters()])
    return _mark(fresh).hex()


def masters_dropped() -> int:
    """Forget the master keys that wrap nothing any more; how many. Raises KeyFault where one still does."""
    newest, *older = _masters()
    used = {_mark_in(wrapped) for subject in subjects() if (wrapped := _wrapped_of(subject))}
    if used - {_mark(newest)}:
        raise KeyFault("Some data keys are still wrapped by a master key of before. Wrap them anew first.")
    if older:
        _masters_write([newest])
    return len(older)


# --- data keys


def _path(subject: str) -> str:
    return f"{settings.DATA_KEYS}/{subject[-2:]}/{subject}"


def _place(subject: str) -> Path:
    return Path(_path(subject))


def _kept(subject: str) -> bytes | None:
    try:
        wrapped = _wrapped_of(subject)
    except OSError as error:
        raise KeyFault(f"A data key cannot be read: {error}") from error
    return None if wrapped is None else _unwrapped(_masters(), subject, wrapped)


def _wrapped_of(subject: str) -> bytes | None:
    try:
        with open(_path(subject), "rb", buffering=0) as file:
            return file.read()
    except FileNotFoundError:
        slot = slot_of(subject)
        return None if slot is None else key_blocks.kept(slot)


def _stands_in_block(subject: str) -> bool:
    slot = slot_of(subject)
    return slot is not None and key_blocks.kept(slot) is not None


def _unwrapped(masters: tuple[bytes, ...], subject: str, wrapped: bytes) -> bytes:
    mark = _mark_in(wrapped)
    master = next((one for one in masters if _mark(one) == mark), None)
    start = len(WRAPPED) + MARK + NONCE
    if master is None or not wrapped.startswith(WRAPPED):
        raise KeyFault("The master key that wraps a data key is not among those in CASEWRIGHT_DATA_KEY.")
    try:
        return _cipher(master).decrypt(wrapped[start - NONCE : start], wrapped[start:], subject.encode())
    except (InvalidTag, ValueError) as error:
        raise KeyFault("A data key is not what was wrapped.") from error


def _made(subject: str) -> bytes:
    """A new key. Of two that are made at once, one counts for both."""
    if (slot := slot_of(subject)) and (key := _made_in_block(subject, slot)):
        return key
    key = os.urandom(KEY)
    if made(_place(subject), _wrapped(subject, key)):
        return key
    return _kept(subject) or _made(subject)


def _made_in_block(subject: str, slot: Slot) -> bytes | None:
    """None where its block has no key for it, or no more."""
    master = _newest()
    key_blocks.make_block(
        slot, lambda each: _wrapped_by(master, each, os.urandom(KEY)), lambda each: os.path.exists(_path(each))
    )
    return _kept(subject)


def _wrapped(subject: str, key: bytes) -> bytes:
    return _wrapped_by(_newest(), subject, key)


def _wrapped_by(master: bytes, subject: str, key: bytes) -> bytes:
    nonce = os.urandom(NONCE)
    return WRAPPED + _mark(master) + nonce + _cipher(master).encrypt(nonce, key, subject.encode())


def _mark_in(wrapped: bytes) -> bytes:
    return wrapped[len(WRAPPED) : len(WRAPPED) + MARK]


# --- master keys


@lru_cache(maxsize=4)
def _cipher(master: bytes) -> AESGCM:
    return AESGCM(master)


@lru_cache(maxsize=4)
def _mark(master: bytes) -> bytes:
    """Tells master keys apart."""
    return sha256(b"casewright master key" + master).digest()[:MARK]


def _masters() -> tuple[bytes, ...]:
    """The newest first. Made where there is none, and nothing was sealed yet. Raises KeyFault."""
    if not settings.DATA_KEY:
        raise KeyFault("CASEWRIGHT_DATA_KEY names no file: nothing is sealed, and what was cannot be opened.")
    path: str = settings.DATA_KEY
    try:
        found = _there(path)
        return _masters_in(path, found.st_mtime_ns, found.st_ino)
    except (OSError, ValueError) as error:
        raise KeyFault(f"The master key cannot be read: {error}") from error


def _there(path: str) -> os.stat_result:
    try:
        return os.stat(path)
    except FileNotFoundError:
        _first(Path(path))
        return os.stat(path)


def _newest() -> bytes:
    """The master key that wraps from now on. Raises KeyFault where no data key is known to any of the master keys: what
    another one wraps would be lost when the right one comes back."""
    masters = _masters()
    proof = (settings.DATA_KEYS, masters)
    if proof not in _proved:
        known = [_knows(masters, subject) for subject in islice(_some(), LOOKED_AT)]
        if known and not any(known):
            raise KeyFault(
                f"The master key in {settings.DATA_KEY} opens none of the data keys in {settings.DATA_KEYS}: it is "
                "another one. Put back the one of before."
            )
        if known:
            _proved.add(proof)
    return masters[0]


_proved: Final[set[tuple[str, tuple[bytes, ...]]]] = set()
"""Master keys of which this process knows that they open the keys of a folder."""


def _some() -> Iterator[str]:
    """Those that have a key, as they come: whoever wants one reads no folder of many."""
    for path in Path(settings.DATA_KEYS).glob("??/*"):
        if key_blocks.is_block(path.name):
            yield from key_blocks.subjects_in(path)
        elif not path.name.startswith("."):
            yield path.name


def _knows(masters: tuple[bytes, ...], subject: str) -> bool:
    try:
        return bool(_unwrapped(masters, subject, _wrapped_of(subject) or b""))
    except (KeyFault, OSError):
        return False


@lru_cache(maxsize=4)
def _masters_in(path: str, changed: int, number: int) -> tuple[bytes, ...]:
    found = tuple(bytes.fromhex(line) for line in Path(path).read_text().split())
    if not found or any(len(one) != KEY for one in found):
        raise ValueError("a line of it is no key")
    return found


def _first(path: Path) -> None:
    if next(_some(), None):
        raise KeyFault(f"{path} is gone, and there are data keys that it wraps. Put it back.")
    made(path, f"{os.urandom(KEY).hex()}\n".encode())  # or another process has just made it


def _masters_write(keys: list[bytes]) -> None:
    path = Path(settings.DATA_KEY)
    replaced(path, "".join(f"{key.hex()}\n" for key in keys).encode())
