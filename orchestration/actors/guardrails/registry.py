"""Which guardrails are there, in which order are they asked, and which do a capability's declarations come to?

A new guardrail is a file and a line here. The order is fixed, whatever the order in a file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

import orjson
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from orchestration.actors.capability import Capability, Guard
from orchestration.actors.guardrails import (
    authority,
    budget,
    capability,
    confidence,
    consistent,
    empty,
    injection,
    leak,
    limit,
    masking,
    pseudonyms,
    rate,
    schema,
    size,
)
from orchestration.actors.guardrails.guardrail import AFTER, BEFORE, Guardrail, Parameters, blocked

Json = Any
GUARDRAILS: Final[Mapping[str, tuple[Guardrail, ...]]] = {
    BEFORE: (
        capability.GUARDRAIL, size.GOING, authority.GUARDRAIL, pseudonyms.GUARDRAIL, masking.GUARDRAIL, schema.GOING,
        leak.GOING, budget.GUARDRAIL, rate.GUARDRAIL, injection.GUARDRAIL,
    ),
    AFTER: (
        capability.MISSING, size.COMING, leak.COMING, schema.COMING, confidence.GUARDRAIL, consistent.GUARDRAIL,
        limit.GUARDRAIL, empty.GUARDRAIL,
    ),
}  # fmt: skip
Asked = tuple[Guardrail, Parameters]


def named(stage: str, name: str) -> Guardrail | None:
    return next((one for one in GUARDRAILS[stage] if one.name == name), None)


def asked(stage: str, declared: Iterable[Guard]) -> tuple[Asked, ...]:
    """What is asked at a crossing: what is declared, and what always stands, in the fixed order.

    What this release does not know, or not with these parameters, lets nothing pass.
    """
    return _asked(stage, orjson.dumps([(one.name, one.parameters) for one in declared]))


@lru_cache(maxsize=1024)
def _asked(stage: str, declared: bytes) -> tuple[Asked, ...]:
    """By what was declared, so that each handoff of a version need not read it again."""
    given = tuple(Guard(name, parameters) for name, parameters in orjson.loads(declared))
    strange = tuple(_refusing(stage, one) for one in given if read(stage, one) is None)
    return strange + tuple(found for guardrail in GUARDRAILS[stage] for found in _declared(guardrail, given))


def asked_by(found: Capability, stage: str) -> tuple[Asked, ...]:
    return asked(stage, found.before if stage == BEFORE else found.after)


def _declared(guardrail: Guardrail, declared: tuple[Guard, ...]) -> Iterator[Asked]:
    own = [one for one in declared if one.name == guardrail.name]
    for one in own:
        parameters = read(guardrail.stage, one)
        if parameters is not None:
            yield guardrail, parameters
    if not own and guardrail.stands:
        yield guardrail, guardrail.normal(guardrail.unasked)


def read(stage: str, declared: Guard) -> Parameters | None:
    """The parameters of a declaration, written out; None where it cannot be understood."""
    return _read(stage, declared.name, orjson.dumps(declared.parameters))


@lru_cache(maxsize=1024)
def _read(stage: str, name: str, parameters: bytes) -> Parameters | None:
    guardrail = named(stage, name)
    if guardrail is None or parameter_fault(guardrail, given := orjson.loads(parameters)):
        return None
    return guardrail.normal(given)


def parameter_fault(guardrail: Guardrail, given: Json) -> str:
    """What is wrong with the parameters of a declaration, as the end of a sentence; empty: nothing."""
    error = best_match(Draft202012Validator(guardrail.parameters).iter_errors(given))
    if error is not None:
        place = "/".join(map(str, error.absolute_path))
        return f"{place}: {error.message}" if place else error.message
    return next(iter(guardrail.faults(guardrail.normal(given))), "")


def _refusing(stage: str, declared: Guard) -> Asked:
    told = f"This release does not know the guardrail {declared.name!r} as it is declared here."
    return Guardrail(declared.name, stage, told, lambda _, __: blocked(told)), {}
