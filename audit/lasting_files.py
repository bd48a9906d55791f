"""How is a file written so that it is there whole or not at all, and stays after a loss of power?

Beside its place under another name, flushed, and then linked or moved to its place by who asked for it.
"""

from __future__ import annotations

import os
from pathlib import Path


def written_beside(place: Path, content: bytes) -> Path:
    """A file beside the place, on the disk for sure, which its owner alone can read."""
    for folder in reversed([each for each in place.parents if not each.exists()]):
        folder.mkdir(exist_ok=True, mode=0o700)
        sync(folder.parent)
    beside = place.with_name(f".{place.name}.{os.getpid()}.{os.urandom(4).hex()}")
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return beside


def made(place: Path, content: bytes) -> bool:
    """Whether this is the file that is there now: of two that are made at once, one counts for both."""
    beside = written_beside(place, content)
    try:
        os.link(beside, place)
    except FileExistsError:
        return False
    finally:
        beside.unlink()
    sync(place.parent)
    return True


def replaced(place: Path, content: bytes) -> None:
    os.replace(written_beside(place, content), place)
    sync(place.parent)


def sync(folder: Path) -> None:
    """So that names that were given, changed or taken in it are so after a loss of power."""
    held = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(held)
    finally:
        os.close(held)
