"""How probable is it, in which band does that lie, why, and what would have changed it?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from orchestration.actors.contract import Answer
from orchestration.actors.kinds.score.changes import changes
from orchestration.actors.kinds.score.model import Additive, chance, decode
from orchestration.actors.kinds.score.schema import json_schema

Json = Any
_PROBABILITY: Final = {"type": "number", "minimum": 0, "maximum": 1}


def output_schema(model: Additive) -> dict[str, Json]:
    """What comes out, in JSON Schema."""
    text: Json = {"type": "string"}
    reason = {"input": text, "title": text, "effect": {"type": "number"}}
    change = {"input": text, "title": text, "to": {"type": ["string", "number"]}, "band": text}
    return {
        "type": "object",
        "required": ["probability", "band", "base", "reasons", "changes", "unusual"],
        "additionalProperties": False,
        "properties": {
            "probability": _PROBABILITY,
            "band": {"type": "string", "enum": [band.name for band in model.bands]},
            "base": {"type": "number"},
            "reasons": {"type": "array", "items": _closed(reason)},
            "changes": {"type": "array", "items": _closed(change)},
            "unusual": {"type": "array", "items": text},
        },
    }


def score_schemas(artefact: bytes | None) -> tuple[dict[str, Json], dict[str, Json]]:
    """What goes in and comes out of a model. Raises ActorError where the bytes are none."""
    model = decode(artefact)
    return json_schema(tuple(term.input for term in model.terms)), output_schema(model)


def _closed(properties: dict[str, Json]) -> dict[str, Json]:
    return {"type": "object", "required": list(properties), "additionalProperties": False, "properties": properties}


class ScoreActor:
    """Scores what it is given. It says no confidence: the probability is the answer, and it is calibrated."""

    def __init__(self, key: str, version: str, artefact: bytes | None) -> None:
        self.key = key
        self.version = version
        self._model = decode(artefact)
        self.capability = self._model.name
        self.input_schema, self.output_schema = score_schemas(artefact)

    def run(self, input: dict[str, Any], *, idempotency_key: str) -> Answer:
        """Score a mapping of inputs. Pure, so that a repeated key needs no care."""
        return Answer(scored(self._model, input), None)


def scored(model: Additive, row: Mapping[str, Json]) -> dict[str, Json]:
    """The answer. `base` and all effects add up to the log-odds; an effect above 0 makes it more probable."""
    effects = model.effects(row)
    probability = chance(model.base + sum(effect for _, effect in effects))
    found = changes(model, row)
    return {
        "probability": round(probability, 4), "band": model.band(probability).name, "base": model.base,
        "reasons": [
            {"input": term.input.name, "title": term.input.title, "effect": effect}
            for term, effect in effects if effect
        ],
        "changes": [{"input": one.input, "title": one.title, "to": one.to, "band": one.band} for one in found],
        "unusual": [term.input.name for term in model.terms if term.is_unusual(row.get(term.input.name))],
    }  # fmt: skip
