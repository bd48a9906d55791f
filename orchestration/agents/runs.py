"""What is known of an agent's run, and what is written down of it?

A run's rows (`models.agents`) and the facts that its case's history keeps: its plan, each thing that it wanted, how it
ended. A fact stands in the history before anything is done by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from typing import Any, Final

from django.db import transaction
from django.db.models import F

from audit.db.sealed_fields import as_kept
from audit.selectors import timeline
from audit.services import Fact, Origin
from orchestration.actors.call import Call, Work
from orchestration.actors.kinds.agent.file import Agent
from orchestration.agents.bounds import Spent
from orchestration.agents.grants import OPEN
from orchestration.agents.thoughts import Did, Intention, Thought
from orchestration.models import AgentProposal, AgentRun
from orchestration.shell import services

Json = Any
State = AgentProposal.State
NOTHING: Final = frozenset({State.REFUSED, State.REJECTED, State.EXPIRED, State.UNDONE})
"""States of what came to nothing."""


@dataclass(frozen=True, slots=True)
class Running:
    """A run under way. `input`: what passed the guardrails on the way to the agent; `number`: the how manieth of its
    runs in this case it is."""

    row: AgentRun
    agent: Agent
    work: Work
    input: Mapping[str, Json]
    instance: int
    number: int

    @property
    def origin(self) -> Origin:
        return origin_of(self.row, self.work.asked_by)


def origin_of(run: AgentRun, on_behalf_of: str = "") -> Origin:
    """The agent as the author of what it does."""
    return Origin(f"model:{run.actor}", on_behalf_of=on_behalf_of, cause=f"job {run.job}")


def opened(agent: Agent, about: Call, work: Work, input: Mapping[str, Json], now: datetime) -> Running:
    """The run of this job: the one that was begun, or a new one."""
    fresh = {
        "actor": about.actor, "version": work.version, "goal": agent.goal, "limits": agent.limits.told(),
        "began": now, "seen": now, "currency": work.currency,
    }  # fmt: skip
    row, _ = AgentRun.objects.get_or_create(instance_id=about.case, job=work.job, defaults=fresh)
    number = AgentRun.objects.filter(instance=about.case, actor=row.actor, pk__lte=row.pk).count()
    return Running(row, agent, work, input, about.case, number)


def spent(run: Running, past: Sequence[Did], now: datetime) -> Spent:
    """What it came to so far. `past`: what it wanted before."""
    row = run.row
    return Spent(row.calls, row.tokens, row.cost, now - row.began, _idle(past), run.number)


def _idle(past: Sequence[Did]) -> int:
    """How many of the last things that it wanted came to nothing."""
    return sum(1 for _ in takewhile(lambda one: one.outcome in NOTHING, reversed(past)))


def begin_thought(run: Running, now: datetime) -> None:
    """Count the thought before it is had, so that a worker that dies in it has had it."""
    AgentRun.objects.filter(pk=run.row.pk).update(calls=F("calls") + 1, state=AgentRun.State.WORKING, seen=now)
    run.row.calls += 1


def end_thought(run: Running, thought: Thought, now: datetime) -> None:
    """What it came to; and the plan, where something is new in it."""
    row = run.row
    plan = [{"tool": one.tool, "why": one.why} for one in thought.plan]
    changed, row.plan = any(step not in row.plan for step in plan), plan
    row.tokens += thought.tokens
    row.cost += thought.cost
    AgentRun.objects.filter(pk=row.pk).update(tokens=row.tokens, cost=row.cost, seen=now, **as_kept(row, plan=plan))
    if changed:
        services.record(run.instance, [_planned(row, thought.plan)], run.origin)


def _planned(row: AgentRun, plan: Iterable[Intention]) -> Fact:
    told = [{"tool": one.tool, "why": one.why} for one in plan]
    return Fact("agent.planned", {"run": row.pk, "goal": row.goal, "plan": told})


def plan_was_approved(run: AgentRun) -> bool:
    """Whether a person has approved a step, with the plan beside it, since something new came into the plan."""
    assert run.instance_id is not None
    told = timeline(run.instance_id, action="agent.planned")
    since = max((one.at for one in told if one.detail.get("run") == run.pk), default=run.began)
    found = AgentProposal.objects.filter(run=run, put="", decided__gte=since).exclude(decided_by="")
    return found.exclude(state=State.REJECTED).exists()


def past(run: Running) -> tuple[Did, ...]:
    """What it wanted before in this run, the oldest first; nothing else of it is opened."""
    rows = AgentProposal.objects.filter(run=run.row).order_by("number")
    return tuple(Did(*row) for row in rows.values_list("tool", "state", "outcome"))


def proposals(run: Running, *states: State) -> list[AgentProposal]:
    """Those in one of these states (none: all), the oldest first."""
    found = AgentProposal.objects.filter(run=run.row).order_by("number")
    return list(found.filter(state__in=states) if states else found)


def opened_cases(run: Running) -> dict[str, Json]:
    """The cases that it opened, as its answer names them; nothing where it may open none."""
    if not any(grant.do == OPEN for grant in run.agent.grants):
        return {}
    done = [one for one in proposals(run) if one.state == State.DONE and one.tool.startswith(f"{OPEN}:")]
    return {"opened": [{"case_type": one.tool.partition(":")[2], "case": one.items[0]} for one in done]}


def propose(run: Running, fields: Mapping[str, Json], now: datetime) -> AgentProposal:
    """Keep what the agent wants: a row, and a fact in the history, before anything comes of it."""
    with transaction.atomic():
        number = AgentProposal.objects.filter(run=run.row).count() + 1
        row = AgentProposal.objects.create(run=run.row, number=number, made=now, **fields)
        AgentRun.objects.filter(pk=run.row.pk).update(seen=now, **as_kept(run.row, memory=run.row.memory))
        services.record(run.instance, [_proposed(row)], run.origin)
    return row


def _proposed(row: AgentProposal) -> Fact:
    detail = {
        "run": row.run_id, "number": row.number, "tool": row.tool, "name": row.name, "reason": row.reason,
        "evidence": row.evidence, "state": str(row.state), "arguments": row.chosen,
    }  # fmt: skip
    more = {name: getattr(row, name) for name in ("outcome", "rule", "digest", "price", "put") if getattr(row, name)}
    until = {} if row.expires is None else {"until": row.expires.isoformat()}
    return Fact("agent.proposed", detail | more | until)


def finish(run: Running, outcome: str, why: str, now: datetime, laid: Mapping[str, Json] | None = None) -> None:
    """The run is over, how, and what it lays before whoever decides."""
    run.row.outcome, run.row.why, run.row.state = outcome, why[:1000], AgentRun.State.ENDED
    run.row.laid_out = dict(laid or {})
    with transaction.atomic():
        AgentRun.objects.filter(pk=run.row.pk).update(
            state=AgentRun.State.ENDED,
            outcome=outcome,
            ended=now,
            seen=now,
            **as_kept(run.row, why=run.row.why, laid_out=run.row.laid_out),
        )
        told = {"run": run.row.pk, "outcome": outcome, "why": why, "thoughts": run.row.calls} | run.row.laid_out
        services.record(run.instance, [Fact("agent.ended", told)], run.origin)
