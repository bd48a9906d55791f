"""Which model versions are there, and which of them is at work?

The life cycle of a model stays outside; its version, artefact and figures come in here, each change on the chain of
rules, roles and actors.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from django.db import transaction

from audit.services import Fact, Origin, record_control
from orchestration.ground import clock
from orchestration.models import Actor, ModelVersion

SETUP = Origin("system:setup")


def actor_ensure(key: str, **fields: Any) -> Actor:
    """The actor with this key, made when it is not there yet."""
    with transaction.atomic():
        actor, made = Actor.objects.get_or_create(key=key, defaults=fields)
        if made:
            record_control([Fact("actor.changed", {"actor": key, "made": actor_facts(actor)})], SETUP, clock.utc_now())
    return actor


def actor_facts(row: Actor) -> dict[str, Any]:
    """What the control chain says of an actor that was made."""
    return {name: getattr(row, name) for name in ("name", "kind", "capability", "origin", "owner", "rank")}


def register_model_version(
    kind: str, version: str, artefact: bytes, metrics: Mapping[str, Any], *, activate: bool, origin: Origin = SETUP
) -> ModelVersion:
    """Keep a trained model of the actor with this key. The same version twice is one row.

    With `activate` it is used from the next job on. Raises Actor.DoesNotExist.
    """
    with transaction.atomic():
        actor = Actor.objects.select_for_update().get(key=kind)
        row, created = ModelVersion.objects.get_or_create(
            actor=actor, version=version,
            defaults={"artefact": artefact, "metrics": dict(metrics), "created": clock.utc_now()},
        )  # fmt: skip
        if created:
            detail = {"actor": actor.key, "version": version, "metrics": dict(metrics), "weights": _digest(artefact)}
            record_control([Fact("model.registered", detail)], origin, clock.utc_now())
        if activate and not row.active:
            activate_model_version(row, origin)
    return row


def _digest(artefact: bytes) -> str:
    """Shows later that the weights are still the same."""
    return sha256(artefact).hexdigest()


def activate_model_version(row: ModelVersion, origin: Origin) -> None:
    """Put this version to work in place of the one before."""
    with transaction.atomic():
        ModelVersion.objects.filter(actor=row.actor, active=True).update(active=False)
        ModelVersion.objects.filter(pk=row.pk).update(active=True)
        row.active = True
        record_control(
            [Fact("model.activated", {"actor": row.actor.key, "version": row.version})], origin, clock.utc_now()
        )


def actor_enable(key: str, enabled: bool, origin: Origin, reason: str = "") -> bool:
    """Let an actor be chosen for jobs, or keep it from being chosen, and why; whether that changed anything."""
    with transaction.atomic():
        changed = Actor.objects.filter(key=key, enabled=not enabled).update(enabled=enabled)
        if changed:
            detail = {"actor": key, "enabled": enabled} | ({"reason": reason} if reason else {})
            record_control([Fact("actor.changed", detail)], origin, clock.utc_now())
    return bool(changed)
