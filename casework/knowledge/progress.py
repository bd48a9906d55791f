"""What of the knowledge base is under way: which documents are being read, how far, and is an index being made?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db.models import Q

from orchestration.ground import clock
from orchestration.knowledge.progress import Indexing, indexing
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
    told: list[KnowledgeDocument]


def progress_for(*, may_change: bool) -> Progress | None:
    """For who sees to the base alone: how much of it there is, others who may read some of it are not told."""
    if not may_change:
        return None
    there = KnowledgeDocument.objects.filter(withdrawn=None)
    told = there.filter(UNDER_WAY | Q(since__gte=clock.utc_now() - SHOWN_ON)).order_by("name", "pk")
    return Progress(indexing(), there.filter(UNDER_WAY).count(), list(told[:MOST_TOLD]))


def under_way(row: KnowledgeDocument) -> bool:
    return row.withdrawn is None and (row.state == KnowledgeDocument.State.WAITING or bool(row.reading))
