"""How do other systems hear what happens to cases?

What a step brings about becomes rows in its own statement, one for each subscriber that wants it; each is sent signed
(Standard Webhooks) as a CloudEvent, tried again with longer and longer pauses, and kept with what came of it. An event
names the case and what happened; no data of the case leaves by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Final, LiteralString
from uuid import uuid4

import orjson
from django.db.models import F, QuerySet

from audit.db.columns import Texts
from audit.db.sql import Part
from orchestration.actors.hosts.client import Bounds, Sent, WireFault, exchange
from orchestration.actors.hosts.register import listed_hosts
from orchestration.engine.events import Event, IncidentRaised, InstanceEnded, MilestoneReached, TaskOpened
from orchestration.ground import clock, secrets
from orchestration.jobs.retry import RetryPolicy
from orchestration.messaging.cloud_events import STRUCTURED, CloudEvent, moment, written
from orchestration.messaging.signatures import signed
from orchestration.models import EventDelivery
from orchestration.shell.nudges import nudge_events
from orchestration.shell.services import Done

TYPES: Final = {
    "casewright.case.opened": "a case was opened",
    "casewright.case.ended": "a case ended",
    "casewright.task.opened": "a task waits for people",
    "casewright.milestone.reached": "a milestone was reached",
    "casewright.incident.raised": "something failed and waits for a person",
}
"""What subscribers can be told."""

PAUSES: Final = RetryPolicy(timedelta(seconds=5), 3, timedelta(hours=1), jitter=0.2)
TRIES: Final = 10
BOUNDS: Final = Bounds(seconds=10, most_bytes=64 * 1024)

TOLD: LiteralString = """
event_told as (
    insert into orchestration_eventdelivery (subscriber_id, event, type, instance, body, state, attempts, run_at,
                                             created, error)
    select s.id, e.id, e.type, %(instance)s, convert_to(e.body, 'UTF8'), 'waiting', 0, %(at)s, %(at)s, ''
    from unnest(%(event_ids)s, %(event_types)s, %(event_bodies)s) as e(id, type, body)
    join orchestration_eventsubscriber s on s.enabled and s.types ? e.type
     and (s.case_types = '[]'::jsonb or s.case_types ? %(event_case_type)s))"""


def told(done: Done) -> Part | None:
    """What writes down the events of a step for those who want them; None where it brought none."""
    found = list(_events(done))
    if not found:
        return None
    nudge_events()
    return TOLD, {
        "event_ids": Texts(event.id for event in found), "event_types": Texts(event.type for event in found),
        "event_bodies": Texts(written(event).decode() for event in found), "event_case_type": done.case_type.key,
    }  # fmt: skip


def _events(done: Done) -> Iterator[CloudEvent]:
    case = f"case/{done.instance}"
    told = [("casewright.case.opened", "")] if done.created else []
    told += [(kind, name) for kind, name in map(_told, done.events) if kind]
    for kind, name in told:
        data = {"case": done.instance, "caseType": done.case_type.key, "version": done.case_type.version}
        yield CloudEvent(
            uuid4().hex, kind, "casewright", case, moment(done.at), data | ({"name": name} if name else {})
        )


def _told(event: Event) -> tuple[str, str]:
    match event:
        case InstanceEnded(parent=None):
            return "casewright.case.ended", event.state
        case TaskOpened():
            return "casewright.task.opened", event.definition
        case MilestoneReached():
            return "casewright.milestone.reached", event.definition
        case IncidentRaised():
            return "casewright.incident.raised", event.code
    return "", ""


def due() -> QuerySet[EventDelivery, int]:
    """The numbers of what is to be sent now, the oldest first."""
    waiting = EventDelivery.objects.filter(state=EventDelivery.State.WAITING, run_at__lte=clock.utc_now())
    return waiting.filter(subscriber__enabled=True).order_by("run_at", "pk").values_list("pk", flat=True)


def deliver(number: int) -> None:
    """Send one event, if it is still to be sent, and keep what came of it.

    It is put off before it is sent, so that of two workers one sends it, and so that one that dies loses nothing.
    """
    now = clock.utc_now()
    mine = EventDelivery.objects.filter(pk=number, state=EventDelivery.State.WAITING, run_at__lte=now)
    if not mine.update(run_at=now + timedelta(seconds=4 * BOUNDS.seconds), attempts=F("attempts") + 1):
        return
    row = EventDelivery.objects.select_related("subscriber").get(pk=number)
    status, error = _sent(row)
    again = error and row.attempts < TRIES
    state = EventDelivery.State
    EventDelivery.objects.filter(pk=number).update(
        state=state.WAITING if again else state.FAILED if error else state.DELIVERED,
        run_at=clock.utc_now() + PAUSES.pause(row.attempts), ended=None if again else clock.utc_now(),
        status=status, error=error[:500],
    )  # fmt: skip


def _sent(row: EventDelivery) -> tuple[int | None, str]:
    """(status, what went wrong; "" where it was taken)."""
    subscriber, body = row.subscriber, bytes(row.body)
    try:
        secret = secrets.secret(subscriber.secret).reveal()
        headers = {"Content-Type": STRUCTURED, **signed(secret, row.event, clock.utc_now(), body)}
        got = exchange(Sent("POST", subscriber.url, headers, body), listed_hosts(), BOUNDS)
    except (WireFault, secrets.SecretMissing, ValueError) as fault:
        return None, str(fault)
    return got.status, "" if 200 <= got.status < 300 else f"It answered {got.status}."


def send_again(deliveries: Iterable[int]) -> int:
    """Have events sent again that were given up, or were delivered and are wanted once more; how many."""
    found = EventDelivery.objects.filter(pk__in=list(deliveries)).exclude(state=EventDelivery.State.WAITING)
    many = found.update(state=EventDelivery.State.WAITING, run_at=clock.utc_now(), attempts=0, ended=None)
    if many:
        nudge_events()
    return many


def payload(row: EventDelivery) -> object:
    return orjson.loads(bytes(row.body))
