"""How does a person decide what an agent wants to do, and take back what it did?

The approval gate. An answer names the proposal and the digest of what would be done; where that has changed since, or
somebody else was quicker, or it is too late, nothing is done and it is said so. The case's row is locked throughout, so
one answer counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from audit.db.sealed_fields import as_kept
from audit.services import Fact, Origin
from orchestration.actors.kinds.agent.file import Agent, agent_of
from orchestration.agents import acting, runs
from orchestration.agents.checking import KNOWN, decoy_digest
from orchestration.agents.grants import COMPLETE
from orchestration.agents.judging import Objection
from orchestration.agents.undoing import SKIP, taking_back
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.models import ActorVersion, AgentProposal, AgentRun, Job
from orchestration.shell import services
from orchestration.shell.nudges import nudge_jobs
from orchestration.shell.savepoint import tried
from orchestration.shell.services import Done, Locked

Json = Any
State = AgentProposal.State
GONE: Final = Refused("unknown", "There is no such proposal in this case any more.")
LATE: Final = Refused("late", "It is too late: nobody decided in time, and the agent went on without it.")
OWN: Final = Refused("decided", "You have decided this already.")
OFFERED_AGAIN: Final = "A person has had the step offered again."
AT_ONCE: Final = 200
"""Runs that one sweep wakes."""
OTHER: Final = Refused("changed", "What would be done has changed since you saw it. Look at it again, then decide.")


@dataclass(frozen=True, slots=True)
class Verdict:
    """A person's answer. `digest`: of what they saw would be done; `seen`: a mark of all that stood beside it, `eyes`:
    with which it can be made anew, kept with the mark.
    `changed`: what they put in place of what the agent chose. `chosen`: what they wanted where they were not told what
    the agent wants. `looked`: when the page came up on which they answered; None: not known."""

    approve: bool
    digest: str
    seen: str = ""
    reason: str = ""
    changed: Mapping[str, Json] | None = None
    chosen: str = ""
    looked: datetime | None = None
    eyes: Mapping[str, Json] = field(default_factory=dict)


def decide(proposal: int, verdict: Verdict, by: Origin) -> AgentProposal | Refused:
    """Approve or reject; what became of it stands on the proposal that is given back."""
    with transaction.atomic():
        found = _locked(proposal)
        if isinstance(found, Refused):
            return found
        held, row = found
        if refused := _against(row, verdict, by, held.at):
            return refused
        if is_decoy(row):
            return _checked(held, row, verdict, by)
        row.check_answer, row.looked = verdict.chosen or row.check_answer, verdict.looked
        if verdict.approve:
            return _approved(held, row, verdict, by)
        _note(held, row, verdict, by)
        row.state, row.outcome = State.REJECTED, verdict.reason[:500]
        return _settled(row, by, held.at)


def _locked(proposal: int) -> tuple[Locked, AgentProposal] | Refused:
    """The case, then the proposal: always in this order."""
    found = AgentProposal.objects.select_related("run").filter(pk=proposal).first()
    held = None if found is None or found.run.instance_id is None else services.lock(found.run.instance_id)
    if held is None:
        return GONE
    return held, AgentProposal.objects.select_for_update(of=("self",)).select_related("run").get(pk=proposal)


def _against(row: AgentProposal, verdict: Verdict, by: Origin, now: datetime) -> Refused | None:
    """Why this answer decides nothing."""
    if row.state == State.EXPIRED or (row.state == State.HELD and row.expires is not None and row.expires <= now):
        return LATE
    if row.state != State.HELD:
        return OWN if row.decided_by == by.actor else Refused("decided", "Somebody else has decided meanwhile.")
    return None if verdict.digest == shown_digest(row) else OTHER


def shown_digest(row: AgentProposal) -> str:
    """What an answer has to name: what would be done; where what is never done stands in its place, that."""
    return decoy_digest(row.digest) if is_decoy(row) else row.digest


def is_decoy(row: AgentProposal) -> bool:
    """Whether what is put to a person now is what is never done."""
    return bool(row.state == State.HELD and row.put == KNOWN and row.checked is None)


def _checked(held: Locked, row: AgentProposal, verdict: Verdict, by: Origin) -> AgentProposal:
    """A person has answered what is never done; what the agent wants goes on to wait."""
    answer = "approved" if verdict.approve else "rejected"
    detail = {
        "run": row.run_id, "number": row.number, "name": row.decoy["name"], "agent": row.run.actor, "verdict": answer,
        "seen": verdict.seen, "eyes": verdict.eyes,
    }  # fmt: skip
    services.record(held, [Fact("agent.checked", detail)], by)
    row.checked, row.check_answer, row.check_opened, row.opened = held.at, answer, row.opened, None
    row.save(update_fields=["checked", "check_answer", "check_opened", "opened"])
    return row


def _approved(held: Locked, row: AgentProposal, verdict: Verdict, by: Origin) -> AgentProposal | Refused:
    agent = agent_behind(row.run)
    asked = acting.fresh(held, agent, row, None)
    if not isinstance(asked, Objection) and (named := acting.digest(row.run, row.tool, asked)) != row.digest:
        row.digest, row.opened = named, None
        row.save(update_fields=["digest", "opened"])
        return OTHER
    if verdict.changed is not None:
        other = acting.fresh(held, agent, row, verdict.changed)
        if isinstance(other, Objection) and not isinstance(asked, Objection):
            return Refused("invalid", other.sentence)
    _note(held, row, verdict, by)
    again = services.lock(held.instance)
    assert again is not None
    origin = runs.origin_of(row.run, by.actor)
    acting.settle(row, acting.carried_out(again, agent, row.run, row, origin, verdict.changed))
    row.changed = None if verdict.changed is None else dict(verdict.changed)
    return _settled(row, by, held.at)


def agent_behind(run: AgentRun) -> Agent:
    """The agent in the version that works on the run."""
    version = ActorVersion.objects.only("artefact").get(actor__key=run.actor, version=run.version)
    return agent_of(bytes(version.artefact))


def _note(held: Locked, row: AgentProposal, verdict: Verdict, by: Origin) -> None:
    detail: dict[str, Json] = {
        "run": row.run_id, "number": row.number, "name": row.name, "agent": row.run.actor,
        "verdict": _word(row, verdict), "digest": row.digest, "seen": verdict.seen,
        "eyes": verdict.eyes,
    }  # fmt: skip
    if row.put:
        detail["check"] = row.put
    if verdict.chosen:
        detail["chosen"] = verdict.chosen
    if verdict.reason:
        detail["reason"] = verdict.reason
    if verdict.looked is not None:
        detail["opened"] = verdict.looked.isoformat()
    if verdict.changed is not None:
        detail |= {"from": dict(row.chosen), "to": dict(verdict.changed)}
    services.record(held, [Fact("agent.decided", detail)], by)


def _word(row: AgentProposal, verdict: Verdict) -> str:
    if not verdict.approve:
        return "rejected"
    return "approved" if verdict.changed is None or dict(verdict.changed) == row.chosen else "changed"


def _settled(row: AgentProposal, by: Origin, now: datetime) -> AgentProposal:
    row.decided, row.decided_by = now, by.actor
    row.save()
    wake(row.run)
    return row


def wake(run: AgentRun) -> None:
    """Have the agent go on now."""
    if run.instance_id is not None and run.job is not None:
        waiting = Job.objects.filter(instance=run.instance_id, job=run.job, state=Job.State.HELD)
        if waiting.update(state=Job.State.WAITING, run_at=clock.utc_now()):
            nudge_jobs(run.instance_id, [run.job])


def opened(row: AgentProposal) -> None:
    """Keep when a person first looked at what waits for them."""
    AgentProposal.objects.filter(pk=row.pk, state=State.HELD, opened=None).update(opened=clock.utc_now())


def undo(proposal: int, by: Origin) -> AgentProposal | Refused:
    """Take back what an agent did, where the model allows it."""
    with transaction.atomic():
        found = _locked(proposal)
        if isinstance(found, Refused):
            return found
        held, row = found
        if row.state == State.UNDONE:
            return Refused("state", "This was taken back already.")
        command = taking_back(held.case_type, held.state, row)
        if command is None:
            return Refused("state", "This cannot be taken back any more: the case has gone on from it.")
        detail = {"run": row.run_id, "number": row.number, "name": row.name, "agent": row.run.actor}
        outcome = services.send(held, command, by, [Fact("agent.undone", detail)])
        if isinstance(outcome, Done):
            row.state, row.outcome = State.UNDONE, "Taken back by a person."
            row.save(update_fields=["state", "outcome"])
        return row if isinstance(outcome, Done) else outcome


def skip_is_over(instance: int, item: int) -> None:
    """A person has had a step offered again that an agent had skipped: whoever skips it after that, it is an act of
    their own, which taking back the agent's must not undo."""
    place = f"@{item}"
    skips = AgentProposal.objects.filter(run__instance=instance, state=State.DONE, tool__startswith=f"{SKIP}:")
    for row in skips.filter(tool__endswith=place).select_related("run"):
        row.state, row.outcome = State.UNDONE, OFFERED_AGAIN
        row.save(update_fields=["state", "outcome"])


