"""May this actor be asked for this purpose, and see what the work cannot do without?

The guardrail `authority`; it always stands. An actor whose card names purposes is used for these only. A field that the
contract requires and that is above the actor's clearance is not masked: the job is refused before the call.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from orchestration.actors.card import LEVELS
from orchestration.actors.guardrails import pseudonyms, sight
from orchestration.actors.guardrails.guardrail import (
    BEFORE,
    PASSED,
    Crossing,
    Guardrail,
    Parameters,
    Said,
    first_of,
    harder_or_same,
    object_schema,
)
from orchestration.actors.guardrails.places import below
from orchestration.actors.handoff import Outcome
from orchestration.privacy.classification import Node, rank
from orchestration.privacy.stand_ins import WORDS
from orchestration.privacy.texts import NO_SECRETS, Secrets

Json = Any


def normal(given: Json) -> Parameters:
    found = given or {}
    return {"then": found.get("then", "block"), "at-least": found.get("at-least", LEVELS[0])}


def loosened(parent: Parameters, child: Parameters) -> str:
    lower = rank(child["at-least"]) < rank(parent["at-least"])
    return first_of(
        harder_or_same(parent, child),
        f"at-least went from {parent['at-least']} to {child['at-least']}" if lower else "",
    )


def check(crossing: Crossing, parameters: Parameters) -> Said:
    handoff, then = crossing.handoff, Outcome(parameters["then"])
    card = handoff.card
    if handoff.actor_capability and handoff.actor_capability != handoff.capability.key:
        return PASSED  # `capability` has said so
    if card.purposes and handoff.purpose not in card.purposes:
        wanted = handoff.purpose or "work that names no purpose"
        return Said(then, f"{handoff.actor} may not be used for this purpose: {wanted}.")
    if rank(card.clearance) < rank(parameters["at-least"]):
        return Said(then, f"{handoff.actor} is cleared for {card.clearance}; {parameters['at-least']} is needed.")
    places = crossing.places(*_refused(crossing))
    if not places:
        return PASSED
    told = ", ".join(crossing.shown(place) for place in places)
    return Said(then, f"{handoff.actor} may not see what this work needs, at {told}.", places)


def _refused(crossing: Crossing) -> Iterator[str]:
    """The places that the contract requires and that the actor may not see, where no pseudonym can stand for them."""
    handoff = crossing.handoff
    actor, classification = sight.looking(handoff), sight.input_classification(handoff)
    known = sight.hidden_from(handoff.case, actor)
    if known is NO_SECRETS and (classification is None or actor.sees_all(classification)):
        return
    root = classification.root if classification else None
    for place, node, value in _required(handoff.capability.input or handoff.input_schema, root, crossing.value, ""):
        by_contract = node is not None and not actor.is_cleared(node.rule) and node.rule.mask != "text"
        named = handoff.card.leaves and (node is None or pseudonyms.kind_at(node, value) in WORDS)
        if (by_contract or is_wholly_hidden(value, known)) and not named:
            yield place


def is_wholly_hidden(value: Json, known: Secrets) -> bool:
    """Whether all of a text is one hidden value, so that a mask would leave nothing of it."""
    if not isinstance(value, str):
        return False
    return any(find.start == 0 and find.end == len(value) for find in known.finds(value))


def _required(schema: Json, node: Node | None, value: Json, place: str) -> Iterator[tuple[str, Node | None, Json]]:
    """The required fields that are there and hold no others, with what the contract says of each."""
    if not isinstance(schema, Mapping) or not isinstance(value, dict):
        return
    for name in schema.get("required", ()):
        if value.get(name) in (None, ""):
            continue
        at, inner = below(place, name), None if node is None else node.child(name)
        if isinstance(value[name], dict) and not (inner is not None and inner.is_opaque):
            yield from _required(schema.get("properties", {}).get(name), inner, value[name], at)
        else:
            yield at, inner, value[name]


GUARDRAIL: Final = Guardrail(
    "authority",
    BEFORE,
    "The actor may be used for this purpose, and is cleared for every field that the work requires.",
    check,
    {
        "anyOf": [
            {"type": "null"},
            object_schema(then={"enum": ["person", "block"]}, at_least={"enum": list(LEVELS)}),
        ]
    },
    normal,
    loosened,
    stands=True,
)
