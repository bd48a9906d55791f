"""When are all histories verified without anybody at a shell, and how far has it come?

Once a day, or when an auditor asks, a worker goes on with it in portions of some seconds, so that other work is not
kept waiting. What was verified before is not read again, unless a whole verification was asked for.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Q

from audit.data_keys import KeyFault
from audit.db.one_at_a_time import alone, one_after_another
from audit.models import AuditEvent, StandingChain, VerificationRun
from casework.models import Case
from orchestration.ground.refusals import Refused
from orchestration.shell.nudges import nudge_histories
from orchestration.shell.verification.everything import Everything, verify_everything

log = structlog.get_logger()

AT_A_TIME: Final = 20.0
"""Seconds of one portion, of which a worker has others to do between."""
SILENT: Final = timedelta(minutes=3)
"""A run that nobody has heard of for so long is not at work: it was interrupted."""
SETTLED: Final = timedelta(minutes=10)
"""A new product has been there for so long before it verifies: it has other things to do at its beginning."""
LOCK: Final = 0x0FA11C4A
"""Of PostgreSQL's advisory locks: one worker verifies at a time, whatever the number of machines."""
AT_WORK: Final = Refused("busy", "All histories are being verified at this moment: look at how far it is.")


class _Later(Exception):
    """The time of this portion is over."""


def called(instance: int) -> str:
    """As pages call the case, and as its chain and `verify_audit` do where that is another number."""
    found = Case.objects.filter(instance=instance).values_list("pk", flat=True).first()
    return f"case {instance}" if found in (None, instance) else f"case {found} (instance {instance})"


def at_work() -> VerificationRun | None:
    """The verification that is going on, or has been asked for."""
    return VerificationRun.objects.filter(ended=None, heard__gt=datetime.now(UTC) - SILENT).order_by("-pk").first()


def ask(*, whole: bool) -> VerificationRun | Refused:
    """Have a worker verify: what is new, or (`whole`) each history from its first event."""
    with transaction.atomic():
        one_after_another("casework.histories")
        if at_work() is not None:
            return AT_WORK
        now = datetime.now(UTC)
        VerificationRun.objects.filter(ended=None).update(ended=now)
        run = VerificationRun.objects.create(whole=whole, begun=now, heard=now)
        nudge_histories()
    return run


def is_due() -> bool:
    """Whether the daily verification is to begin, or one that nobody has heard of is to be gone on with."""
    if not settings.VERIFY_EVERY:
        return False
    now = datetime.now(UTC)
    of_all = VerificationRun.objects.filter(Q(ended=None) | Q(cases__isnull=False)).order_by("-pk").first()
    if of_all is None:
        first = AuditEvent.objects.filter(chain=StandingChain.CONTROL, sequence=1, at__lt=now - SETTLED)
        return first.exists() and Case.objects.exists()
    if of_all.ended is None:
        return of_all.heard is None or of_all.heard < now - SILENT
    return of_all.ended < now - timedelta(seconds=settings.VERIFY_EVERY)


def is_wanted() -> bool:
    """Whether a worker that was asked to, perhaps some time ago and more than once, has anything to do yet."""
    return at_work() is not None or is_due()


def look_after(again: Callable[[], None] = nudge_histories) -> None:
    """With every sweep: have it begun, if it is time."""
    if is_due():
        again()


def go_on(seconds: float = AT_A_TIME) -> Everything | None:
    """Verify for so long; None: somebody else is at it, or there is more, which a worker is asked to go on with."""
    with alone(LOCK) as is_alone:
        return _portion(time.monotonic() + seconds) if is_alone else None


def _portion(until: float) -> Everything | None:
    def progress(events: int, of_all: int) -> None:
        if time.monotonic() > until:
            raise _Later

    try:
        found = verify_everything(whole=False, processes=1, told=_told, called=called, progress=progress)
    except _Later:
        nudge_histories()
        return None
    except KeyFault as fault:
        log.error("histories not verified", said=str(fault))
        return None
    log.info("histories verified", cases=found.report.cases, events=found.report.read, broken=found.broken)
    return found


def _told(line: str) -> None:
    log.error("history does not hold", said=line)
