"""Which cases does a score learn from before an organisation has its own?

Made-up ones: drawn with a fixed seed from the recipe in the schema's file (`made-up`), which says how each input is
distributed and what it does. No row of anybody's data is in them; the same recipe gives the same rows everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import exp
from typing import Any, Final

import numpy as np
from jsonschema import Draft202012Validator

from orchestration.actors.kinds.files import shape_faults
from orchestration.actors.kinds.score.model import chance
from orchestration.actors.kinds.score.schema import BadSchema, Input, Schema
from orchestration.actors.kinds.score.table import Examples, Row

Json = Any
_NUMBERS: Final = {"type": "object", "additionalProperties": {"type": "number"}}
_INPUT: Final = {
    "type": "object", "additionalProperties": False,
    "properties": {
        "shares": _NUMBERS, "middle": {"type": "number"}, "spread": {"type": "number", "minimum": 0},
        "skewed": {"type": "boolean"}, "step": {"type": "number", "exclusiveMinimum": 0}, "effects": _NUMBERS,
        "slope": {"type": "number"}, "unknown": {"type": "number", "minimum": 0, "maximum": 1},
    },
}  # fmt: skip
RECIPE: Final = Draft202012Validator(
    {
        "type": "object",
        "required": ["rows", "seed", "base", "inputs"],
        "additionalProperties": False,
        "properties": {
            "rows": {"type": "integer", "minimum": 200, "maximum": 50_000},
            "seed": {"type": "integer"},
            "base": {"type": "number"},
            "inputs": {"type": "object", "additionalProperties": _INPUT},
        },
    }
)


def made_up(schema: Schema) -> Examples:
    """The rows of the recipe. Raises BadSchema."""
    recipe = schema.made_up
    faults = shape_faults(RECIPE, dict(recipe))
    faults += [f"made-up: it says nothing of {one.name}." for one in schema.inputs if not _said(recipe, one)]
    if faults:
        raise BadSchema(faults)
    random = np.random.default_rng(recipe["seed"])
    rows = [_row(schema, recipe, random) for _ in range(recipe["rows"])]
    return Examples(rows, [random.random() < chance(_odds(schema, recipe, row)) for row in rows], [])


def _said(recipe: Mapping[str, Json], one: Input) -> bool:
    return one.name in recipe.get("inputs", {})


def _row(schema: Schema, recipe: Mapping[str, Json], random: np.random.Generator) -> Row:
    return {one.name: _value(one, recipe["inputs"][one.name], random) for one in schema.inputs}


def _value(one: Input, how: Mapping[str, Json], random: np.random.Generator) -> float | str | None:
    if random.random() < how.get("unknown", 0):
        return None
    if one.choices:
        shares = np.array([how["shares"].get(choice, 0.0) for choice in one.choices])
        return str(random.choice(one.choices, p=shares / shares.sum()))
    drawn = random.normal() * how["spread"]
    value = how["middle"] * exp(drawn) if how.get("skewed") else how["middle"] + drawn
    step = how.get("step", 1)
    least = value if one.least is None else one.least
    return float(min(max(round(value / step) * step, least), value if one.most is None else one.most))


def _odds(schema: Schema, recipe: Mapping[str, Json], row: Row) -> float:
    """What the recipe makes of a row: a number adds `slope` for each spread that it is away from the middle."""
    found = float(recipe["base"])
    for one in schema.inputs:
        how, value = recipe["inputs"][one.name], row[one.name]
        if one.choices:
            found += how.get("effects", {}).get(value, 0.0)
        elif value is not None:
            found += how.get("slope", 0.0) * _away(how, float(value))
    return found


def _away(how: Mapping[str, Json], value: float) -> float:
    if how.get("skewed"):
        return float(np.log(max(value, 1e-9) / how["middle"]) / how["spread"])
    return float((value - how["middle"]) / how["spread"]) if how["spread"] else 0.0
