"""How is done what an agent wants, by itself or once a person has approved it?

By commands through the engine like anybody: author is the agent, on behalf of whoever set it off or approved. Held
against the case as it is when its row is locked; a stopped actor does nothing any more.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final

import orjson
from django.db import transaction

from audit.services import Fact, Origin
from orchestration.actors.contract import Waits
from orchestration.actors.kinds.agent.file import Agent
from orchestration.actors.kinds.mapping import condition
from orchestration.actors.routing import SUGGEST
from orchestration.agents import opening, runs
from orchestration.agents.checking import AS_IT_IS, Put, put_as
from orchestration.agents.desk import NO_FORM, put_into
from orchestration.agents.judging import Action, Objection, with_arguments
from orchestration.agents.looking import offered_now, read
from orchestration.agents.opening import Begun, OpenCase, Wanted
from orchestration.agents.runs import Running
from orchestration.agents.thoughts import Propose
from orchestration.agents.tools import Tool
from orchestration.casetypes.case_type import CaseType
from orchestration.engine.commands import CompleteTask, SetVariables
from orchestration.engine.events import ItemOpened
from orchestration.engine.state import State as CaseState
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.jobs.stopping import STOPPED, is_stopped
from orchestration.models import Actor, AgentProposal, AgentRun
from orchestration.shell import services
from orchestration.shell.services import Done, Locked

Json = Any
State = AgentProposal.State
NOT_OFFERED: Final = Refused("not-offered", "The case does not offer this step to the agent any more.")
PLAN: Final = "The agent's file asks for a look at its plan before anything is done by it."
TOO_LATE: Final = "Nobody decided in time."
WENT_ON: Final = "The case went on without it."


class _TakenBack(Exception):
    """The step was refused after its fields were written, so that both are undone."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.message)
        self.refused = refused


def decide(run: Running, move: Propose, action: Action, evidence: list[str]) -> None:
    """Keep the decision; then do it, or (where a rule says so) hold it for a person. Raises Waits.

    `evidence`: what it rests on, by where it stands.
    """
    now, tool = clock.utc_now(), action.tool
    rule = _rule(run, action)
    rests_on = [*dict.fromkeys((*evidence, *tool.grant.bound))]
    fields = {
        "tool": tool.key, "name": tool.name, "reason": move.reason, "evidence": rests_on,
        "chosen": dict(action.chosen), "conditions": list(tool.conditions),
        "digest": digest(run.row, tool.key, action), "price": _price(tool),
    }  # fmt: skip
    if not rule:
        act(run, runs.propose(run, {**fields, "state": State.DECIDED}, now))
        return
    put = AS_IT_IS if rule == PLAN else _put(run, action)
    held = {"state": State.HELD, "rule": rule, "expires": now + run.agent.within}
    row = runs.propose(run, {**fields, **held, "put": put.check, "decoy": dict(put.decoy)}, now)
    expire_or_wait(run, row)


def _put(run: Running, action: Action) -> Put:
    """How it is put to a person: as it is, where something outside the house may come of it."""
    if action.tool.reaches_out:
        return AS_IT_IS
    named = digest(run.row, action.tool.key, action)
    return put_as(
        run.agent.checks, named, bool(action.chosen), lambda rule: condition(rule).filled(_known(run, action))
    )


def _known(run: Running, action: Action) -> dict[str, Json]:
    """What rules of approval read."""
    return {"input": dict(run.input), "tool": action.tool.step, "arguments": dict(action.arguments)}


def _rule(run: Running, action: Action) -> str:
    """Why it waits for a person; empty where it does not."""
    if run.work.mode == SUGGEST:
        return f"The routing of work asks for a person's word ({run.work.rule})."[:500]
    known = _known(run, action)
    if run.agent.approve.filled(known) is not False:
        return f"The agent's rule of approval: {run.agent.approve_text}"[:500]
    return PLAN if run.agent.shows_plan.filled(known) is True and not runs.plan_was_approved(run.row) else ""


def _price(tool: Tool) -> str:
    """What the step would cost by the price of the first actor that could do it; empty: nothing, or nobody knows."""
    if not tool.capability:
        return ""
    actor = Actor.objects.filter(capability=tool.capability, enabled=True).first()
    price = None if actor is None else actor.card.get("price")
    return "" if price is None else f"{price['amount']} {price['currency']} a {price['per']}"


def digest(run: AgentRun, name: str, action: Action) -> str:
    """Names exactly what would be done: in which case, by which command, with which arguments. `name`: of the tool as
    it was wanted."""
    said = [run.instance_id, run.job, name, repr(action.command), dict(action.arguments)]
    return hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()


def let_go_or_wait(run: Running, row: AgentProposal) -> None:
    """Let a held proposal go whose step the case does not offer any more, as somebody has taken it. Raises Waits."""
    if is_offered(row, run.agent):
        expire_or_wait(run, row)
    else:
        _lapse(run, row, WENT_ON)


def is_offered(row: AgentProposal, agent: Agent) -> bool:
    """Whether the case offers the agent now what it wants."""
    assert row.run.instance_id is not None
    return _wanted(row, agent, row.run.instance_id, *read(row.run.instance_id)) is not None


