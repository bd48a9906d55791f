"""What may a person or a program enter into the registry of actors?

An actor, its card, its versions and the steps that they take: each is checked here, refused with a sentence for each
field, or kept by `orchestration.actors.registry`. Pages and API ask nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef

from audit.services import Origin
from orchestration.actors import golden, kinds, versions
from orchestration.actors.artefacts import artefact_fault
from orchestration.actors.card import card_faults, card_of
from orchestration.actors.contract import version_of
from orchestration.actors.registry import (
    CHANGEABLE,
    actor_change,
    actor_ensure,
    card_change,
    register_model_version,
    version_move,
)
from orchestration.ground.refusals import Refused
from orchestration.models import Actor, ActorCall, ActorVersion

KEY: Final = re.compile(r"[a-z][a-z0-9-]{0,49}")
CAPABILITY: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,99}")
LEAST_REASON: Final = 3
MOST_TEXT: Final = 200
MOST_METRICS: Final = 100
RESERVED: Final = frozenset(
    {"new", "capabilities", "stop", "stops", "ledger", "connectors", "hosts", "budgets", "workers", "incidents",
     "measures", "calibration", "calls", "tokens", "api", "golden", "prompts"}
)  # fmt: skip
"""Words that stand in addresses in an actor's place."""
HAS_WORKED: Final = Exists(ActorCall.objects.filter(actor=OuterRef("actor__key"), version=OuterRef("version")))
"""Of a version: whether it answered any job."""
INVALID: Final = "Please correct what is marked."


def known_kinds() -> tuple[str, ...]:
    """The kinds that an actor may be of: those that are run here, and those whose work is fetched."""
    return tuple(sorted({*kinds.KINDS, *kinds.FETCHED}))


def actor_register(
    *, key: str, name: str, kind: str, capability: str, by: Origin, artefact: bytes | None = None, note: str = "",
    metrics: Mapping[str, Any] | None = None, card: Mapping[str, Any] | None = None, **fields: Any,
) -> Actor | Refused:  # fmt: skip
    """Have one more actor, with its first version where a file or a kind that needs none is given."""
    errors = dict(_actor_errors(key, name, kind, capability))
    errors |= _field_errors(fields) | _card_errors(card or {}, metrics or {})
    if "kind" not in errors and artefact is not None and (fault := artefact_fault(kind, artefact)):
        errors["artefact"] = fault
    if errors:
        return Refused("invalid", INVALID, errors)
    with transaction.atomic():
        given = {"name": name.strip(), "kind": kind, "capability": capability, "card": dict(card or {}), **fields}
        made = actor_ensure(key, by=by, **given)
        if artefact is not None or kinds.is_fetched(kind):
            _keep(made, b"fetched by " + key.encode() if artefact is None else artefact, metrics or {}, note, by)
    return made


def version_register(
    *, actor: Actor, artefact: bytes, by: Origin, metrics: Mapping[str, Any] | None = None, note: str = ""
) -> ActorVersion | Refused:
    """One more version of an actor, by what it is made of; the same bytes twice are one."""
    errors = _card_errors({}, metrics or {})
    if fault := artefact_fault(actor.kind, artefact):
        errors["artefact"] = fault
    if len(note) > 500:
        errors["note"] = "At most 500 characters."
    return Refused("invalid", INVALID, errors) if errors else _keep(actor, artefact, metrics or {}, note, by)


def _keep(actor: Actor, artefact: bytes, metrics: Mapping[str, Any], note: str, by: Origin) -> ActorVersion:
    version = version_of(artefact)
    return register_model_version(actor.key, version, artefact, metrics, activate=False, origin=by, note=note)


def actor_edit(*, actor: Actor, card: Mapping[str, Any], by: Origin, reason: str, **fields: Any) -> bool | Refused:
    """Another card, and what else may be changed; whether anything was."""
    errors = _card_errors(card, {}) | _field_errors(fields)
    if len(reason.strip()) < LEAST_REASON or len(reason) > 500:
        errors["reason"] = "Say in 3 to 500 characters why: it is kept with the change."
    if "name" in fields and not str(fields["name"]).strip():
        errors["name"] = "Give it a name."
    if errors:
        return Refused("invalid", INVALID, errors)
    with transaction.atomic():
        changed = actor_change(actor.key, fields, by, reason.strip())
        return card_change(actor.key, card, by, reason.strip()) or changed


