"""Who says where events come in, and who is told of them?

Each change of an inlet or a subscriber is a fact on the chain of rules, roles and actors.
"""

from __future__ import annotations

from typing import Final, TypeVar

from django.db import IntegrityError, transaction

from audit.services import Fact, Origin, record_control
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.messaging import inlets, subscribers
from orchestration.models import EventSubscriber, Inlet

Row = TypeVar("Row", Inlet, EventSubscriber)

TOLD: Final = {
    Inlet: ("inlet.changed", ("key", "name", "message", "correlation", "variables", "secret", "enabled")),
    EventSubscriber: ("subscriber.changed", ("key", "name", "url", "types", "case_types", "secret", "enabled")),
}


def inlet_add(inlet: Inlet, origin: Origin) -> Inlet | Refused:
    """Open an address at which another system hands in events."""
    wrong = {name: "This is needed." for name in ("key", "name", "message", "secret") if not getattr(inlet, name)}
    wrong |= inlets.faults(inlet)
    return _added(inlet, wrong, origin)


def subscriber_add(subscriber: EventSubscriber, origin: Origin) -> EventSubscriber | Refused:
    """Have another system told of events."""
    needed = ("key", "name", "url", "secret", "types")
    wrong = {name: "This is needed." for name in needed if not getattr(subscriber, name)}
    if not subscriber.url.startswith(("https://", "http://")):
        wrong["url"] = "An address begins with https:// (or http:// within the house)."
    if unknown := set(subscriber.types) - set(subscribers.TYPES):
        wrong["types"] = f"There are no events {', '.join(sorted(map(str, unknown)))}."
    return _added(subscriber, wrong, origin)


def switch(row: Row, enabled: bool, origin: Origin) -> Row:
    """Let an inlet take events, or a subscriber be told; or not any more."""
    with transaction.atomic():
        row.enabled = enabled
        row.save(update_fields=["enabled"])
        _tell(row, origin)
    return row


def _added(row: Row, wrong: dict[str, str], origin: Origin) -> Row | Refused:
    if wrong:
        return Refused("invalid", "Please correct what is marked.", wrong)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            _tell(row, origin)
    except IntegrityError:
        return Refused("invalid", "This key is taken.", {"key": "There is one with this key already."})
    return row


def _tell(row: Inlet | EventSubscriber, origin: Origin) -> None:
    action, names = TOLD[type(row)]
    record_control([Fact(action, {name: getattr(row, name) for name in names})], origin, clock.utc_now())
