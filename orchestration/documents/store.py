"""Where is the content of documents kept?

Under its SHA-256 in Django's storage of the name `documents` (settings.STORAGES): a folder below the state folder, or
any other backend. The same content is one file, however many documents it is; what is read is checked against its name.
Where there is a master key it is sealed (`audit.data_keys`) with a key of its own: who destroys that has erased it from
backups as well. What was kept before there was a key is read as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import Final

import structlog

from audit import data_keys
from audit.data_keys import OVERHEAD, KeyFault
from orchestration.documents.reached import AWAY, BRINGING, Away, Reached, answers

__all__ = ["AWAY", "Away", "Damaged", "answers"]

log = structlog.get_logger("casework.documents")

ANEW: Final = ".sealed"
"""Ends the name of a content while it is sealed in place, so that at each moment one of the two can be read."""
TURNS: Final = 3
"""How often both places are looked at: between two looks one may take the other's place."""


class Damaged(Exception):
    """What is kept under this name is gone, or is not what was kept."""


def digest_of(content: bytes) -> str:
    return sha256(content).hexdigest()


def keep(content: bytes) -> str:
    """Keep this content; its digest. Kept before is kept once; what was left half written is written anew. Raises
    Away."""
    digest = digest_of(content)
    write(_name(digest), content, digest)
    return digest


def content_of(digest: str) -> bytes:
    """The content. Raises Damaged, Away."""
    found = written(_name(digest), digest)
    if found is None or digest_of(found) != digest:
        raise Damaged(f"What was kept as {digest[:12]} is {'gone' if found is None else 'not what it was'}.")
    return found


def write(name: str, content: bytes, digest: str) -> None:
    """A file under a name that stands for its content: that of this digest, or what was made of it. Raises Away."""
    store, subject = _store(), _subject(digest)
    if store.exists(name):
        size = store.size(name)
        if size == len(content) or (size == len(content) + OVERHEAD and data_keys.has_key(subject)):
            return
        store.delete(name)
    store.save(name, _sealed(subject, content) if data_keys.is_sealing() else content)


def _sealed(subject: str, content: bytes) -> bytes:
    """Raises Away where there is no key to seal it with: it is not kept in clear instead."""
    try:
        return data_keys.seal(subject, content)
    except KeyFault as fault:
        log.error("no content can be sealed", why=str(fault))
        raise Away("Documents cannot be kept now: there is no key to seal them with. Try again later.") from fault


def written(name: str, digest: str) -> bytes | None:
    """What stands under a name, of or made of the content with this digest; None where nothing does. Raises Damaged."""
    fault: KeyFault | None = None
    for place in (name, name + ANEW) * TURNS:
        found = _read(place)
        if found is None:
            continue
        if not data_keys.is_sealed(found):
            if place == name and not (data_keys.is_sealing() and _read(name + ANEW)):
                return found
            continue  # it is being sealed: it may be half written here, and whole at its other place
        try:
            return data_keys.opened(_subject(digest), found)
        except KeyFault as error:
            fault = error
    return _in_clear(name, digest, fault)


def _in_clear(name: str, digest: str, fault: KeyFault | None) -> bytes | None:
    """What could not be opened: it was never sealed, or nobody reads it."""
    found = _read(name)
    if found is not None and (fault is None or digest_of(found) == digest):
        return found
    if fault is not None:
        raise Damaged(f"What was kept as {digest[:12]} cannot be opened: {fault}.")
    return None


def forget(digest: str) -> None:
    """Remove a content with its key, and the pages that were drawn of it. For who knows that nothing else has it."""
    data_keys.destroy(_subject(digest))
    for name in (_name(digest), *_drawn_of(digest), *_half_brought(digest)):
        _store().delete(name)
        _store().delete(name + ANEW)


def all_kept() -> Iterator[tuple[str, str]]:
    """(name, digest of the content that it is or was made of) of everything, in order."""
    for folder in sorted(_folders("")):
        names = [f"{folder}/{name}" for name in _names(folder)]
        names += [one for under in _folders(folder) for one in _under(f"{folder}/{under}")]
        for name in dict.fromkeys(one.removesuffix(ANEW) for one in names):
            yield name, name.rpartition("/")[2][:64]


def sealed_in_place(name: str, digest: str) -> bool:
    """Seal what was kept in clear, while others read it; whether there was anything to do. Raises Damaged."""
    store = _store()
    found, begun = _read(name), _read(name + ANEW)
    if found is not None and begun is None and data_keys.is_sealed(found):
        return False
    content = written(name, digest)
    if content is None:
        return False
    sealed = data_keys.seal(_subject(digest), content)
    if begun is None or not _opens(begun, digest):
        store.delete(name + ANEW)
        store.save(name + ANEW, sealed)
    store.delete(name)
    store.save(name, sealed)
    store.delete(name + ANEW)
    return True


def _opens(sealed: bytes, digest: str) -> bool:
    try:
        return data_keys.is_sealed(sealed) and bool(data_keys.opened(_subject(digest), sealed) is not None)
    except KeyFault:
        return False


def _name(digest: str) -> str:
    return f"{digest[:2]}/{digest}"


def _subject(digest: str) -> str:
    """Whose key it is: the content's, which several cases may have."""
    return f"document-{digest}"


def _read(name: str) -> bytes | None:
    return _store().read(name)


def _drawn_of(digest: str) -> list[str]:
    folder = f"pages/{digest[:2]}"
    return [f"{folder}/{name}".removesuffix(ANEW) for name in _names(folder) if name.startswith(f"{digest}-")]


def _half_brought(digest: str) -> list[str]:
    """What a dead process left before it had its place."""
    return [f"{BRINGING}/{name}" for name in _names(BRINGING) if name.startswith(digest)]


def _under(folder: str) -> list[str]:
    return [f"{folder}/{name}" for name in _names(folder)]


def _names(folder: str) -> list[str]:
    try:
        return sorted(_store().listdir(folder)[1])
    except FileNotFoundError:
        return []


def _folders(folder: str) -> list[str]:
    try:
        return sorted(_store().listdir(folder)[0])
    except FileNotFoundError:
        return []


def _store() -> Reached:
    return Reached()
