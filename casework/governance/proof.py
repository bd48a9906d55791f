"""What is proven by now, and how does somebody outside prove it?

What was signed, as the chain of rules tells it, the newest first; and what the verifications of all histories found.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson
from django.db.models import QuerySet

from audit.checkpoints import CheckpointFault, public, signing_key
from audit.models import AuditEvent, AuditPayload, StandingChain, VerificationRun
from orchestration.models import Instance
from orchestration.shell.verification.checkpoints import ANEW, TAKEN

SHOWN: Final = 50
RUNS: Final = 10


@dataclass(frozen=True, slots=True)
class Signing:
    """One line: a checkpoint, or (`anew`) that signing began again, with the reason. `digest` in hex."""

    at: datetime
    number: int
    chains: int
    digest: str
    anew: str = ""


def signings() -> list[Signing]:
    events = AuditEvent.objects.filter(chain=StandingChain.CONTROL, action__in=[TAKEN, ANEW]).order_by("-sequence")
    found = dict(events.values_list("sequence", "at")[:SHOWN])
    rows = AuditPayload.objects.filter(chain=StandingChain.CONTROL, sequence__in=found).order_by("-sequence")
    return [_signing(found[row.sequence], orjson.loads(bytes(row.body))) for row in rows]


def _signing(at: datetime, said: dict[str, Any]) -> Signing:
    if "note" in said:
        return Signing(at, said["last"], 0, said["digest"], said["note"])
    return Signing(at, said["number"], said["chains"], said["digest"])


def public_key() -> tuple[str, str]:
    """In hex; or nothing, and why there is none."""
    try:
        return public(signing_key()).hex(), ""
    except CheckpointFault as fault:
        return "", str(fault)


@dataclass(frozen=True, slots=True)
class Completeness:
    """What the last verification of all histories found, beside how many cases there are now.

    `share`: per cent of all cases of now that were found to hold, rounded down; `runs`: the newest ones, to compare.
    """

    run: VerificationRun
    now: int
    share: int
    runs: tuple[VerificationRun, ...]


def newest_run() -> VerificationRun | None:
    """The last verification of all histories that came to its end."""
    return _ended().first()


def _ended() -> QuerySet[VerificationRun]:
    return VerificationRun.objects.exclude(ended=None).exclude(cases=None).order_by("-ended")


def completeness() -> Completeness | None:
    """None: nobody has verified all histories since their number is kept."""
    runs = tuple(_ended()[:RUNS])
    if not runs:
        return None
    run, now = runs[0], Instance.objects.count()
    held = max(0, min(run.cases or 0, now) - run.faults)
    return Completeness(run, now, 100 * held // now if now else 100, runs)
