"""How does an agent work on a case?

In rounds: look what is offered now, think, keep what was decided, do it or hold it for a person, look again. A worker
that takes over goes on from what was kept; what was decided is never asked again. The call ends when the agent says how
it ended, or (`Waits`) with a proposal that waits for a person.
"""

from __future__ import annotations

from typing import Any, Final

from audit.db.sealed_fields import as_kept
from orchestration.actors.contract import Answer, AsksPerson
from orchestration.actors.handoff import Outcome
from orchestration.agents import acting, looking, runs
from orchestration.agents.bounds import exhausted
from orchestration.agents.judging import Objection, ending_fault, judged
from orchestration.agents.looking import Looked
from orchestration.agents.runs import Running
from orchestration.agents.thoughts import End, Mind, Propose, Thought
from orchestration.ground import clock
from orchestration.models import AgentProposal, AgentRun

Json = Any
State = AgentProposal.State
STOPPED: Final = "A person ended the run: "


def work(run: Running, mind: Mind) -> Answer:
    """Round after round, until it ends. Raises Waits, AsksPerson, ActorError."""
    while True:
        _settle(run)
        looked = looking.look(run)
        if run.row.stop_asked:
            return _ended(run, "stopped", STOPPED + run.row.stop_asked)
        now = clock.utc_now()
        if why := exhausted(run.agent.limits, runs.spent(run, looked.view.past, now), mind.most(looked.view)):
            return _ended(run, _how_exhausted(run), why)
        runs.begin_thought(run, now)
        thought = mind.think(looked.view, f"{run.work.key}-{run.row.calls}")
        found = _followed(run, thought, looked)
        if found is not None:
            return found


def _how_exhausted(run: Running) -> str:
    """It gives up; woken once more beyond its runs, it asks a person, so that nothing wakes it for ever."""
    return "asks" if run.number > run.agent.limits.runs + 1 else "given-up"


def _settle(run: Running) -> None:
    """What was decided before is done; what waits for a person still waits, until its time is over."""
    run.row.refresh_from_db()
    for row in runs.proposals(run, State.DECIDED, State.HELD):
        if row.state == State.DECIDED:
            acting.act(run, row)
        elif not run.row.stop_asked:
            acting.let_go_or_wait(run, row)


def _followed(run: Running, thought: Thought, looked: Looked) -> Answer | None:
    """What comes of a thought: None where the agent goes on."""
    plan, move, told = _checked(run, thought)
    runs.end_thought(run, plan, clock.utc_now())
    if isinstance(move, End):
        wrong = ending_fault(move, run.agent.answers, looked.grounds.evidence)
        if wrong is None:
            return _ended(run, move.how, move.reason, looking.laid_out(move, looked))
        runs.propose(run, _refused(Propose("end", move.reason), wrong), clock.utc_now())
        return None
    found = Objection("guardrail", told) if told else judged(move, looked.grounds)
    if isinstance(found, Objection):
        runs.propose(run, _refused(move, found), clock.utc_now())
    elif found.command is None:
        looking.search(run, move, found, looked)
    else:
        acting.decide(run, move, found, looked.cited(move.evidence))
    return None


def _checked(run: Running, thought: Thought) -> tuple[Thought, Propose | End, str]:
    """The thought behind the guardrails: pseudonyms put back; and why nothing of it may be used, if so."""
    checked = run.work.checks(_output(thought))
    run.row.verdicts += [one.told() for one in checked.verdicts if one.outcome is not Outcome.PASS]
    if checked.outcome in (Outcome.BLOCK, Outcome.REPAIR):
        AgentRun.objects.filter(pk=run.row.pk).update(**as_kept(run.row, verdicts=run.row.verdicts))
        blank = Thought((), thought.move, thought.tokens, thought.cost)
        if isinstance(thought.move, End):
            return blank, End("given-up", checked.sentence), ""
        return blank, Propose(thought.move.tool[:200], "What it said may not be used."), checked.sentence
    restored = looking.thought_of(checked.value, thought)
    return restored, restored.move, ""


def _output(thought: Thought) -> dict[str, Json]:
    plan = [{"tool": one.tool, "why": one.why} for one in thought.plan]
    move = thought.move
    if isinstance(move, End):
        laid = {"answer": move.answer, "findings": [one.told() for one in move.findings]}
        return {"plan": plan, "outcome": move.how, "why": move.reason} | {k: v for k, v in laid.items() if v}
    wanted = {"tool": move.tool, "evidence": list(move.evidence), "arguments": dict(move.arguments)}
    return {"plan": plan, "why": move.reason, "proposal": wanted}


def _refused(move: Propose, found: Objection) -> dict[str, Json]:
    """What was wanted, as far as it may stand anywhere: what was not offered is kept by its name alone."""
    tool = _clean(move.tool, 250)
    return {
        "tool": tool, "name": tool or "Nothing", "reason": _clean(move.reason, 500) or "None.",
        "state": State.REFUSED, "outcome": found.sentence,
    }  # fmt: skip


def _clean(text: Json, most: int) -> str:
    return "".join(sign for sign in str(text) if sign.isprintable())[:most]


def _ended(run: Running, outcome: str, why: str, laid: dict[str, Json] | None = None) -> Answer:
    runs.finish(run, outcome, why, clock.utc_now(), laid)
    return ending(run)


def ending(run: Running) -> Answer:
    """What a run that is over gives, also where its worker died with it. Raises AsksPerson."""
    row = run.row
    output = {"outcome": row.outcome, "why": row.why} | row.laid_out | runs.opened_cases(run)
    answer = Answer(
        output, None, {"run": row.pk, "thoughts": row.calls}, {"calls": row.calls, "units": row.tokens},
        row.cost or None,
    )  # fmt: skip
    if row.outcome == "asks":
        raise AsksPerson(row.why, answer)
    return answer
