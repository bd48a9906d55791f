"""How does an agent think without a model?

By the rules of its file, in their order: the first that holds and whose tool is offered is what it wants next. The plan
is all of them that hold. A rule names a step, wherever it is offered. What was wanted before in the run is not wanted
again; when no rule is left, the goal is reached as far as the rules know.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from orchestration.actors.kinds.agent.file import Agent, Rule
from orchestration.agents.bounds import Most
from orchestration.agents.grants import step_of
from orchestration.agents.thoughts import End, Finding, Intention, Propose, Thought, View

Json = Any
NOTHING_LEFT: Final = "No rule of the agent asks for a further step."


@dataclass(frozen=True, slots=True)
class Scripted:
    """A mind of rules. It costs nothing."""

    agent: Agent

    def most(self, view: View) -> Most:
        return Most()

    def think(self, view: View, key: str) -> Thought:
        """The first rule that holds."""
        known = _known(view)
        holding = [rule for rule in self.agent.rules if rule.when.filled(known) is True]
        wanted = [rule for rule in holding if rule.end or _is_open(rule, view)]
        plan = tuple(Intention(rule.use, _text(rule, known)) for rule in wanted if rule.use)
        if not wanted:
            return Thought(plan, End("reached", NOTHING_LEFT))
        if wanted[0].end:
            return Thought(plan, self._ending(wanted[0], known, view))
        return Thought(plan, _move(wanted[0], known, view))

    def _ending(self, rule: Rule, known: dict[str, Json], view: View) -> End:
        """With what it found, where it gives an answer: before that it has not looked at everything."""
        holding = (one for one in self.agent.findings if rule.answer and one.when.filled(known) is True)
        found = [Finding(str(one.says.filled(known)), tuple(_evidence(one.evidence, view))) for one in holding]
        return End(rule.end, _text(rule, known), rule.answer, tuple(found))


def _is_open(rule: Rule, view: View) -> bool:
    """Whether its step is offered, and was not wanted before."""
    return bool(_offering(rule, view)) and rule.use not in {step_of(done.tool) for done in view.past}


def _offering(rule: Rule, view: View) -> list[str]:
    return [tool.key for tool in view.tools if step_of(tool.key) == rule.use]


def _move(rule: Rule, known: dict[str, Json], view: View) -> Propose:
    """Where several places offer the step, the first of them."""
    evidence = tuple(_evidence(rule.evidence, view))
    return Propose(_offering(rule, view)[0], _text(rule, known), evidence, rule.arguments.filled(known))


def _evidence(named: Sequence[str], view: View) -> Iterator[str]:
    """The fields that the rule names, and the passages that were found where it names those."""
    for name in named:
        if name == "found":
            yield from (f"passage:{one['id']}" for one in view.found)
        elif view.case.get(name) is not None:
            yield name


def _text(rule: Rule, known: dict[str, Json]) -> str:
    return str(rule.reason.filled(known) or "")


def _known(view: View) -> dict[str, Json]:
    past = [{"tool": step_of(one.tool), "outcome": one.outcome} for one in view.past]
    return {
        "input": dict(view.case), "offered": [step_of(tool.key) for tool in view.tools],
        "found": [dict(one) for one in view.found], "past": past,
    }  # fmt: skip
