"""What of the input is hidden from the actor, and goes in masked or not at all?

The guardrail `masking`; it always stands. A value above the actor's clearance (`most` of the capability, where that is
lower) is masked as it is for people with that clearance; where a mask would not fit, an optional field is left out.
Whether a required one may be hidden is for `authority`, which comes first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from orchestration.actors.card import LEVELS
from orchestration.actors.guardrails import sight
from orchestration.actors.guardrails.guardrail import (
    BEFORE,
    PASSED,
    Crossing,
    Guardrail,
    Parameters,
    Said,
    all_of,
    first_of,
    object_schema,
)
from orchestration.actors.guardrails.places import MOST_PLACES, below, texts
from orchestration.ground.counts import counted
from orchestration.privacy.classification import Node, rank
from orchestration.privacy.masking import mask
from orchestration.privacy.principal import Principal

Json = Any


def normal(given: Json) -> Parameters:
    found = {"most": given} if isinstance(given, str) else given or {}
    return {"most": found.get("most", sight.HIGHEST), "leave-out": found.get("leave-out", [])}


def loosened(parent: Parameters, child: Parameters) -> str:
    higher = rank(child["most"]) > rank(parent["most"])
    return first_of(
        f"most went from {parent['most']} to {child['most']}" if higher else "",
        all_of(parent, child, "leave-out"),
    )


def check(crossing: Crossing, parameters: Parameters) -> Said:
    actor = sight.looking(crossing.handoff, parameters["most"])
    value = _without(crossing.value, frozenset(parameters["leave-out"]), "")
    value = _by_contract(crossing, value, actor)
    view = crossing.handoff.case.seen_by(actor)
    value = value if view is None else view.payload(value)
    value = _with_pseudonyms(crossing.value, value, crossing.restore)
    if value == crossing.value:
        return PASSED
    places = crossing.places(*differing(crossing.value, value))
    told = f"{counted(len(places), 'place is', 'places are')} masked for this actor."
    return Said(sentence=told, places=places[:MOST_PLACES], value=value)


def _with_pseudonyms(was: Json, now: Json, restore: Mapping[str, str]) -> Json:
    """What is a pseudonym and nothing else needs no mask: it tells nothing, and the answer may need it."""
    if not restore or was == now:
        return now
    if isinstance(was, dict) and isinstance(now, dict):
        return {key: _with_pseudonyms(was[key], item, restore) if key in was else item for key, item in now.items()}
    if isinstance(was, list) and isinstance(now, list) and len(was) == len(now):
        return [_with_pseudonyms(one, other, restore) for one, other in zip(was, now, strict=True)]
    return was if isinstance(was, str) and was in restore else now


def _by_contract(crossing: Crossing, value: Json, actor: Principal) -> Json:
    classification = sight.input_classification(crossing.handoff)
    if classification is None or actor.sees_all(classification):
        return value
    fitting = _fitting(value, classification.root, actor)
    named = frozenset(place for place, text in texts(fitting) if text in crossing.restore)
    return mask(fitting, classification, replace(actor, revealed=named)).data


def _fitting(value: Json, node: Node | None, actor: Principal) -> Json:
    """The value without hidden fields that are no text, where a mask would only be in the way."""
    if node is None or node.is_opaque or not isinstance(value, dict):
        return value
    inside = ((key, node.child(key), item) for key, item in value.items())
    return {key: _fitting(item, at, actor) for key, at, item in inside if not _is_dropped(item, at, actor)}


def _is_dropped(value: Json, node: Node | None, actor: Principal) -> bool:
    leaf = node is None or node.is_opaque
    hidden = node is None or not actor.is_cleared(node.rule)
    return leaf and hidden and value is not None and not isinstance(value, str)


def _without(value: Json, places: frozenset[str], place: str) -> Json:
    if not places or not isinstance(value, dict):
        return value
    inside = ((key, below(place, key), item) for key, item in value.items())
    return {key: _without(item, places, at) for key, at, item in inside if at not in places}


def differing(one: Json, other: Json, place: str = "") -> list[str]:
    """The places at which two values are not the same."""
    if isinstance(one, dict) and isinstance(other, dict):
        keys = [key for key in one if key in other]
        gone = [below(place, key) for key in one if key not in other]
        return [*gone, *(found for key in keys for found in differing(one[key], other[key], below(place, key)))]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = enumerate(zip(one, other, strict=True))
        return [found for at, (left, right) in pairs for found in differing(left, right, below(place, at))]
    return [] if one == other else [place]


GUARDRAIL: Final = Guardrail(
    "masking",
    BEFORE,
    "What the actor may not see goes in masked, or not at all.",
    check,
    {
        "anyOf": [
            {"type": "null"},
            {"enum": list(LEVELS)},
            object_schema(
                most={"enum": list(LEVELS)}, leave_out={"type": "array", "items": {"type": "string", "pattern": "^/"}}
            ),
        ]
    },
    normal,
    loosened,
    stands=True,
)
