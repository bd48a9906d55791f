"""When are all controls fired, what did that show, and who is told of one that is dead?

Once an hour, or when an auditor asks. Each round is one event of the control chain: which controls held, and what those
that did not hold let happen. So the board is read from a chain that nobody can quietly change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import orjson
import structlog
from django.conf import settings
from django.db import connection, transaction

from audit.models import AuditEvent, AuditPayload, StandingChain
from audit.services import Fact, Origin, record_control
from casework.proof.controls.configured import WAYS, Configured, configured
from casework.proof.controls.drills import DRILLS, Drill
from casework.proof.controls.scene import Scene, synthetic, undone
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.shell.nudges import nudge_controls

log = structlog.get_logger()

FIRED: Final = "controls.fired"
BEAT: Final = Origin("system:controls")
LOCK: Final = 0xC0117201
"""Of PostgreSQL's advisory locks: one round at a time, whatever the number of machines."""
BUSY: Final = Refused("busy", "The controls are being fired at this moment. Look again in a few seconds.")
HOW: Final[Mapping[str, str]] = {**WAYS, **{drill.key: drill.how for drill in DRILLS}}
ROUNDS_LATE: Final = 3
"""After so many rounds in which nothing was fired, that itself is a sign."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One control on the board. `proven`: when it was last seen to hold, None: never; `said`: what happened instead."""

    key: str
    title: str
    how: str
    count: int
    proven: datetime | None
    said: str = ""


@dataclass(frozen=True, slots=True)
class Board:
    """What the newest round showed, those that do not hold first. `late`: no round has come for a long time."""

    at: datetime
    sequence: int
    rows: tuple[Standing, ...]
    late: bool

    @property
    def dead(self) -> tuple[Standing, ...]:
        return tuple(row for row in self.rows if row.said)


def fire_all(origin: Origin) -> Board | Refused:
    """Fire every control and keep what came of it."""
    with transaction.atomic():
        if not _is_alone():
            return BUSY
        before = _newest()
        found = list(_fired())
        held = {one.key: [one.title, one.count] for one in found if not one.said}
        failed = {one.key: [one.title, one.count, one.said] for one in found if one.said}
        proven = {key: at for key in failed if (at := _proven(before, key))}
        for one in found:
            if one.said:
                log.error("control does not hold", control=one.key, said=one.said)
        detail = {"held": held, "failed": failed, "proven": proven}
        record_control([Fact(FIRED, detail)], origin, clock.utc_now())
    made = board()
    assert made is not None
    return made


def _fired() -> Iterator[Configured]:
    with synthetic() as scene:
        for drill in DRILLS:
            yield Configured(drill.key, drill.title, 1, _tried(drill, scene))
    with undone():
        yield from configured()


def _tried(drill: Drill, scene: Scene) -> str:
    """A drill that breaks proves nothing, and does not hold up the others."""
    try:
        with undone():
            return drill.fire(scene)
    except Exception as error:
        log.error("control not fired", control=drill.key, error=type(error).__name__, exc_info=True)
        return f"It could not be fired ({type(error).__name__})."


def _is_alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def board() -> Board | None:
    """What the newest round showed; None: no control was ever fired."""
    newest = _newest()
    if newest is None:
        return None
    event, detail = newest
    failed = [
        Standing(key, title, _how(key), count, _moment(detail["proven"].get(key)), said)
        for key, (title, count, said) in detail["failed"].items()
    ]
    held = [Standing(key, title, _how(key), count, event.at) for key, (title, count) in detail["held"].items()]
    return Board(event.at, event.sequence, tuple(failed + held), _is_late(event.at))


def _newest() -> tuple[AuditEvent, dict[str, Any]] | None:
    event = AuditEvent.objects.filter(chain=StandingChain.CONTROL, action=FIRED).order_by("-at").first()
    if event is None:
        return None
    body = AuditPayload.objects.values_list("body", flat=True).get(chain=event.chain, sequence=event.sequence)
    return event, orjson.loads(bytes(body))


def _proven(before: tuple[AuditEvent, dict[str, Any]] | None, key: str) -> str | None:
    """When a control that does not hold now was last seen to."""
    if before is None:
        return None
    event, detail = before
    return event.at.isoformat() if key in detail["held"] else detail["proven"].get(key)


def _how(key: str) -> str:
    return HOW.get(key) or HOW.get(key.partition(":")[0], "")


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _is_late(at: datetime) -> bool:
    every = settings.CONTROLS_EVERY
    return bool(every) and at < clock.utc_now() - timedelta(seconds=ROUNDS_LATE * every)


def is_due() -> bool:
    """Whether the next round is to begin."""
    if not settings.CONTROLS_EVERY:
        return False
    last = AuditEvent.objects.filter(chain=StandingChain.CONTROL, action=FIRED).order_by("-at")
    at = last.values_list("at", flat=True).first()
    return at is None or at < clock.utc_now() - timedelta(seconds=settings.CONTROLS_EVERY)


def look_after(ask: Callable[[], None] = nudge_controls) -> None:
    """With every sweep: have the next round fired, if it is time."""
    if is_due():
        ask()
