"""What would a version that acts do for a recorded job, without doing it?

Connectors and tools: which request they would send (secrets as dots), of what may cross to them. Agents: which move
they would make in each round of the recorded run, with the case as it stood then and what had become of the moves
before. Nothing is sent to the other system and nothing is done; a language model that thinks for an agent is really
asked. What a connector makes of an answer is not rehearsed: answers of other systems are not kept.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from audit.models import AuditEvent
from audit.selectors import Entry, entries_of
from orchestration.actors import kinds
from orchestration.actors.call import Call, limited
from orchestration.actors.contract import Actor, ActorError, Answer
from orchestration.actors.golden import WOULD
from orchestration.actors.handoff import Outcome
from orchestration.actors.kinds.agent.actor import AgentActor
from orchestration.agents import looking, tools
from orchestration.agents.grants import SEARCH, step_of
from orchestration.agents.thoughts import Did, End, Thought, View
from orchestration.casetypes.case_type import CaseType
from orchestration.ground import clock
from orchestration.jobs import crossing
from orchestration.jobs.attempt import Attempt
from orchestration.jobs.crossing import Ready
from orchestration.models import AgentProposal, AgentRun, Job
from orchestration.shell.selectors import state_before

Json = Any

ASK, MOVE = "ask", "move"
PROPOSED, ENDED = "agent.proposed", "agent.ended"
MOST_EVENTS: Final = 200
NO_EVENT: Final = 2**31 - 2
AS_IT_SAID: Final = ("reached", "given-up", "asks")


def is_rehearsed(kind: str) -> bool:
    return kind in kinds.REHEARSED


def rehearsed(ready: Ready) -> Attempt:
    """What it would do, as an answer that goes nowhere."""
    began = time.perf_counter()
    try:
        actor = kinds.load(ready.chosen.kind, ready.chosen.version, lambda: crossing.artefact_of(ready.chosen))
        attempt = _guarded(ready, actor)
    except ActorError as error:
        attempt = crossing.failed(ready, crossing.told(ready, str(error)), cost=error.cost)
    except Exception as error:  # an actor is outside code: whatever it raises is said, never a dead worker
        attempt = crossing.failed(ready, f"{type(error).__name__}: {crossing.told(ready, str(error))}")
    return crossing.timed(ready, attempt, time.perf_counter() - began)


def _guarded(ready: Ready, actor: Actor) -> Attempt:
    out = crossing.outward(ready, actor)
    if out.checked.outcome is not Outcome.PASS:
        return crossing.failed(ready, out.checked.sentence, verdicts=out.checked.verdicts)
    if isinstance(actor, AgentActor):
        answer = _moves(ready, actor, out.value)
    else:
        shown: Mapping[str, Json] = actor.shown(out.value, ready.job.idempotency_key)  # type: ignore[attr-defined]
        answer = Answer({WOULD: ASK, **shown}, None)
    return Attempt(ready.chosen.key, ready.chosen.version, 0, answer=answer, verdicts=out.checked.verdicts)


# Agents


def done_by_agent(job: Job) -> dict[str, Json] | None:
    """The moves of a recorded run that came to something, by their numbers, and how it ended; None: there are none."""
    run = AgentRun.objects.filter(instance=job.instance_id, job=job.job).first()
    if run is None:
        return None
    stood = {str(one.number): one.tool for one in run.proposals.filter(state=AgentProposal.State.DONE)}
    end = {"end": run.outcome} if run.outcome in AS_IT_SAID else {}
    return {WOULD: MOVE, **stood, **end} if stood or end else None


def _moves(ready: Ready, actor: AgentActor, given: Mapping[str, Json]) -> Answer:
    """Its move in each round that is expected to come out the same."""
    job, found, cost = ready.job, dict[str, Json](), Decimal(0)
    wanted = done_by_agent(job) or {}
    about = Call(ready.chosen.key, job.capability, ready.capability.limit, 1, f"job {job.pk}", case=job.instance_id)
    with limited(about):
        for name, view in _views(job, actor, ready.case_type, given):
            if name in wanted:
                thought = actor.mind.think(view, f"rehearsal-{job.pk}-{ready.chosen.version}-{name}")
                found[name], cost = _said(thought, wanted[name]), cost + thought.cost
    return Answer({WOULD: MOVE, **found}, None, {}, {"calls": len(found)}, cost or None)


def _said(thought: Thought, before: str) -> str:
    """By the name that it had in the recorded run: that may be of the step alone, without where it was offered."""
    said = thought.move.how if isinstance(thought.move, End) else thought.move.tool
    return before if before == step_of(said) else said


def _views(job: Job, actor: AgentActor, case_type: CaseType, given: Mapping[str, Json]) -> Iterator[tuple[str, View]]:
    """What the agent saw in each round of the recorded run: by the number of the move, or `end`."""
    run = AgentRun.objects.get(instance=job.instance_id, job=job.job)
    rows = {one.number: one for one in run.proposals.order_by("number")}
    for entry in _told(run):
        number = int(entry.detail["number"]) if entry.action == PROPOSED else len(rows) + 1
        before = [row for row in rows.values() if row.number < number]
        state = state_before(job.instance_id, entry.sequence)
        offered = tools.offered(case_type, state, actor.agent.grants, actor.agent.roles, clock.utc_now())
        past = tuple(Did(one.tool, one.state, one.outcome) for one in before)
        read = looking.read_before(run, actor.agent) if any(one.tool == SEARCH for one in before) else ()
        view = View(actor.agent.goal, given, tuple(tool.shown() for tool in offered), past, read)
        yield "end" if entry.action == ENDED else str(number), view


def _told(run: AgentRun) -> list[Entry]:
    """What the history says that this run wanted, and how it ended."""
    chain = int(run.instance_id or 0)
    events = AuditEvent.objects.filter(chain=chain, action__in=(PROPOSED, ENDED)).order_by("sequence")
    numbers = list(events.values_list("sequence", flat=True)[:MOST_EVENTS])
    found = entries_of(chain, after=NO_EVENT, also=numbers, limit=MOST_EVENTS)
    return [one for one in found if one.detail.get("run") == run.pk]
