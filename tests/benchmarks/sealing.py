"""What does it cost that contents are kept sealed, beside what is done with each of them anyway?"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

CONTENT = 1_000_000
TIMES = 100


def figures(contents: int = TIMES) -> Iterator[str]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casework.settings")
    from django.test import override_settings

    with tempfile.TemporaryDirectory() as folder, override_settings(
        DATA_KEY=f"{folder}/data.key", DATA_KEYS=f"{folder}/keys"
    ):  # fmt: skip
        yield from _measured(Path(folder), contents)


def _measured(folder: Path, contents: int) -> Iterator[str]:
    from audit import data_keys

    content, names = os.urandom(CONTENT), [f"document-{number:04}" for number in range(contents)]
    hashed = _each(contents, lambda number: sha256(content).digest())
    kept = _each(contents, lambda number: _written(folder / names[number], content))
    sealed: dict[int, bytes] = {}
    sealing = _each(contents, lambda number: sealed.__setitem__(number, data_keys.seal(names[number], content)))
    opening = _each(contents, lambda number: data_keys.opened(names[number], sealed[number]))
    data_keys.master_added()
    wrapping = _each(contents, lambda number: data_keys.rewrapped(names[number]))
    yield f"1 MB, milliseconds: hashed {hashed:.2f}, written through to the disk {kept:.2f}"
    yield f"sealed, with a key made and written through {sealing:.2f}"
    yield f"opened {opening:.2f}, which is {opening / hashed:.1f} times hashing it"
    yield f"a data key wrapped anew by a new master key, written through: {wrapping:.2f}"
    yield from _a_step(contents)


def _a_step(times: int) -> Iterator[str]:
    """What a step of a case writes: twelve events, its state and its data."""
    from audit.sealed_values import case_subject, opened, sealed

    step = [b"x" * 300] * 12 + [b"x" * 2_000, b"x" * 1_500]
    first = _each(times, lambda number: sealed(case_subject(number), b"x"))
    kept = [sealed(case_subject(0), content) for content in step]
    sealing = _each(times, lambda number: [sealed(case_subject(0), content) for content in step])
    opening = _each(times, lambda number: [opened(content) for content in kept])
    longer = sum(map(len, kept)) - sum(map(len, step))
    yield f"a step of a case, 12 events and {sum(map(len, step)):,} bytes: sealed {sealing:.3f}, opened {opening:.3f}"
    yield f"longer by {longer} bytes; the first step of a case, with its key and its share of a block: {first:.2f} more"


def _written(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _each(times: int, do: Callable[[int], object]) -> float:
    begun = time.perf_counter()
    for number in range(times):
        do(number)
    return (time.perf_counter() - begun) / times * 1000
