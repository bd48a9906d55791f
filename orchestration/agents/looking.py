"""What does an agent look at in a round, and what does it find when it searches?

The tools of the moment, what it did before and what it has read. Passages are read again each time with the rights of
the moment; the run remembers their numbers alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from orchestration.actors.kinds.agent.file import Agent
from orchestration.agents import runs, tools
from orchestration.agents.grants import COMPLETE
from orchestration.agents.judging import Action, Grounds
from orchestration.agents.runs import Running
from orchestration.agents.thoughts import End, Finding, Intention, Propose, Thought, View
from orchestration.casetypes.approval_chains import CHAIN
from orchestration.casetypes.case_type import CaseType, by_definition
from orchestration.engine.codec import decode
from orchestration.engine.state import State
from orchestration.ground import clock
from orchestration.ground.counts import counted
from orchestration.knowledge.search import Passage, Reader, find, passages
from orchestration.models import AgentProposal, AgentRun, HumanTask, Instance
from orchestration.shell.step_sql import read_alone

Json = Any
FOUND: Final = 3
"""Passages that a search gives."""
NEAR: Final = 0.2
FIELD: Final = re.compile(r"=[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")
"""An expression that is a field and nothing else."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What the mind sees, and what its proposal will be held against. `places`: where in the case it was given from."""

    view: View
    grounds: Grounds
    places: Mapping[str, str]

    def cited(self, named: Iterable[str]) -> list[str]:
        """Where in the case the things stand that a proposal names: JSON Pointers, as far as there are any."""
        return [self.places.get(one, one) for one in named]


def look(run: Running) -> Looked:
    """The case at this moment."""
    case_type, state = read(run.instance)
    offered = offered_now(run.instance, case_type, state, run.agent)
    held = _held(run)
    offered = tuple(tool for tool in offered if held.isdisjoint((tool.key, tool.step)))
    found = passages(_remembered(run), reader(run))
    view = View(
        run.agent.goal, run.input, tuple(tool.shown() for tool in offered), runs.past(run), tuple(map(_told, found))
    )
    known = {name for name, value in run.input.items() if value is not None}
    cited = {f"passage:{one.id}" for one in found}
    return Looked(
        view, Grounds(offered, state.root.variables, case_type.schema, known | cited), _places(case_type, run.work.step)
    )


def offered_now(instance: int, case_type: CaseType, state: State, agent: Agent) -> tuple[tools.Tool, ...]:
    """The tools of an agent in this case as it is now."""
    free = (
        tools.Free(forms, read_alone(CHAIN, instance)) if (forms := _free_tasks(instance, agent)) else tools.NONE_FREE
    )
    return tools.offered(case_type, state, agent.grants, agent.roles, clock.utc_now(), free)


def _free_tasks(instance: int, agent: Agent) -> Mapping[int, str]:
    """The tasks of people that are offered to its roles and that nobody has taken, each with its form. A statement
    where it is granted to finish anything, and one more (what its unit asks) where there is one."""
    if not any(grant.do == COMPLETE for grant in agent.grants):
        return {}
    rows = HumanTask.objects.filter(instance=instance, state=HumanTask.State.OPEN, assignee=None)
    offered = rows.filter(candidates__group__name__in=agent.roles).distinct()
    return dict(offered.values_list("item", "form"))


def _places(case_type: CaseType, step: str) -> dict[str, str]:
    """Which field of the case each input of the step is, where it is one as it stands."""
    models = (*case_type.library.cases.values(), *case_type.library.processes.values())
    nodes = (node for model in models for node in model.nodes.values())
    found = next((node for node in nodes if step in (getattr(node, "definition", ""), node.id)), None)
    inputs = () if found is None else found.inputs or found.extensions.inputs
    fields = {str(one.target.constant): one.source.text for one in inputs}
    return {name: "/" + text[1:].replace(".", "/") for name, text in fields.items() if FIELD.fullmatch(text)}


def read(instance: int) -> tuple[CaseType, State]:
    """The case as it is, without a lock."""
    row = Instance.objects.only("items", "data", "definition_id").get(pk=instance)
    return by_definition(row.definition_id), decode(bytes(row.items), bytes(row.data))


def reader(run: Running) -> Reader:
    """The agent as a reader of the knowledge base."""
    return Reader(run.agent.clearance, run.agent.roles, instance=run.instance)


def _held(run: Running) -> set[str]:
    """The tools of which a proposal, of this agent or another, waits for a person in this case."""
    held = AgentProposal.objects.filter(run__instance=run.instance, state=AgentProposal.State.HELD)
    return set(held.values_list("tool", flat=True))


def _remembered(run: Running) -> list[int]:
    return [one["passage"] for one in run.row.memory if "passage" in one]


def read_before(row: AgentRun, agent: Agent) -> tuple[Mapping[str, Json], ...]:
    """What a run that is over has read of the knowledge base, with the rights of this moment."""
    reads = Reader(agent.clearance, agent.roles, instance=row.instance_id or 0)
    found = passages([one["passage"] for one in row.memory if "passage" in one], reads)
    return tuple(map(_told, found))


def _told(one: Passage) -> dict[str, Json]:
    return {"id": one.id, "title": f"{one.name}: {one.heading}" if one.heading else one.name, "text": one.text}


def laid_out(end: End, looked: Looked) -> dict[str, Json]:
    """What an agent lays before whoever decides: its answer and findings, with where in the case they stand."""
    findings = [{"says": one.says, "evidence": looked.cited(one.evidence)} for one in end.findings]
    found: dict[str, Json] = {"findings": findings} if findings else {}
    return found | ({"answer": end.answer} if end.answer else {})


def search(run: Running, move: Propose, action: Action, looked: Looked) -> None:
    """Look into the knowledge base, and remember what was found by number."""
    question = str(action.arguments.get("question", ""))
    near = [one.id for one in find(question, reader(run), FOUND) if one.near >= NEAR]
    fresh = [one for one in near if one not in _remembered(run)]
    run.row.memory = [*run.row.memory, *({"passage": one} for one in fresh)]
    told = f"{counted(len(near), 'passage')} found."
    fields = {
        "tool": action.tool.key, "name": action.tool.name, "reason": move.reason,
        "evidence": looked.cited(move.evidence), "chosen": dict(action.chosen),
        "state": AgentProposal.State.DONE, "outcome": told,
    }  # fmt: skip
    runs.propose(run, fields, clock.utc_now())


def thought_of(value: Mapping[str, Json], before: Thought) -> Thought:
    """The thought again, from what has passed the guardrails."""
    plan = tuple(Intention(one["tool"], one["why"]) for one in value.get("plan", ()))
    if isinstance(before.move, End):
        findings = tuple(Finding(str(one["says"]), tuple(one["evidence"])) for one in value.get("findings", ()))
        move: Propose | End = End(before.move.how, str(value.get("why", "")), str(value.get("answer", "")), findings)
    else:
        given = value.get("proposal", {})
        move = Propose(
            str(given.get("tool", "")), str(value.get("why", "")), tuple(given.get("evidence", ())),
            given.get("arguments", {}),
        )  # fmt: skip
    return Thought(plan, move, before.tokens, before.cost)
