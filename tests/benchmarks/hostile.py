"""Is a file that would do harm refused, or read within its limits, and is whoever opened it alive afterwards?

Two hundred files (`hostile_files`), each taken as the product takes one: told by its content, looked at, its text read,
a page of it drawn. What is a picture is drawn and not read by OCR, which sees no more than that drawing.
"""

from __future__ import annotations

import resource
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from orchestration.documents.confined import Unreadable, asked_of
from orchestration.documents.kinds import Kind, kind_of
from orchestration.documents.reading import text_of
from orchestration.ground.refusals import Refused
from tests.benchmarks.hostile_files import LETTER, files
from tests.orchestration.documents.papers import written_pdf

REFUSED: Final = "refused as it came"
UNREADABLE: Final = "refused as it was opened"
READ: Final = "read"
LONGEST: Final = 180.0
"""Seconds on the clock that all steps of a file may take together, as their limits are."""
MOST: Final = 1024
"""MB of memory of a process that looks, reads text or draws."""


@dataclass(frozen=True, slots=True)
class Opened:
    """`outcome`: REFUSED, UNREADABLE or READ; `said`: the sentence of a refusal; `cpu` in seconds, of the children."""

    kind: str
    outcome: str
    said: str
    seconds: float
    cpu: float


def figures(wanted: Iterable[tuple[str, bytes]] | None = None) -> Iterator[str]:
    """A line for each kind, and what all of them took."""
    found: list[Opened] = []
    for kind, content in files() if wanted is None else wanted:
        if found and found[-1].kind != kind:
            yield _line([one for one in found if one.kind == found[-1].kind])
        found.append(opened(kind, content))
    yield _line([one for one in found if one.kind == found[-1].kind])
    yield from _whole(found)


def opened(kind: str, content: bytes) -> Opened:
    """What comes of one file."""
    begun, used = time.perf_counter(), _cpu()
    outcome, said = _outcome(content)
    return Opened(kind, outcome, said, time.perf_counter() - begun, _cpu() - used)


def _outcome(content: bytes) -> tuple[str, str]:
    known = kind_of(content)
    if isinstance(known, Refused):
        return REFUSED, known.message
    try:
        _read(content, known)
    except Unreadable as error:
        return UNREADABLE, str(error)
    return READ, ""


def _read(content: bytes, known: Kind) -> None:
    pages = int(asked_of(content, do="look", kind=known.key)[0]["pages"]) if known.has_pages else 1
    text_of(content, known.key, pages)
    if known.has_pages:
        asked_of(content, do="draw", kind=known.key, page=1, width=900)


def _line(found: list[Opened]) -> str:
    counted = ", ".join(f"{count} {outcome}" for outcome, count in Counter(one.outcome for one in found).items())
    return f"{found[0].kind:28} {counted}; at most {max(one.cpu for one in found):.1f} s of CPU"


def _whole(found: list[Opened]) -> Iterator[str]:
    counted = Counter(one.outcome for one in found)
    yield f"{len(found)} files: " + ", ".join(f"{counted[how]} {how}" for how in (REFUSED, UNREADABLE, READ))
    late = sum(one.seconds > LONGEST for one in found)
    silent = sum(one.outcome != READ and not one.said.endswith(".") for one in found)
    yield f"longer than {LONGEST:.0f} s: {late}; refused without a sentence: {silent}"
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    yield f"longest {max(one.cpu for one in found):.1f} s of CPU; most memory of a process {peak} MB (limit {MOST})"
    after = opened("an ordinary letter", written_pdf(*LETTER))
    yield f"an ordinary letter afterwards: {after.outcome}, {after.cpu:.1f} s of CPU"


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