def version_step(*, row: ActorVersion, to: str, by: Origin, share: int = 0, reason: str = "") -> ActorVersion | Refused:
    """Take a version a step on or back, where its state and its card allow that to whom asks."""
    with transaction.atomic():
        Actor.objects.select_for_update().get(pk=row.actor_id)
        row = ActorVersion.objects.select_related("actor").defer("artefact").get(pk=row.pk)
        refusal = versions.refusal(standing(row), to, by.actor, share)
        if refusal:
            return Refused("step", refusal)
        why, said = reason.strip()[:500], golden.said_of(row)
        if golden.is_asked(standing(row), to) and (against := golden.refusal(said, why)):
            return Refused(golden.CODE, against)
        version_move(row, to, by, share=share, reason=why, golden=said.told())
    return row


def standing(row: ActorVersion) -> versions.Standing:
    """A version as the rules look at it."""
    return standings(row.actor)[row.pk]


def standings(actor: Actor) -> dict[int, versions.Standing]:
    """Each version of an actor as the rules look at it, by its number: one statement for all."""
    kept = ActorVersion.objects.filter(actor=actor).annotate(worked=HAS_WORKED)
    rows = list(kept.values_list("pk", "state", "registered_by", "worked"))
    four_eyes, two = card_of(actor.card).four_eyes, bool(settings.SECOND_PERSON)
    return {
        pk: versions.Standing(
            state, registered_by, worked, frozenset(other for key, other, *_ in rows if key != pk), four_eyes,
            actor.name, two,
        )
        for pk, state, registered_by, worked in rows
    }  # fmt: skip


def _actor_errors(key: str, name: str, kind: str, capability: str) -> dict[str, str]:
    errors = {}
    if not KEY.fullmatch(key):
        errors["key"] = "A key is of small letters, digits and hyphens, begins with a letter and has at most 50."
    elif key in RESERVED:
        errors["key"] = "This word stands in addresses of pages; choose another."
    elif Actor.objects.filter(key=key).exists():
        errors["key"] = "There is an actor with this key already."
    if not name.strip() or len(name) > MOST_TEXT:
        errors["name"] = f"Give it a name of at most {MOST_TEXT} characters."
    if kind not in known_kinds():
        errors["kind"] = f"One of: {', '.join(known_kinds())}."
    if not CAPABILITY.fullmatch(capability):
        errors["capability"] = "A capability is of letters, digits, hyphens, dots and underscores."
    elif (only := kinds.ONLY.get(kind, capability)) != capability:
        errors["capability"] = f"Actors of this kind can do {only!r} only."
    return errors


def _field_errors(fields: Mapping[str, Any]) -> dict[str, str]:
    if strange := fields.keys() - set(CHANGEABLE):
        raise TypeError(f"{', '.join(sorted(strange))}: an actor has no such field that can be changed")
    long = {name for name, value in fields.items() if isinstance(value, str) and len(value) > MOST_TEXT}
    errors = dict.fromkeys(long, f"At most {MOST_TEXT} characters.")
    if not -1000 <= fields.get("rank", 0) <= 1000:
        errors["rank"] = "A whole number from -1000 to 1000."
    return errors


def _card_errors(card: Mapping[str, Any], metrics: Mapping[str, Any]) -> dict[str, str]:
    """For each place of the card that does not fit, why; and for the metrics as a whole."""
    errors: dict[str, str] = {}
    for fault in card_faults(card):
        place, _, told = fault.partition(": ")
        errors.setdefault(place.replace("/", "."), told)
    if len(metrics) > MOST_METRICS:
        errors["metrics"] = f"At most {MOST_METRICS} figures."
    return errors