def _wanted(row: AgentProposal, agent: Agent, instance: int, case_type: CaseType, state: CaseState) -> Tool | None:
    """The tool that it wants, by its name, where it is offered now. What is older than the naming by places has the
    name of the step alone: that one which would do the same."""
    offered = offered_now(instance, case_type, state, agent)
    if named := [one for one in offered if one.key == row.tool]:
        return named[0]
    of_the_step = [one for one in offered if one.step == row.tool]
    actions = (with_arguments(one, row.chosen, state.root.variables, case_type.schema) for one in of_the_step)
    same = (one.tool for one in actions if isinstance(one, Action) and digest(row.run, row.tool, one) == row.digest)
    return next(same, None)


def expire_or_wait(run: Running, row: AgentProposal) -> None:
    """Let a held proposal go whose time is over; otherwise the run waits. Raises Waits."""
    if row.expires is not None and row.expires <= clock.utc_now():
        _lapse(run, row, TOO_LATE)
        return
    AgentRun.objects.filter(pk=run.row.pk).update(state=AgentRun.State.WAITING)
    raise Waits(f"“{row.name}” waits for a person.")


def _lapse(run: Running, row: AgentProposal, why: str) -> None:
    with transaction.atomic():
        held = AgentProposal.objects.filter(pk=row.pk, state=State.HELD)
        if held.update(state=State.EXPIRED, outcome=why, decided=clock.utc_now()):
            detail = {"run": row.run_id, "number": row.number, "name": row.name, "why": why}
            services.record(run.instance, [Fact("agent.lapsed", detail)], run.origin)


def act(run: Running, row: AgentProposal) -> None:
    """Do what the agent decided by itself, and keep what became of it."""
    with transaction.atomic():
        held = services.lock(run.instance)
        current = AgentProposal.objects.select_for_update().get(pk=row.pk)
        if held is None or current.state != State.DECIDED:
            return
        found = carried_out(held, run.agent, run.row, current, run.origin)
        settle(current, found)


def carried_out(held: Locked, agent: Agent, run: AgentRun, row: AgentProposal, origin: Origin,
                chosen: Mapping[str, Json] | None = None) -> Done | Begun | Refused:  # fmt: skip
    """The action on a locked case, or why not. `chosen`: what a person put in place of what the agent chose.

    What was locked is used up by this. In the transaction that is open.
    """
    action = fresh(held, agent, row, chosen)
    if isinstance(action, Objection):
        return _refused(held, row, Refused(action.code, action.sentence), origin)
    if is_stopped(run.actor):
        return _refused(held, row, STOPPED, origin)
    if isinstance(action.command, OpenCase):
        wanted = Wanted(held.instance, action.command.case_type, agent.roles, action.arguments, origin)
        return opening.begun(wanted)
    try:
        with transaction.atomic():
            return _sent(held, action, origin)
    except _TakenBack as back:
        return back.refused


def _refused(held: Locked, row: AgentProposal, refused: Refused, origin: Origin) -> Refused:
    """Kept in the history like everything else."""
    detail = {"run": row.run_id, "number": row.number, "name": row.name, "why": refused.message}
    services.record(held, [Fact("agent.refused", detail)], origin)
    return refused


def fresh(held: Locked, agent: Agent, row: AgentProposal, chosen: Mapping[str, Json] | None) -> Action | Objection:
    """What the proposal comes to in the case as it is now."""
    tool = _wanted(row, agent, held.instance, held.case_type, held.state)
    if tool is None:
        return Objection(NOT_OFFERED.code, NOT_OFFERED.message)
    wanted = row.chosen if chosen is None else chosen
    return with_arguments(tool, wanted, held.state.root.variables, held.case_type.schema)


def _sent(held: Locked, action: Action, origin: Origin) -> Done | Refused:
    assert action.command is not None
    assert not isinstance(action.command, OpenCase)
    if isinstance(action.command, CompleteTask):  # the answers to its form go with it, as a person's do
        answers = put_into(action.tool.sees, action.tool.form or NO_FORM, action.arguments)
        return services.send(held, CompleteTask(action.command.item, answers), origin)
    data = held.state.root.variables
    written = {name: value for name, value in action.arguments.items() if data.get(name) != value}
    if written:
        first = services.send(held, SetVariables(written), origin)
        if isinstance(first, Refused):
            raise _TakenBack(first)
        again = services.lock(held.instance)
        assert again is not None
        held = again
    found = services.send(held, action.command, origin)
    if written and isinstance(found, Refused):
        raise _TakenBack(found)
    return found


def settle(row: AgentProposal, found: Done | Begun | Refused) -> None:
    """What became of it, on its row."""
    if isinstance(found, Refused):
        row.state, row.outcome = State.REFUSED, found.message[:500]
    elif isinstance(found, Begun):
        before = "" if found.created else ", which had been opened from here before"
        row.state, row.outcome, row.items = State.DONE, f"It is case {found.reference}{before}.", [found.case]
    else:
        opened = [event.item for event in found.events if isinstance(event, ItemOpened)]
        row.state, row.outcome, row.items = State.DONE, "Done.", opened[:20]
    row.save(update_fields=["state", "outcome", "items"])
