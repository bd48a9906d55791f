"""How does a file become an actor that asks another system, and how is it tried before?

A try-out really asks: through the guardrails of its capability, to hosts on the list, with the secrets that the file
names. That it was tried is on the chain of rules, roles and actors, without what went over.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import transaction

from audit.services import Fact, Origin, record_control
from orchestration.actors import capability, guardrails, kinds
from orchestration.actors.call import Call, limited
from orchestration.actors.card import Card
from orchestration.actors.contract import Actor as Machine
from orchestration.actors.contract import ActorError, Answer, version_of
from orchestration.actors.handoff import Handoff, Outcome, Verdict
from orchestration.actors.kinds.declared import FILE_KINDS, file_faults
from orchestration.actors.kinds.files import read_file
from orchestration.actors.registration import actor_register, version_register, version_step
from orchestration.actors.registry import card_change
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.models import Actor, ActorVersion

Json = Any


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be registered: the actor that the file belongs to, or that is made for it."""

    kind: str
    key: str
    content: bytes
    name: str = ""
    owner: str = ""
    use: bool = False


@dataclass(frozen=True, slots=True)
class Tried:
    """`request`: as it was sent, secrets as dots; None where none was. `error`: why there is no output."""

    request: Mapping[str, Json] | None = None
    status: int | None = None
    output: Json = None
    error: str = ""
    code: str | None = None
    temporary: bool = False
    seconds: float = 0.0
    verdicts: tuple[Verdict, ...] = field(default=())


def connector_register(wanted: Wanted, origin: Origin) -> ActorVersion | Refused:
    """Register the file as a version, of a new actor where there is none of this key."""
    if wrong := file_faults(wanted.kind, wanted.content):
        return Refused("faults", " ".join(wrong), {"file": wrong[0]})
    given, actor = read_file(wanted.content), Actor.objects.filter(key=wanted.key).first()
    with transaction.atomic():
        outcome = _made(wanted, given, origin) if actor is None else _another(wanted, given, actor, origin)
        if isinstance(outcome, ActorVersion) and "rate" in given:
            _keep_rate(outcome.actor, given["rate"], origin)
        if isinstance(outcome, ActorVersion) and wanted.use and not outcome.active:
            return version_step(row=outcome, to=ActorVersion.State.IN_USE, by=origin)
    return outcome


def _made(wanted: Wanted, given: Mapping[str, Json], origin: Origin) -> ActorVersion | Refused:
    outcome = actor_register(
        key=wanted.key, name=wanted.name or given.get("title") or wanted.key, kind=wanted.kind,
        capability=given["capability"], by=origin, artefact=wanted.content, owner=wanted.owner,
        origin=FILE_KINDS[wanted.kind].words, card=FILE_KINDS[wanted.kind].card,
    )  # fmt: skip
    return outcome if isinstance(outcome, Refused) else outcome.versions.get()


def _another(wanted: Wanted, given: Mapping[str, Json], actor: Actor, origin: Origin) -> ActorVersion | Refused:
    if actor.kind != wanted.kind or actor.capability != given["capability"]:
        wrong = f"{actor.key} is of the kind {actor.kind!r} and does {actor.capability!r}; this file is of another."
        return Refused("other", wrong, {"key": wrong})
    return version_register(actor=actor, artefact=wanted.content, by=origin)


def _keep_rate(actor: Actor, rate: int, origin: Origin) -> None:
    card_change(actor.key, {**actor.card, "rate": rate}, origin, "as its connector's file says")


def connector_try(kind: str, content: bytes, input: Json, card: Card, origin: Origin) -> Tried:
    """Ask the other system once with this input, as a job would; the file has to be sound."""
    began, version = time.perf_counter(), version_of(content)
    try:
        machine = kinds.load(kind, version, content)
        tried = _tried(machine, input, card)
    except ActorError as error:
        tried = _failed(error)
    seconds = time.perf_counter() - began
    detail = {"kind": kind, "version": version, "sent": tried.request is not None, "status": tried.status}
    record_control([Fact("connector.tried", detail)], origin, clock.utc_now())
    return replace(tried, seconds=seconds)


def _tried(machine: Machine, input: Json, card: Card) -> Tried:
    asked = capability.shipped().get(machine.capability) or capability.undeclared(machine.capability)
    handoff = Handoff(
        asked, "try-out", card, machine.input_schema, machine.output_schema, actor_capability=machine.capability,
        purpose=asked.purpose, name="the try-out", canaries=tuple(getattr(machine, "canaries", ())),
    )  # fmt: skip
    checked = guardrails.before(handoff, input)
    if checked.outcome is not Outcome.PASS:
        return Tried(error=checked.sentence, verdicts=checked.verdicts)
    key = f"try-{uuid.uuid4()}"
    request = machine.shown(checked.value, key)  # type: ignore[attr-defined]
    try:
        with limited(Call("try-out", machine.capability, asked.limit)):
            answer = machine.run(checked.value, idempotency_key=key)
    except ActorError as error:
        return replace(_failed(error), request=request, verdicts=checked.verdicts)
    return _answered(
        request, answer, checked.verdicts, guardrails.after(handoff, checked.value, answer, checked.restore)
    )


def _answered(request: Json, answer: Answer, before: tuple[Verdict, ...], back: Any) -> Tried:
    verdicts = (*before, *back.verdicts)
    error = "" if back.outcome is Outcome.PASS else back.sentence
    output = None if back.outcome is Outcome.BLOCK else back.value
    return Tried(request, answer.detail.get("status"), output, error, verdicts=verdicts)


def _failed(error: ActorError) -> Tried:
    return Tried(status=getattr(error, "status", None), error=str(error), code=error.code, temporary=error.temporary)


def health_of(actor: Actor) -> str | None:
    """Why the version in use cannot be reached now; empty where it can; None where nothing says so for its kind."""
    version = actor.versions.filter(state=ActorVersion.State.IN_USE).first()
    return None if version is None else kinds.health(actor.kind, version.version, bytes(version.artefact))
