"""Is what a language model said an answer of the form that it has to have?

Pure. What is wrong is told twice: to the model with all that helps to mend it, to people without a word of the data.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from jsonschema import Draft202012Validator

from orchestration.actors.kinds.language_model.port import Said

Json = Any

FENCE: Final = re.compile(r"\A\s*```[a-z]*\s*\n(.*?)\n?\s*```\s*\Z", re.DOTALL | re.IGNORECASE)
MOST_TOLD: Final = 5
LONGEST: Final = 300


@dataclass(frozen=True, slots=True)
class Fault:
    """`to_model`: what it is asked to mend. `to_people`: the same without data."""

    to_model: str
    to_people: str


def read(said: Said, schema: Mapping[str, Json]) -> dict[str, Json] | Fault:
    """The answer, or what is wrong with it."""
    if said.ended == "cut":
        told = "It was cut off at the most tokens that it may have."
        return Fault(told + " Answer again, much shorter.", told)
    if said.ended == "tool":
        told = "It called a tool that is not there."
        return Fault(told + " There are no tools: answer with the JSON object.", told)
    value = said.value if said.value is not None else _json(said.text)
    if not isinstance(value, dict):
        told = "It is no JSON object." if said.text.strip() else "It is empty."
        return Fault(told, told)
    errors = list(Draft202012Validator(schema).iter_errors(value))[:MOST_TOLD]
    if not errors:
        return value
    rule = "/".join(map(str, errors[0].absolute_schema_path))[:LONGEST]
    wrong = [f"{'/'.join(map(str, one.absolute_path)) or 'the object'}: {one.message[:LONGEST]}" for one in errors]
    return Fault("It does not fit the schema: " + "; ".join(wrong) + ".", f"It does not fit its schema at {rule}.")


def _json(text: str) -> Json:
    found = FENCE.match(text)
    try:
        return json.loads(found[1] if found else text, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return None


def _no_number(text: str) -> Json:
    raise ValueError(text)
