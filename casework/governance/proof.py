"""What is proven by now, and how does somebody outside prove it?

What was signed, as the chain of rules tells it, the newest first; and the verification that ended last.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson

from audit.checkpoints import CheckpointFault, public, signing_key
from audit.models import AuditEvent, AuditPayload, StandingChain, VerificationRun
from orchestration.shell.verification.checkpoints import ANEW, TAKEN

SHOWN: Final = 50


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


def last_verification() -> VerificationRun | None:
    """The last one over all histories that came to its end."""
    return VerificationRun.objects.exclude(ended=None).order_by("-ended").first()
