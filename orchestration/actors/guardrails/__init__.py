"""What stands between a case and an actor, on the way there and on the way back?

`before` and `after` ask the guardrails that always stand, then those that the capability asks for, and give what may
cross with all verdicts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from orchestration.actors.contract import Answer
from orchestration.actors.guardrails import standing
from orchestration.actors.handoff import Checked, Handoff, Outcome, Verdict

__all__ = ["after", "before"]

Json = Any
BEFORE = ("capability", "size", "schema", "leak")
AFTER = ("missing", "size", "schema", "leak", "confidence")


@dataclass(frozen=True, slots=True)
class _Side:
    """The actor of a handoff as the standing guardrails know it."""

    key: str
    capability: str
    input_schema: Mapping[str, Json]
    output_schema: Mapping[str, Json]
    version: str = ""


def before(handoff: Handoff, given: Json) -> Checked:
    """What may go to the actor."""
    said = standing.before(_side(handoff), given, _scope(handoff))
    return Checked(given, _verdicts("before", BEFORE, said))


def after(handoff: Handoff, given: Json, answer: Any, restore: Mapping[str, str]) -> Checked:
    """What of the answer may go on into the case; its value is the output."""
    said = standing.after(_side(handoff), answer, _scope(handoff))
    output = answer.output if isinstance(answer, Answer) else None
    return Checked(output, _verdicts("after", AFTER, said))


def _side(handoff: Handoff) -> Any:
    return _Side(handoff.actor, handoff.actor_capability, handoff.input_schema, handoff.output_schema)


def _scope(handoff: Handoff) -> standing.Scope:
    return standing.Scope(handoff.capability.key, personal_data=handoff.card.personal_data)


def _verdicts(stage: str, names: tuple[str, ...], said: standing.Verdict) -> tuple[Verdict, ...]:
    """One for each that was asked: what comes after the one that said no was not asked."""
    if said:
        return tuple(Verdict(name, stage) for name in names)
    asked = names[: names.index(said.rule)] if said.rule in names else ()
    return (*(Verdict(name, stage) for name in asked), Verdict(said.rule, stage, Outcome.BLOCK, said.reason))
