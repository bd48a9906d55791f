"""How far is a document of a case read at this moment, and does somebody read it?

Each page is kept as it is read, so that it is known however the reading ends. Whether a reader that says nothing has
died nobody knows: it is said since when, and when another one takes over.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from casework.documents.models import Document, Reading
from casework.documents.reading import LOST_AFTER, READER_KEY
from orchestration.documents.kinds import HEARD, KINDS
from orchestration.documents.speech import MINUTES
from orchestration.ground.counts import counted
from orchestration.jobs.stopping import is_stopped

State = Reading.State
SILENT: Final = timedelta(minutes=3)
"""Longer than a part of a reading takes by itself."""


@dataclass(frozen=True, slots=True)
class Progress:
    """`how_far`: a sentence. `silent`: since when its reader has kept nothing more, where that is long; another one
    takes over at `taken_over`."""

    how_far: str
    under_way: bool
    silent: datetime | None = None
    taken_over: datetime | None = None


def progress_of(document: Document, row: Reading, now: datetime) -> Progress | None:
    """None of what could not be read."""
    if row.state == State.FAILED:
        return None
    if row.state == State.READ:
        return Progress(f"It is read{_pages(document, ': {}')}.", under_way=False)
    return _under_way(document, row, now, stopped=is_stopped(READER_KEY))


def under_way_in(documents: Collection[int], now: datetime) -> dict[int, Progress]:
    """How far those of these documents are read that somebody is to read."""
    rows = Reading.objects.filter(document__in=documents, state__in=(State.WAITING, State.READING))
    waiting = list(rows.select_related("document__case"))
    stopped = bool(waiting) and is_stopped(READER_KEY)
    return {row.pk: _under_way(row.document, row, now, stopped=stopped) for row in waiting}


def _under_way(document: Document, row: Reading, now: datetime, *, stopped: bool) -> Progress:
    come = _come(document, row)
    if stopped:
        return Progress(f"All reading is stopped{come}.", under_way=True)
    if row.state == State.WAITING:
        return Progress(f"It waits for a worker{come}.", under_way=True)
    if now - row.since < SILENT:
        return Progress(f"A worker reads it{come}.", under_way=True)
    return Progress(f"A worker has it{come}.", True, row.since, row.since + LOST_AFTER)


def _come(document: Document, row: Reading) -> str:
    """Which page comes next, and how many there are: pages that are text are read first, all at once. Of a recording up
    to which minute it is heard."""
    if row.pictures and document.kind in HEARD:
        return f": heard up to minute {MINUTES * (row.pictures[0] - 1)}"
    if not row.pictures or not KINDS[document.kind].has_pages:
        return _pages(document, ": {}, none read yet") if row.pictures is None else ""
    read = document.pages - len(row.pictures)
    return f": page {row.pictures[0]} of {document.pages} is next, {read} {'is' if read == 1 else 'are'} read"


def _pages(document: Document, words: str) -> str:
    return words.format(counted(document.pages, "page")) if KINDS[document.kind].has_pages else ""
