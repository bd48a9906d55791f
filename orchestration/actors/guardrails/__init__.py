"""What stands between a case and an actor, on the way there and on the way back?

`before` and `after` ask the guardrails that always stand and those that the capability declares, in a fixed order, and
give what may cross (cut, masked, with pseudonyms) with the verdict of each. One that blocks ends the asking. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from orchestration.actors.contract import Answer
from orchestration.actors.guardrails.guardrail import AFTER, BEFORE, SAME, Crossing, Said
from orchestration.actors.guardrails.pseudonyms import restored
from orchestration.actors.guardrails.registry import Asked, asked_by
from orchestration.actors.handoff import Checked, Handoff, Outcome, Verdict

__all__ = ["after", "before", "by_person"]

Json = Any
PUT_BACK: str = "schema"
"""On the way back pseudonyms stand for what they mean from this guardrail on."""
OF_PEOPLE = frozenset({"size", "schema", "consistent", "limit", "empty"})
"""The guardrails that a person's answer passes, too."""


def before(handoff: Handoff, given: Json) -> Checked:
    """What may go to the actor."""
    crossing, verdicts = _asked(Crossing(handoff, BEFORE, given), asked_by(handoff.capability, BEFORE))
    return Checked(crossing.value, verdicts, crossing.restore)


def after(handoff: Handoff, given: Json, answer: Any, restore: Mapping[str, str]) -> Checked:
    """What of the answer may go on into the case; its value is the output. `given`: what the actor got."""
    found = answer if isinstance(answer, Answer) else None
    output = None if found is None else found.output
    crossing = Crossing(handoff, AFTER, output, given, found, restore)
    crossing, verdicts = _asked(crossing, asked_by(handoff.capability, AFTER))
    return Checked(crossing.value, verdicts)


def by_person(handoff: Handoff, given: Json, result: Json) -> Checked:
    """What a person gives in the actor's place: asked is whether it fits, not how they know it or how sure they are."""
    crossing = Crossing(handoff, AFTER, result, given, Answer(result, None), {})
    guards = tuple(one for one in asked_by(handoff.capability, AFTER) if one[0].name in OF_PEOPLE)
    crossing, verdicts = _asked(crossing, guards)
    return Checked(crossing.value, verdicts)


def _asked(crossing: Crossing, guards: tuple[Asked, ...]) -> tuple[Crossing, tuple[Verdict, ...]]:
    """What is left to cross after each guardrail, and what they said."""
    verdicts: list[Verdict] = []
    for guardrail, parameters in guards:
        if crossing.stage == AFTER and guardrail.name == PUT_BACK:
            crossing = replace(crossing, value=restored(crossing.value, crossing.restore))
        said = guardrail.check(crossing, parameters)
        verdicts.append(_verdict(said, guardrail.name, crossing.stage))
        if said.outcome is Outcome.BLOCK:
            break
        crossing = _changed(crossing, said)
    return crossing, tuple(verdicts)


def _verdict(said: Said, name: str, stage: str) -> Verdict:
    return Verdict(said.rule or name, stage, said.outcome, said.sentence, said.places, said.again)


def _changed(crossing: Crossing, said: Said) -> Crossing:
    if said.value is SAME and not said.restore:
        return crossing
    value = crossing.value if said.value is SAME else said.value
    return replace(crossing, value=value, restore={**crossing.restore, **said.restore})
