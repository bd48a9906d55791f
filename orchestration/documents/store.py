"""Where is the content of documents kept?

Under its SHA-256 in Django's storage of the name `documents` (settings.STORAGES): a folder below the state folder, or
any other backend. The same content is one file, however many documents it is; what is read is checked against its name.
"""

from __future__ import annotations

from hashlib import sha256

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages


class Damaged(Exception):
    """What is kept under this name is gone, or is not what was kept."""


def digest_of(content: bytes) -> str:
    return sha256(content).hexdigest()


def keep(content: bytes) -> str:
    """Keep this content; its digest. Kept before is kept once; what was left half written is written anew."""
    digest = digest_of(content)
    write(f"{digest[:2]}/{digest}", content)
    return digest


def content_of(digest: str) -> bytes:
    """The content. Raises Damaged."""
    found = written(f"{digest[:2]}/{digest}")
    if found is None or digest_of(found) != digest:
        raise Damaged(f"What was kept as {digest[:12]} is {'gone' if found is None else 'not what it was'}.")
    return found


def write(name: str, content: bytes) -> None:
    """A file under a name that stands for its content."""
    store = _store()
    if store.exists(name):
        if store.size(name) == len(content):
            return
        store.delete(name)
    store.save(name, ContentFile(content))


def written(name: str) -> bytes | None:
    """What stands under a name; None where nothing does."""
    try:
        with _store().open(name) as file:
            return bytes(file.read())
    except FileNotFoundError:
        return None


def _store() -> Storage:
    return storages["documents"]


def forget(digest: str) -> None:
    """Remove a content, and the pages that were drawn of it. For who knows that nothing else has it."""
    store, folder = _store(), f"pages/{digest[:2]}"
    store.delete(f"{digest[:2]}/{digest}")
    try:
        drawn = store.listdir(folder)[1]
    except FileNotFoundError:
        return
    for name in drawn:
        if name.startswith(f"{digest}-"):
            store.delete(f"{folder}/{name}")
