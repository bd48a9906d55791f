"""What does an agent look at in a round, and what does it find when it searches?

The tools of the moment, what it did before and what it has read. Passages are read again each time with the rights of
the moment; the run remembers their numbers alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from orchestration.agents import runs, tools
from orchestration.agents.judging import Action, Grounds
from orchestration.agents.runs import Running
from orchestration.agents.thoughts import End, Intention, Propose, Thought, View
from orchestration.agents.tools import Tool
from orchestration.casetypes.case_type import CaseType, by_definition
from orchestration.engine.codec import decode
from orchestration.engine.state import State
from orchestration.ground import clock
from orchestration.knowledge.search import Passage, Reader, find, passages
from orchestration.models import AgentProposal, Instance

Json = Any
FOUND: Final = 3
"""Passages that a search gives."""
NEAR: Final = 0.2


@dataclass(frozen=True, slots=True)
class Looked:
    """What the mind sees, and what its proposal will be held against."""

    view: View
    grounds: Grounds


def look(run: Running) -> Looked:
    """The case at this moment."""
    case_type, state = read(run.instance)
    offered = tools.offered(case_type, state, run.agent.grants, run.agent.roles, clock.utc_now())
    offered = tuple(tool for tool in offered if not _is_held(run, tool))
    found = passages(_remembered(run), reader(run))
    view = View(
        run.agent.goal, run.input, tuple(tool.shown() for tool in offered), runs.past(run), tuple(map(_told, found))
    )
    known = {name for name, value in run.input.items() if value is not None}
    cited = {f"passage:{one.id}" for one in found}
    return Looked(view, Grounds(offered, state.root.variables, case_type.schema, known | cited))


def read(instance: int) -> tuple[CaseType, State]:
    """The case as it is, without a lock."""
    row = Instance.objects.only("items", "data", "definition_id").get(pk=instance)
    return by_definition(row.definition_id), decode(bytes(row.items), bytes(row.data))


def reader(run: Running) -> Reader:
    """The agent as a reader of the knowledge base."""
    return Reader(run.agent.clearance, run.agent.roles)


def _is_held(run: Running, tool: Tool) -> bool:
    """Whether an agent's proposal of the same waits for a person in this case."""
    held = AgentProposal.objects.filter(run__instance=run.instance, tool=tool.key, state=AgentProposal.State.HELD)
    return tool.command is not None and held.exists()


def _remembered(run: Running) -> list[int]:
    return [one["passage"] for one in run.row.memory if "passage" in one]


def _told(one: Passage) -> dict[str, Json]:
    return {"id": one.id, "title": f"{one.name}: {one.heading}" if one.heading else one.name, "text": one.text}


def search(run: Running, move: Propose, action: Action) -> None:
    """Look into the knowledge base, and remember what was found by number."""
    question = str(action.arguments.get("question", ""))
    near = [one.id for one in find(question, reader(run), FOUND) if one.near >= NEAR]
    fresh = [one for one in near if one not in _remembered(run)]
    run.row.memory = [*run.row.memory, *({"passage": one} for one in fresh)]
    told = f"{len(near)} passages found." if len(near) != 1 else "One passage found."
    fields = {
        "tool": action.tool.key, "name": action.tool.name, "reason": move.reason, "evidence": list(move.evidence),
        "chosen": dict(action.chosen), "state": AgentProposal.State.DONE, "outcome": told,
    }  # fmt: skip
    runs.propose(run, fields, clock.utc_now())


def thought_of(value: Mapping[str, Json], before: Thought) -> Thought:
    """The thought again, from what has passed the guardrails."""
    plan = tuple(Intention(one["tool"], one["why"]) for one in value.get("plan", ()))
    if isinstance(before.move, End):
        move: Propose | End = End(before.move.how, str(value.get("why", "")))
    else:
        given = value.get("proposal", {})
        move = Propose(
            str(given.get("tool", "")), str(value.get("why", "")), tuple(given.get("evidence", ())),
            given.get("arguments", {}),
        )  # fmt: skip
    return Thought(plan, move, before.tokens, before.cost)
