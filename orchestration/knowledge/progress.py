"""How far is an index of what passages mean, that a worker makes now, and when will it be there?

PostgreSQL says how many blocks of the table it has read. The later passages take longer than the first ones did, so the
end is told as it looks now, and not before a part is done.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, LiteralString

from django.db.models import Sum

from audit.db.sql import cursor
from orchestration.ground import clock
from orchestration.knowledge.vectors import lacking
from orchestration.models import KnowledgeDocument

BEING_MADE: Final[LiteralString] = """
select extract(epoch from clock_timestamp() - query_start)::float8, blocks_done::float8 / nullif(blocks_total, 0)
from pg_stat_progress_create_index join pg_stat_activity using (pid)
where relid = to_regclass('orchestration_knowledgepiece') and phase like 'building index%'"""
TELLS: Final = 0.05
"""From this share on its pace says something of its end."""


@dataclass(frozen=True, slots=True)
class Indexing:
    """`done` of `total` passages are in the index that is made now; None: none is
    made yet. `left`: how many are to be made, with this one."""

    done: int | None
    total: int
    left: int
    ends: datetime | None


def indexing() -> Indexing | None:
    """None: the indexes are there, or the database can have none."""
    left = len(lacking())
    if not left:
        return None
    with cursor() as plain:
        taken, share = plain.execute(BEING_MADE).fetchone() or (0.0, None)
    ready = KnowledgeDocument.objects.filter(state=KnowledgeDocument.State.READY)
    total = ready.aggregate(sum=Sum("pieces", default=0))["sum"]
    if share is None:
        return Indexing(None, total, left, None)
    return Indexing(round(total * share), total, left, ends(clock.utc_now(), taken, share, left))


def ends(now: datetime, taken: float, share: float, left: int) -> datetime | None:
    """When all of them will be there if each goes on as the first one did, for so many seconds."""
    return now + timedelta(seconds=taken * (left / share - 1)) if share >= TELLS else None
