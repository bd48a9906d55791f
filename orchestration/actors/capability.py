"""What does a task ask for, when it asks for a capability?

A capability is a contract in an open file: what goes in and comes out (JSON Schema, each field with its
classification), which guardrails stand before and after, what happens when it fails, how long it may take, and whether
a person may do it by hand. Shipped ones stand in `capabilities/` here, a case type brings its own
(`NAME.capability.yaml` in its folder), versioned with it. A case type may tighten a shipped one, never loosen it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from orchestration.engine.timers import BadTimer, later
from orchestration.jobs.retry import JOBS, RetryPolicy

Json = Any

SUFFIX: Final = ".capability.yaml"
SHIPPED: Final = Path(__file__).parent / "capabilities"
FORM: Final = "capability:"
"""Before the key of a capability: the form of the human task by which a person does it in a machine's place."""
LIMIT: Final = timedelta(minutes=5)
EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)

_DURATION: Final = {"type": "string", "pattern": "^P"}
_GUARDS: Final = {
    "type": "array",
    "maxItems": 50,
    "items": {
        "anyOf": [
            {"type": "string", "maxLength": 50},
            {"type": "object", "minProperties": 1, "maxProperties": 1},
        ]
    },
}
SHAPE: Final[dict[str, Json]] = {
    "type": "object",
    "required": ["key", "title"],
    "additionalProperties": False,
    "properties": {
        "key": {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_.-]{0,99}$"},
        "extends": {"type": "string", "minLength": 1, "maxLength": 100},
        "title": {"type": "string", "minLength": 1, "maxLength": 200},
        "purpose": {"type": "string", "maxLength": 200},
        "input": {"type": "object"},
        "output": {"type": "object"},
        "guardrails": {
            "type": "object",
            "additionalProperties": False,
            "properties": {"before": _GUARDS, "after": _GUARDS},
        },
        "evaluators": _GUARDS,
        "fails": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "retry": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {
                        "times": {"type": "integer", "minimum": 0, "maximum": 50},
                        "first": _DURATION,
                        "factor": {"type": "integer", "minimum": 1, "maximum": 20},
                        "jitter": {"type": "number", "minimum": 0, "maximum": 1},
                        "longest": _DURATION,
                    },
                },
                "then": {"enum": ["incident", "person", "skip"]},
                "moves": {"type": "boolean"},
            },
        },
        "limit": _DURATION,
        "by-hand": {"type": "boolean"},
        "skip": {"type": "boolean"},
    },
}


@dataclass(frozen=True, slots=True)
class Guard:
    """One guardrail or evaluator that a capability asks for, with its parameters as they stand in the file."""

    name: str
    parameters: Json = None


@dataclass(frozen=True, slots=True)
class Capability:
    """`input`, `output`: None where the contract leaves them to the actor. `times`: how often a temporary failure is
    tried again. `then`: what a lasting one becomes (`skip`: the case
    goes on without it). `moves`: another actor may try at once what one could not answer,
    for nothing happens twice by that. `limit`: of one attempt. `guards` before and after, in their order.
    """

    key: str
    title: str
    purpose: str = ""
    input: Mapping[str, Json] | None = None
    output: Mapping[str, Json] | None = None
    before: tuple[Guard, ...] = ()
    after: tuple[Guard, ...] = ()
    evaluators: tuple[Guard, ...] = ()
    retry: RetryPolicy = JOBS
    times: int | None = None
    then: str = "incident"
    moves: bool = False
    limit: timedelta = LIMIT
    by_hand: bool = True
    skip: bool = True
    declared: bool = True
    document: Mapping[str, Json] = field(default_factory=dict, compare=False)

    @property
    def form(self) -> str:
        """The form of the task by which a person does it."""
        return FORM + self.key


def undeclared(key: str) -> Capability:
    """A capability that no file declares: what actors say of themselves is the contract."""
    return Capability(key, key, declared=False)


def capability_of(document: Mapping[str, Json]) -> Capability:
    """A capability whose file was found to be sound. Raises ValueError for a duration that is none."""
    guards, fails = document.get("guardrails", {}), document.get("fails", {})
    given = fails.get("retry", {})
    return Capability(
        key=document["key"],
        title=document["title"],
        purpose=document.get("purpose", ""),
        input=document.get("input"),
        output=document.get("output"),
        before=_guards(guards.get("before", ())),
        after=_guards(guards.get("after", ())),
        evaluators=_guards(document.get("evaluators", ())),
        retry=_retry(given),
        times=given.get("times"),
        then=fails.get("then", "incident"),
        moves=fails.get("moves", False),
        limit=_duration(document.get("limit"), LIMIT),
        by_hand=document.get("by-hand", True),
        skip=document.get("skip", True),
        document=document,
    )


def _guards(given: Json) -> tuple[Guard, ...]:
    return tuple(Guard(one) if isinstance(one, str) else Guard(*next(iter(one.items()))) for one in given)


def _retry(given: Mapping[str, Json]) -> RetryPolicy:
    return RetryPolicy(
        _duration(given.get("first"), JOBS.first),
        given.get("factor", JOBS.factor),
        _duration(given.get("longest"), JOBS.longest),
        given.get("jitter", JOBS.jitter),
    )


def _duration(text: str | None, otherwise: timedelta) -> timedelta:
    if text is None:
        return otherwise
    try:
        return later(EPOCH, text) - EPOCH
    except BadTimer as error:
        raise ValueError(str(error)) from None


@cache
def shipped() -> Mapping[str, Capability]:
    """The capabilities that come with the product, by key."""
    found = (capability_of(yaml.safe_load(path.read_text("utf-8"))) for path in sorted(SHIPPED.glob("*" + SUFFIX)))
    return {one.key: one for one in found}
