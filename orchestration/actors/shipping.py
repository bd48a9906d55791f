"""What does a new release bring to actors that ship and are there already?

To their cards, each fact that ships otherwise now: owner, origin, price. What somebody has changed since the actor was
made stays as they have it, and that it ships otherwise is told. Both stand on the chain of rules, roles and actors,
from which it is also read who has changed what; it is read only where something ships otherwise.

A file that ships otherwise is a version of its own, in quarantine: what works goes on as it is until somebody takes the
new one on. What was there once, and was retired or passed over, is not brought again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from django.db import transaction
from django.db.models import QuerySet

from audit.models import AuditEvent, AuditPayload, StandingChain
from audit.services import Fact, record_control
from orchestration.actors.card import SHAPE
from orchestration.actors.contract import version_of
from orchestration.actors.registry import (
    CHANGEABLE,
    SETUP,
    actor_change,
    actor_ensure,
    card_change,
    register_model_version,
    version_move,
)
from orchestration.ground import clock
from orchestration.models import Actor, ActorVersion

Json = Any
Facts = Mapping[str, Json]

ACTION: Final = "actor.changed"
BEGUN: Final = "control.begun"
REASON: Final = "as it ships with this release"
ABSENT: Final = None
"""A fact of a card that is said no more."""
ALL: Final = frozenset({*CHANGEABLE, *SHAPE["properties"]})
RECKONED: Final = "review-by"
"""Follows from the day on which an actor was made."""
SHIPS: Final = "Ships with this release"
OVERTAKEN: Final = "another version ships now"
State = ActorVersion.State


@dataclass(slots=True)
class Course:
    """What was made of an actor: its card as last told, the facts that others than a release have set, and what was
    told last of those that ship otherwise."""

    card: Facts = field(default_factory=dict)
    theirs: frozenset[str] = frozenset()
    kept: Facts = field(default_factory=dict)


def actor_ship(key: str, **shipped: Any) -> Actor:
    """The actor with this key, made when it is not there yet, else with what ships otherwise now."""
    actor = actor_ensure(key, **shipped)
    otherwise = _otherwise(actor, shipped)
    if otherwise:
        with transaction.atomic():
            _bring(Actor.objects.select_for_update().get(pk=actor.pk), otherwise)
        actor.refresh_from_db()
    return actor


def version_ship(key: str, artefact: bytes) -> ActorVersion | None:
    """What an actor ships with now as a version that waits in quarantine; None where it was there before."""
    version = version_of(artefact)
    with transaction.atomic():
        Actor.objects.select_for_update().get(
            key=key
        )  # of two deployments at once the second finds what the first made
        if ActorVersion.objects.filter(actor__key=key, version=version).exists():
            return None
        before = list(shipped_waiting().filter(actor__key=key))
        row = register_model_version(key, version, artefact, {}, activate=False, note=SHIPS)
        version_move(row, State.QUARANTINED, SETUP, reason=REASON)
        for one in before:
            version_move(one, State.RETIRED, SETUP, reason=OVERTAKEN)
    return row


def shipped_waiting() -> QuerySet[ActorVersion]:
    """What came with a release and nobody has taken on or retired yet."""
    rows = ActorVersion.objects.filter(state=State.QUARANTINED, registered_by=SETUP.actor, note=SHIPS)
    return rows.select_related("actor").defer("artefact").order_by("-created", "-pk")


def _otherwise(actor: Actor, shipped: Facts) -> dict[str, Json]:
    """Facts that are not as they ship."""
    card = shipped.get("card", {})
    found = {name: shipped[name] for name in CHANGEABLE if name in shipped and shipped[name] != getattr(actor, name)}
    places = {*card, *actor.card} - ({RECKONED} & set(actor.card))
    return found | {name: card.get(name, ABSENT) for name in places if card.get(name) != actor.card.get(name)}


def _bring(actor: Actor, otherwise: Facts) -> None:
    course = _course(actor.key)
    brought = {name: value for name, value in otherwise.items() if name not in course.theirs}
    kept = {name: value for name, value in otherwise.items() if name in course.theirs}
    actor_change(actor.key, brought, SETUP, REASON)
    card = actor.card | {name: value for name, value in brought.items() if name not in CHANGEABLE}
    card_change(actor.key, {name: value for name, value in card.items() if value is not ABSENT}, SETUP, REASON)
    if kept and kept != course.kept:
        record_control([Fact(ACTION, {"actor": actor.key, "kept": kept})], SETUP, clock.utc_now())


def _course(key: str) -> Course:
    found = Course()
    for by, detail in _told(key):
        made = detail.get("made") or detail.get("actors", {}).get(key)
        if made is not None:
            found.card, found.theirs = made.get("card", {}), ALL if by.startswith("person:") else frozenset()
        changed = frozenset(detail.get("fields", ()))
        if "card" in detail:
            changed |= {name for name in ALL if found.card.get(name) != detail["card"].get(name)}
            found.card = detail["card"]
        if (by, detail.get("reason")) != (SETUP.actor, REASON):
            found.theirs |= changed
        found.kept = detail.get("kept", found.kept)
    return found


def _told(key: str) -> Iterator[tuple[str, dict[str, Json]]]:
    """What the chain says of this actor, the oldest first: by whom, and what."""
    chain = StandingChain.CONTROL
    events = dict(AuditEvent.objects.filter(chain=chain, action__in=(ACTION, BEGUN)).values_list("sequence", "actor"))
    payloads = AuditPayload.objects.filter(chain=chain, sequence__in=events).order_by("sequence")
    for one in payloads.iterator():
        detail = orjson.loads(bytes(one.body))
        if detail.get("actor") == key or key in detail.get("actors", ()):
            yield events[one.sequence], detail