def run_stop(run: int, reason: str, by: Origin) -> AgentRun | Refused:
    """End a run: what waits for a person is let go, and the agent does nothing more on it."""
    with transaction.atomic():
        row = AgentRun.objects.filter(pk=run).first()
        held = None if row is None or row.instance_id is None else services.lock(row.instance_id)
        if row is None or held is None or row.ended is not None:
            return Refused("state", "The run has ended already.")
        waiting = AgentProposal.objects.filter(run=row, state=State.HELD)
        waiting.update(state=State.REJECTED, outcome="The run was ended.", decided=held.at, decided_by=by.actor)
        AgentRun.objects.filter(pk=run).update(**as_kept(row, stop_asked=reason))
        detail = {"run": run, "agent": row.actor, "reason": reason}
        services.record(held, [Fact("agent.stopped", detail)], by)
        wake(row)
    return row


def look_after() -> None:
    """Have agents go on that nobody answered in time, or whose task a person has taken meanwhile; and end the runs
    whose case went on without them."""
    held = AgentProposal.objects.filter(state=State.HELD, run__ended=None).select_related("run")
    for row in held.filter(expires__lte=clock.utc_now())[:AT_ONCE]:
        wake(row.run)
    finishing = held.filter(tool__startswith=f"{COMPLETE}:").exclude(run__instance=None)
    for row in finishing.order_by("pk")[:AT_ONCE]:
        tried("proposal not looked after", row, _wake_where_taken, row)
    close_cut_off()


def _wake_where_taken(row: AgentProposal) -> None:
    if not acting.is_offered(row, agent_behind(row.run)):
        wake(row.run)


def close_cut_off() -> int:
    """End the runs whose job is over because their case went on without them; how many."""
    over = Job.objects.exclude(ended=None).values_list("instance_id", "job")
    open_runs = AgentRun.objects.filter(ended=None).exclude(job=None)
    if not open_runs.exists():
        return 0
    gone = [
        run.pk for run in open_runs.only("pk", "instance_id", "job")
        if over.filter(instance=run.instance_id or 0, job=run.job or 0).exists()
    ]  # fmt: skip
    now = clock.utc_now()
    AgentProposal.objects.filter(run__in=gone, state=State.HELD).update(
        state=State.EXPIRED, outcome=acting.WENT_ON, decided=now
    )
    return AgentRun.objects.filter(pk__in=gone, ended=None).update(
        state=AgentRun.State.ENDED, outcome="given-up", why=acting.WENT_ON, ended=now
    )
