"""What goes into a capability and comes out of it, for a person who sees to it?

By its contract (JSON Schema); what that leaves open (the labels of a model, say) as the actor in use has it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from orchestration.actors import kinds
from orchestration.actors.capability import Capability
from orchestration.actors.contract import ActorError
from orchestration.actors.kinds.text_model.schemas import schemas
from orchestration.models import Actor, ActorVersion

Json = Any
Schema = Mapping[str, Json]
ANYTHING: Final[Schema] = {"type": "object", "properties": {}}


def output_of(capability: Capability, actor: str = "") -> Schema:
    """What comes out; where the contract says nothing, as this actor has it, else the first that is in use."""
    return _merged(capability.output, _of_actor(capability.key, actor)[1])


def input_of(capability: Capability, actor: str = "") -> Schema:
    """What goes in."""
    return _merged(capability.input, _of_actor(capability.key, actor)[0])


def _merged(declared: Schema | None, own: Schema) -> Schema:
    if declared is None:
        return own or ANYTHING
    named = own.get("properties", {})
    merged = {name: {**named.get(name, {}), **one} for name, one in declared.get("properties", {}).items()}
    return {**declared, "properties": merged}


def _of_actor(capability: str, key: str) -> tuple[Schema, Schema]:
    actors = Actor.objects.filter(capability=capability, versions__state=ActorVersion.State.IN_USE)
    chosen = (actors.filter(key=key) if key else actors).first() or actors.first()
    if chosen is None:
        return {}, {}
    version = chosen.versions.get(state=ActorVersion.State.IN_USE)
    known = schemas(chosen.kind, bytes(version.artefact))
    if known is not None:
        return known.input, known.output
    try:
        actor = kinds.load(chosen.kind, version.version, bytes(version.artefact))
    except (ActorError, ValueError, KeyError):
        return {}, {}
    return actor.input_schema, actor.output_schema
