"""Where do the wrapped keys of cases stand, so that a new case costs no file of its own?

In blocks: a folder for each run of `CASES` numbers, with a file that is made with the first of them and on the disk
before any of its keys is used. It holds a key for each number from that first one on and is called after it; a key
whose number no case gets is never used. Each is wrapped by itself (`audit.data_keys`), so that one is found, told and
struck out without opening another. Struck out is a key by writing the file anew without it, one process at a time. A
file stays when all its keys are gone, so that none of its numbers is given a key twice.

Where a file is away when a case comes, a second one begins with that case. It never takes the place of the first, which
is put back beside it: the key of a case stands in the file that begins last before or with it.
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
"""How the names of subjects and of blocks begin; then a number."""
READ: Final = 16
"""Files of blocks that a process keeps at most as it has read them, with their keys wrapped."""
WRAPPED: Final = 72
"""Bytes of a wrapped key."""

Keys = Mapping[int, bytes]
"""Wrapped keys, by the number of the case less that of the first case of the block."""


@dataclass(frozen=True, slots=True)
class Slot:
    """Where the key of a case stands: in some file of this folder."""

    folder: str
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
    files = _files(slot)
    return _keys(files[-1]).get(slot.place) if files else None


def make_block(slot: Slot, wrapped: Callable[[str], bytes], has_own: Callable[[str], bool]) -> None:
    """Keys from this case on, where no file has one for it. A case whose key stands elsewhere gets none."""
    if _files(slot):
        return
    with _alone():
        if not _files(slot):
            numbers = range(slot.number, slot.first + CASES)
            subjects = {number - slot.first: f"{OWNER}{number}" for number in numbers}
            keys = {at: wrapped(name) for at, name in subjects.items() if not has_own(name)}
            made(Path(slot.folder) / str(slot.number), _written(keys))


def strike(slot: Slot) -> None:
    """The key is gone from here on, also from the disk."""
    for file in _files(slot):
        _change(file, slot, None)


def put_anew(slot: Slot, wrapped: bytes) -> bool:
    """The same key wrapped by another master key; whether it was still there."""
    files = _files(slot)
    return bool(files) and _change(files[-1], slot, wrapped)


def subjects_in(folder: Path) -> Iterator[str]:
    """The cases that have a key in a block."""
    first = int(folder.name.removeprefix(NAMED)) * CASES
    files = _files(Slot(str(folder), first + CASES - 1, first))
    begins = [*(int(Path(file).name) - first for file in files), CASES]
    for file, begin, end in zip(files, begins, begins[1:], strict=False):
        yield from (f"{OWNER}{first + place}" for place in _keys(file) if begin <= place < end)


def _files(slot: Slot) -> list[str]:
    """Those that begin before the case or with it, the last one at the end."""
    try:
        names = os.listdir(slot.folder)
    except FileNotFoundError:
        return []
    begins = sorted(int(name) for name in names if name.isdecimal())
    return [f"{slot.folder}/{begin}" for begin in begins if begin <= slot.number]


def _change(file: str, slot: Slot, wrapped: bytes | None) -> bool:
    if slot.place not in _keys(file):
        return False
    with _alone():
        keys = dict(_keys(file))
        if keys.pop(slot.place, None) is None:
            return False
        if wrapped is not None:
            keys[slot.place] = wrapped
        replaced(Path(file), _written(keys))
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
    """Of all processes, one at a time makes or changes a file of a block."""
    Path(settings.DATA_KEYS).mkdir(parents=True, exist_ok=True, mode=0o700)
    with open(os.open(f"{settings.DATA_KEYS}/.changing", os.O_RDWR | os.O_CREAT, 0o600), "wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
