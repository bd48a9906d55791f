"""What does a new release bring to actors that ship and are there already?

To their cards, each fact that ships otherwise now: owner, origin, price. What somebody has changed since the actor was
made stays as they have it, and that it ships otherwise is told. Both stand on the chain of rules, roles and actors,
from which it is also read who has changed what; it is read only where something ships otherwise.

A file that ships otherwise is a version of its own, in quarantine: what works goes on as it is until somebody takes the
new one on. So is a model that is learnt by another recipe now. What was there once, and was retired or passed over by
somebody, is not brought again. What waits and ships no more, as after a way back to the release before, is retired; it
waits again when it ships again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from django.db import transaction
from django.db.models import QuerySet

from audit.models import AuditEvent, AuditPayload, StandingChain
from audit.services import Fact, record_control
from orchestration.actors.card import SHAPE
from orchestration.actors.contract import version_of
from orchestration.actors.recipe import LEARNT_BY, Recipe
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
STEPS: Final = ("version.moved", "model.activated")
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


def model_ship(recipe: Recipe, note: str = "") -> ActorVersion | None:
    """What an actor's model is learnt by now as a version that waits in quarantine; None where it was there before.

    The first one of an actor is at work at once. Versions that were made before recipes were kept are told by their
    bytes, which costs a training.
    """
    there = ActorVersion.objects.filter(actor__key=recipe.key)
    known = there.filter(**{f"metrics__{LEARNT_BY}__recipe": recipe.digest}).defer("artefact").first()
    if known is not None:
        return version_again(known)
    is_first, learnt = not there.exists(), recipe.learn()
    figures = recipe.figures(learnt)
    if not is_first:
        return version_ship(recipe.key, learnt.artefact, figures)
    register_model_version(recipe.key, learnt.version, learnt.artefact, figures, activate=True, note=note)
    return None


def version_ship(key: str, artefact: bytes, figures: Facts | None = None) -> ActorVersion | None:
    """What an actor ships with now as a version that waits in quarantine; None where it was there before."""
    version = version_of(artefact)
    with transaction.atomic():
        Actor.objects.select_for_update().get(
            key=key
        )  # of two deployments at once the second finds what the first made
        known = ActorVersion.objects.filter(actor__key=key, version=version).defer("artefact").first()
        if known is not None:
            return version_again(known)
        _overtake(shipped_waiting().filter(actor__key=key))
        row = register_model_version(key, version, artefact, figures or {}, activate=False, note=SHIPS)
        version_move(row, State.QUARANTINED, SETUP, reason=REASON)
    return row


def version_again(row: ActorVersion) -> ActorVersion | None:
    """What ships was there before: others wait no more, and it waits where nobody but a release retired it."""
    with transaction.atomic():
        _overtake(shipped_waiting().filter(actor=row.actor_id).exclude(pk=row.pk))
        if row.state != State.RETIRED or not _was_overtaken(row):
            return None
        version_move(row, State.QUARANTINED, SETUP, reason=REASON)
    return row


def _overtake(rows: Iterable[ActorVersion]) -> None:
    for one in list(rows):
        version_move(one, State.RETIRED, SETUP, reason=OVERTAKEN)


def _was_overtaken(row: ActorVersion) -> bool:
    """Whether what was done last with this version is that a release overtook it."""
    told = [one for one in _told(row.actor.key, STEPS) if one[1].get("version") == row.version]
    return bool(told) and (told[-1][0], told[-1][1].get("reason")) == (SETUP.actor, OVERTAKEN)


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
    for by, detail in _told(key, (ACTION, BEGUN)):
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


def _told(key: str, actions: tuple[str, ...]) -> Iterator[tuple[str, dict[str, Json]]]:
    """What the chain says of this actor, the oldest first: by whom, and what."""
    chain = StandingChain.CONTROL
    events = dict(AuditEvent.objects.filter(chain=chain, action__in=actions).values_list("sequence", "actor"))
    payloads = AuditPayload.objects.filter(chain=chain, sequence__in=events).order_by("sequence")
    for one in payloads.iterator():
        detail = orjson.loads(bytes(one.body))
        if detail.get("actor") == key or key in detail.get("actors", ()):
            yield events[one.sequence], detail
