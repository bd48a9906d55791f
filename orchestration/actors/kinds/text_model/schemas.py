"""What do the kinds of actors take and give, in JSON Schema (draft 2020-12)?

Said apart from what runs them, so that a page can show it without loading a model.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from orchestration.actors.contract import TEXT_INPUT, ActorError
from orchestration.actors.kinds.score.actor import score_schemas

Schema = dict[str, Any]

ALTERNATIVES = 3
TONES = ("negative", "neutral", "positive")

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_PROBABILITY = {"type": "number", "minimum": 0, "maximum": 1}

TONE: Schema = {
    "$schema": _DRAFT,
    "type": "object",
    "required": ["label", "confidence", "score"],
    "additionalProperties": False,
    "properties": {
        "label": {"type": "string", "enum": list(TONES)},
        "confidence": _PROBABILITY,
        "score": {"type": "number", "minimum": -1, "maximum": 1},
    },
}


def guesses(labels: Iterable[str]) -> Schema:
    """What a classifier of these labels gives: its guess, how sure it is, and the next best."""
    guess = {"label": {"type": "string", "enum": sorted(labels)}, "confidence": _PROBABILITY}
    return {
        "$schema": _DRAFT,
        "type": "object",
        "required": ["label", "confidence", "alternatives"],
        "additionalProperties": False,
        "properties": {
            **guess,
            "alternatives": {
                "type": "array",
                "maxItems": ALTERNATIVES,
                "items": {
                    "type": "object",
                    "required": ["label", "confidence"],
                    "additionalProperties": False,
                    "properties": guess,
                },
            },
        },
    }


@dataclass(frozen=True, slots=True)
class Schemas:
    """What goes in, and what comes out."""

    input: Schema
    output: Schema


def schemas(kind: str, artefact: bytes | None) -> Schemas | None:
    """The schemas of an actor with this model; None where the kind is not known or the model cannot be read."""
    if kind == "sentiment":
        return Schemas(TEXT_INPUT, TONE)
    if kind == "score":
        return _of_score(artefact)
    try:
        labels = json.loads(artefact or b"")["labels"] if kind in ("intent", "case-kind") else None
    except (ValueError, KeyError, TypeError):
        return None
    return None if labels is None else Schemas(TEXT_INPUT, guesses(map(str, labels)))


def _of_score(artefact: bytes | None) -> Schemas | None:
    try:
        return Schemas(*score_schemas(artefact))
    except ActorError:
        return None


def model_fault(kind: str, content: bytes) -> str:
    """Why this file is no trained model of this kind, in a sentence; "" where it looks like one."""
    try:
        found = json.loads(content)
    except ValueError:
        found = None
    if not isinstance(found, dict) or not isinstance(found.get("labels"), list):
        return "This is no trained text model: that is a JSON file with labels and weights, as any version offers it."
    if found.get("kind") != kind:
        return f"This is a model for {found.get('kind')}, not for {kind}."
    return ""
