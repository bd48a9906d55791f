"""How does an agent outside tell of its run, so that it stands beside those that work here?

It reports by its own name of the run, as often as it likes: the newest report is what is shown. A run that a person
ended stays ended, and the agent is told so by the answer to its next report.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from audit.db.sealed_fields import as_kept
from audit.services import Fact, Origin, record_control
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.models import AgentRun

Json = Any


def report(actor: str, reference: str, told: Mapping[str, Json]) -> AgentRun:
    """Keep what an agent says of its run; of one that a person ended nothing is changed any more."""
    now = clock.utc_now()
    with transaction.atomic():
        fresh = {**told, "began": now, "seen": now, "ended": _end(told, now)}
        row, created = AgentRun.objects.select_for_update().get_or_create(
            actor=actor, reference=reference, defaults=fresh
        )
        if not created and not row.stop_asked:
            for name, value in {**told, "seen": now, "ended": _end(told, now)}.items():
                setattr(row, name, value)
            row.save()
    return row


def _end(told: Mapping[str, Json], now: Any) -> Any:
    return now if told.get("state") == AgentRun.State.ENDED else None


def end(row: AgentRun, reason: str, by: Origin) -> AgentRun | Refused:
    """A person wants it to end: it is shown as ended, and the agent hears it when it reports next."""
    now = clock.utc_now()
    with transaction.atomic():
        stopped = {"stop_asked": reason, "state": AgentRun.State.ENDED, "outcome": "stopped", "why": reason}
        if not AgentRun.objects.filter(pk=row.pk, ended=None).update(**as_kept(row, **stopped), ended=now):
            return Refused("state", "The run has ended already.")
        detail = {"run": row.pk, "agent": row.actor, "reference": row.reference, "reason": reason}
        record_control([Fact("agent.stopped", detail)], by, now)
    row.refresh_from_db()
    return row
