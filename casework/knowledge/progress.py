"""What of the knowledge base is under way: which documents are being read, how far, and is an index being made?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db.models import Q

from audit.db.one_at_a_time import held
from orchestration.ground import clock
from orchestration.knowledge.progress import Indexing, indexing
from orchestration.knowledge.register import READING
from orchestration.models import KnowledgeDocument

SHOWN_ON: Final = timedelta(minutes=1)
"""So long a page that is open is told what became of a document that was read."""
MOST_TOLD: Final = 1000
UNDER_WAY: Final = Q(state=KnowledgeDocument.State.WAITING) | Q(reading__gt="")


@dataclass(frozen=True, slots=True)
class Progress:
    """`told`: the documents that are being read, and those of which that ended just now."""

    indexing: Indexing | None
    reading: int
    told: list[Told]


@dataclass(frozen=True, slots=True)
class Told:
    """A document, and how far it is read at this moment; "" where nobody is to read it."""

    row: KnowledgeDocument
    how_far: str


def progress_for(*, may_change: bool) -> Progress | None:
    """For who sees to the base alone: how much of it there is, others who may read some of it are not told."""
    if not may_change:
        return None
    there = KnowledgeDocument.objects.filter(withdrawn=None)
    told = there.filter(UNDER_WAY | Q(since__gte=clock.utc_now() - SHOWN_ON)).order_by("name", "pk")
    return Progress(indexing(), there.filter(UNDER_WAY).count(), told_of(told[:MOST_TOLD]))


def told_of(rows: Iterable[KnowledgeDocument]) -> list[Told]:
    """Whether a worker reads a document is what the database says of its lock: it holds none of one who died."""
    listed = list(rows)
    waiting = [READING + row.pk for row in listed if under_way(row)]
    read_now = held(waiting) if waiting else set()
    return [Told(row, how_far(row, is_read=READING + row.pk in read_now)) for row in listed]


def how_far(row: KnowledgeDocument, *, is_read: bool) -> str:
    """In pages, where it has some. What a worker has read is kept, so that the next one goes on there."""
    if not under_way(row):
        return ""
    if not row.pieces:
        return "a worker opens it" if is_read else "it waits for a worker"
    at = f"page {row.at_page} of {row.pages}" if row.pages else f"passage {row.read_to + 1} of {row.pieces}"
    by = " by another model" if row.state == KnowledgeDocument.State.READY else ""
    return f"a worker reads {at}{by}" if is_read else f"no worker is at it now; the next goes on at {at}{by}"


def under_way(row: KnowledgeDocument) -> bool:
    return row.withdrawn is None and (row.state == KnowledgeDocument.State.WAITING or bool(row.reading))
