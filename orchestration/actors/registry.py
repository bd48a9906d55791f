"""Which model versions are there, and which of them is at work?

The life cycle of a model stays outside; its version, artefact and figures come in here, each change on the chain of
rules, roles and actors.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from django.db import transaction

from audit.services import Fact, Origin, record_control
from orchestration.ground import clock
from orchestration.models import Actor, ActorVersion

Json = Any
SETUP = Origin("system:setup")
State = ActorVersion.State
CHANGEABLE: Final = ("name", "origin", "owner", "rank")
"""What of an actor may be changed after it was made; its kind and what it can do are what it is."""


def actor_ensure(key: str, *, by: Origin = SETUP, **fields: Any) -> Actor:
    """The actor with this key, made when it is not there yet."""
    with transaction.atomic():
        actor, made = Actor.objects.get_or_create(key=key, defaults=fields)
        if made:
            record_control([Fact("actor.changed", {"actor": key, "made": actor_facts(actor)})], by, clock.utc_now())
    return actor


def made_facts(row: Actor) -> dict[str, Any]:
    """What stays of an actor as it was made."""
    return {name: getattr(row, name) for name in ("name", "kind", "capability", "origin", "owner", "rank")}


def actor_facts(row: Actor) -> dict[str, Any]:
    """What the control chain says of an actor that was made."""
    return made_facts(row) | ({"card": row.card} if row.card else {})


def register_model_version(
    kind: str, version: str, artefact: bytes, metrics: Mapping[str, Any], *, activate: bool, origin: Origin = SETUP,
    note: str = "",
) -> ActorVersion:  # fmt: skip
    """Keep a version of the actor with this key. The same version twice is one row.

    With `activate` it is used from the next job on. Raises Actor.DoesNotExist.
    """
    with transaction.atomic():
        actor = Actor.objects.select_for_update().get(key=kind)
        row, created = ActorVersion.objects.get_or_create(
            actor=actor, version=version,
            defaults={
                "artefact": artefact, "metrics": dict(metrics), "created": clock.utc_now(),
                "registered_by": origin.actor, "note": note,
            },
        )  # fmt: skip
        if created:
            detail = {"actor": actor.key, "version": version, "metrics": dict(metrics), "weights": _digest(artefact)}
            detail |= {"note": note} if note else {}
            record_control([Fact("model.registered", detail)], origin, clock.utc_now())
        if activate and not row.active:
            activate_model_version(row, origin)
    return row


def _digest(artefact: bytes) -> str:
    """Shows later that the weights are still the same."""
    return sha256(artefact).hexdigest()


def activate_model_version(row: ActorVersion, origin: Origin, told: Mapping[str, Any] | None = None) -> None:
    """Put this version to work in place of the one before, which is retired. `told`: what is kept with it."""
    with transaction.atomic():
        before = ActorVersion.objects.filter(actor=row.actor, state=State.IN_USE)
        before.update(state=State.RETIRED, share=0)
        ActorVersion.objects.filter(pk=row.pk).update(state=State.IN_USE, share=100)
        row.state, row.share = State.IN_USE, 100
        detail = {"actor": row.actor.key, "version": row.version, **(told or {})}
        record_control([Fact("model.activated", detail)], origin, clock.utc_now())


def version_move(
    row: ActorVersion, state: str, origin: Origin, *, share: int = 0, reason: str = "", golden: Json = None
) -> None:
    """Take a version one step on, or back; `share` of a hundred jobs counts in the state *share*.
    `golden`: what the golden cases said of it.

    Who may, and which step follows which, was decided before (`orchestration.actors.versions`).
    """
    told = ({"reason": reason} if reason else {}) | ({"golden": golden} if golden else {})
    if state == State.IN_USE:
        return activate_model_version(row, origin, told)
    with transaction.atomic():
        kept = share if state == State.SHARE else 0
        ActorVersion.objects.filter(pk=row.pk).update(state=state, share=kept)
        row.state, row.share = state, kept
        detail = {"actor": row.actor.key, "version": row.version, "state": state, "share": kept}
        record_control([Fact("version.moved", detail | told)], origin, clock.utc_now())


def actor_change(key: str, fields: Mapping[str, Any], origin: Origin, reason: str = "") -> bool:
    """Change what an actor is called, made of, looked after by, or its rank; whether that changed anything."""
    with transaction.atomic():
        actor = Actor.objects.select_for_update().get(key=key)
        changed = {name: fields[name] for name in CHANGEABLE if name in fields and fields[name] != getattr(actor, name)}
        if not changed:
            return False
        Actor.objects.filter(pk=actor.pk).update(**changed)
        detail = {"actor": key, "fields": changed} | ({"reason": reason} if reason else {})
        record_control([Fact("actor.changed", detail)], origin, clock.utc_now())
    return True


def card_change(key: str, card: Mapping[str, Any], origin: Origin, reason: str = "") -> bool:
    """Put another card in place of what was declared of an actor; whether that changed anything."""
    with transaction.atomic():
        actor = Actor.objects.select_for_update().get(key=key)
        if actor.card == dict(card):
            return False
        Actor.objects.filter(pk=actor.pk).update(card=dict(card))
        detail = {"actor": key, "card": dict(card)} | ({"reason": reason} if reason else {})
        record_control([Fact("actor.changed", detail)], origin, clock.utc_now())
    return True


def actor_enable(key: str, enabled: bool, origin: Origin, reason: str = "") -> bool:
    """Let an actor be chosen for jobs, or keep it from being chosen, and why; whether that changed anything."""
    with transaction.atomic():
        changed = Actor.objects.filter(key=key, enabled=not enabled).update(enabled=enabled)
        if changed:
            detail = {"actor": key, "enabled": enabled} | ({"reason": reason} if reason else {})
            record_control([Fact("actor.changed", detail)], origin, clock.utc_now())
    return bool(changed)
