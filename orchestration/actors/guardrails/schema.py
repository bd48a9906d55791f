"""Does it have the shape that the contract and the actor say?

The guardrail `schema` (JSON Schema draft 2020-12), on both sides; it always stands. What goes in and what comes out
fits the capability's schema and the actor's own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

import orjson
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, ValidationError

from orchestration.actors.guardrails.guardrail import (
    AFTER,
    BEFORE,
    PASSED,
    THEN,
    Crossing,
    Guardrail,
    Parameters,
    Said,
    blocked,
    harder_or_same,
    object_schema,
)
from orchestration.actors.guardrails.places import below
from orchestration.actors.handoff import Outcome
from orchestration.ground import schemas

Json = Any
MOST_TOLD: Final = 3


def normal(given: Json) -> Parameters:
    return {"then": "block"} if given is None else given


def check(crossing: Crossing, parameters: Parameters) -> Said:
    for schema, whose in _schemas(crossing):
        said = _fits(crossing, schema, whose, Outcome(parameters["then"]))
        if said is not PASSED:
            return said
    return PASSED


def _schemas(crossing: Crossing) -> list[tuple[Mapping[str, Json], str]]:
    side = crossing.handoff
    if crossing.stage == BEFORE:
        own, contract = side.input_schema, side.capability.input
    else:
        own, contract = side.output_schema, side.capability.output
    found = [(own, "The actor's own schema of its")]
    return found if not contract else [*found, (contract, "The capability's schema of its")]


def _fits(crossing: Crossing, schema: Mapping[str, Json], whose: str, then: Outcome) -> Said:
    what = crossing.what
    try:
        errors = schemas.errors(_validator(_named(schema)), crossing.value)
    except (SchemaError, TypeError, ValueError, RecursionError):
        return blocked(f"{whose} {what} is not valid.")
    if not errors:
        return PASSED
    told = "; ".join(sorted({_told(crossing, error) for error in errors})[:MOST_TOLD])
    places = crossing.places(*(_place(error) for error in errors[:MOST_TOLD]))
    return Said(then, f"The {what} does not fit its schema: {told}.", places)


def _named(schema: Mapping[str, Json]) -> bytes | str:
    """A schema as what its validator is kept by."""
    try:
        return orjson.dumps(schema)
    except TypeError:  # a number that has more than 64 bits
        return json.dumps(schema)


@lru_cache(maxsize=256)
def _validator(schema: bytes | str) -> Draft202012Validator:
    document = json.loads(schema)
    Draft202012Validator.check_schema(document)
    return schemas.SchemaValidator(document)


def _place(error: ValidationError) -> str:
    place = ""
    for part in error.absolute_path:
        place = below(place, part)
    return place


def _told(crossing: Crossing, error: ValidationError) -> str:
    """Where and which rule was broken; jsonschema's own message would quote the data."""
    limit: Any = error.validator_value
    detail = f" {limit}" if isinstance(limit, str | int | float) and not isinstance(limit, bool) else ""
    if error.validator == "required":
        present: Any = error.instance
        missing = [name for name in limit if name not in present]
        detail = f" {', '.join(missing)}"
    return f"{error.validator}{detail} at {crossing.shown(_place(error))}"


def _of(stage: str, what: str) -> Guardrail:
    return Guardrail(
        "schema",
        stage,
        f"The {what} fits the capability's schema and the actor's own.",
        check,
        {"anyOf": [{"type": "null"}, object_schema("then", then=THEN)]},
        normal,
        harder_or_same,
        stands=True,
    )


GOING: Final = _of(BEFORE, "input")
COMING: Final = _of(AFTER, "output")
