"""How does a language model think for an agent?

By the same client, hosts, secrets, repairs and counting as any language model's (`kinds.language_model`). All that it
is told of the case, of tools and of their names is data in its prompt, never part of its instructions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

import orjson

from orchestration.actors.kinds.agent.file import Agent, model_file
from orchestration.actors.kinds.language_model.actor import FEWEST, LanguageModelActor
from orchestration.actors.kinds.language_model.file import MILLION
from orchestration.agents.bounds import Most
from orchestration.agents.thought_form import OUTPUT, form_for, move_in
from orchestration.agents.thoughts import End, Finding, Intention, Propose, Thought, View

Json = Any

_SYSTEM: Final = (
    "You plan the next step of one case. You have the goal, what is known of the case, the tools that are offered now, "
    "and what became of what you wanted before. Use a tool only by its key as it is listed; add nothing to it. Give a "
    "reason in one or two sentences, and as evidence the names of the fields that it rests on, or passage:ID of a "
    "passage. Where no tool brings the goal nearer, end: reached, given-up, or asks where a person has to decide. "
    "When the goal is reached, lay out what you found, each finding with its evidence, and answer with one of the "
    "answers that are listed, if any are."
)
_USER: Final = (
    "Goal: {input.goal}\nThe case: {input.case}\nTools: {input.tools}\nWanted before: {input.past}\n"
    "Passages: {input.found}\nAnswers: {input.answers}"
)


@dataclass(frozen=True)
class Modelled:
    """A mind that is a language model. `key`, `version`: of the agent that it thinks for."""

    agent: Agent
    key: str
    version: str

    @cached_property
    def actor(self) -> LanguageModelActor:
        """Raises ActorError for a model whose part of the file is not sound."""
        prompt = {"system": _SYSTEM, "user": _USER}
        file = model_file(self.agent.capability, self.agent.model or {}, prompt, OUTPUT)
        return LanguageModelActor(self.key, self.version, file)

    def most(self, view: View) -> Most:
        """No text has more tokens than bytes; each repair asks with all that was said before."""
        model = self.actor.model
        rounds = model.repairs + 1
        form = form_for(view, self.agent.answers)
        length = len(orjson.dumps(told(view, self.agent.answers))) + len(orjson.dumps(form)) + len(_SYSTEM) + FEWEST
        tokens = rounds * (length + rounds * model.most_tokens)
        if model.price is None:
            return Most(tokens, None)
        return Most(tokens, max(model.price) * tokens / MILLION)

    def think(self, view: View, key: str) -> Thought:
        """Ask the model once. Raises ActorError."""
        form = form_for(view, self.agent.answers)
        answer = self.actor.run(told(view, self.agent.answers), idempotency_key=key, form=form)
        given = answer.output
        plan = tuple(Intention(one["tool"], one["why"]) for one in given["plan"])
        move = _move(given["reason"], move_in(given))
        return Thought(plan, move, int(answer.usage.get("units", 0)), answer.cost or Decimal(0))


def _move(reason: str, wanted: Mapping[str, Json]) -> Propose | End:
    if "end" in wanted:
        findings = tuple(Finding(one["says"], tuple(one["evidence"])) for one in wanted.get("findings", ()))
        return End(wanted["end"], reason, wanted.get("answer", ""), findings)
    return Propose(wanted.get("tool", ""), reason, tuple(wanted.get("evidence", ())), wanted.get("arguments", {}))


def told(view: View, answers: tuple[str, ...]) -> dict[str, Json]:
    """What the model is told of what the agent sees."""
    return {
        "goal": view.goal, "case": dict(view.case),
        "tools": [{"key": one.key, "name": one.name, "arguments": dict(one.chooses)} for one in view.tools],
        "past": [{"tool": one.tool, "outcome": one.outcome, "why": one.why} for one in view.past],
        "found": [dict(one) for one in view.found], "answers": list(answers),
    }  # fmt: skip
