"""Where do the wrapped keys of cases stand, so that a new case costs no file of its own?

In blocks: one file for each run of `CASES` numbers, made with the first of them and on the disk before any of its keys
is used. It holds a key for each number from that first one on; a key whose number no case gets is never used. Each is
wrapped by itself (`audit.data_keys`), so that one is found, told and struck out without opening another. Struck out is
a key by writing the block anew without it, one process at a time. A block stays when all its keys are gone, so that
none of its numbers is given a key twice.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.conf import settings

from audit.lasting_files import made, replaced

CASES: Final = 64
"""Numbers of cases in one block."""
OWNER: Final = "case-"
NAMED: Final = "cases-"
"""How the names of subjects and of the files of blocks begin; then a number."""
READ: Final = 16
"""Blocks that a process keeps at most as it has read them, with their keys wrapped."""
WRAPPED: Final = 72
"""Bytes of a wrapped key."""

Keys = Mapping[int, bytes]
"""Wrapped keys, by the number of the case less that of the first case of the block."""


@dataclass(frozen=True, slots=True)
class Slot:
    """Where the key of a case stands."""

    path: str
    number: int
    first: int

    @property
    def place(self) -> int:
        return self.number - self.first


def slot_of(subject: str) -> Slot | None:
    """None: it is no case."""
    number = subject[len(OWNER) :]
    if not (subject.startswith(OWNER) and number.isascii() and number.isdecimal()):
        return None
    block = int(number) // CASES
    name = f"{NAMED}{block}"
    return Slot(f"{settings.DATA_KEYS}/{name[-2:]}/{name}", int(number), block * CASES)


def is_block(name: str) -> bool:
    return name.startswith(NAMED) and name.removeprefix(NAMED).isdecimal()


def kept(slot: Slot) -> bytes | None:
    """The wrapped key; None where there is none. Raises OSError."""
    return _keys(slot.path).get(slot.place)


def make_block(slot: Slot, wrapped: Callable[[str], bytes], has_own: Callable[[str], bool]) -> None:
    """A block with keys from this case on, where there is no block yet. A case whose key stands elsewhere gets none."""
    if Path(slot.path).exists():
        return
    numbers = range(slot.number, slot.first + CASES)
    subjects = {number - slot.first: f"{OWNER}{number}" for number in numbers}
    made(Path(slot.path), _written({at: wrapped(name) for at, name in subjects.items() if not has_own(name)}))


def strike(slot: Slot) -> None:
    """The key is gone from here on, also from the disk."""
    _change(slot, None)


def put_anew(slot: Slot, wrapped: bytes) -> bool:
    """The same key wrapped by another master key; whether it was still there."""
    return _change(slot, wrapped)


def subjects_in(path: Path) -> Iterator[str]:
    """The cases that have a key in a block."""
    first = int(path.name.removeprefix(NAMED)) * CASES
    yield from (f"{OWNER}{first + place}" for place in _keys(str(path)))


def _change(slot: Slot, wrapped: bytes | None) -> bool:
    if slot.place not in _keys(slot.path):
        return False
    with _alone():
        keys = dict(_keys(slot.path))
        if keys.pop(slot.place, None) is None:
            return False
        if wrapped is not None:
            keys[slot.place] = wrapped
        replaced(Path(slot.path), _written(keys))
    return True


def _written(keys: Keys) -> bytes:
    return b"".join(bytes([place]) + wrapped for place, wrapped in sorted(keys.items()))


def _keys(path: str) -> Keys:
    """As the file is now: what another process has struck out is not found in what was read before."""
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return {}
    return _read(path, found.st_ino, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=READ)
def _read(path: str, inode: int, changed: int, size: int) -> Keys:
    content = Path(path).read_bytes()
    return {content[at]: content[at + 1 : at + 1 + WRAPPED] for at in range(0, len(content), 1 + WRAPPED)}


@contextmanager
def _alone() -> Iterator[None]:
    """Of all processes, one at a time changes a block."""
    with open(os.open(f"{settings.DATA_KEYS}/.changing", os.O_RDWR | os.O_CREAT, 0o600), "wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
