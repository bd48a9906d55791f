"""How is a job done once, whatever is killed in the middle?

A worker claims the row by a conditional update with a lease, calls the actor outside any transaction under an
idempotency key, and brings the result back as one more command. A stale or second result is refused by the engine.
When no worker comes back from a job, another one may have it under the same key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final, LiteralString

from django.db import transaction
from django.db.models import F, Q, QuerySet

from audit.data_keys import KeyFault
from audit.db.sql import Part, asked, do, together
from audit.sealed_values import opened
from audit.services import Fact, Origin
from orchestration.actors import gauges, kinds, spending
from orchestration.actors.capability import Capability, undeclared
from orchestration.actors.routing import Choice, Way
from orchestration.casetypes.case_type import CaseType, by_definition
from orchestration.engine.commands import ACTOR_FAILED, AskPerson, Command, CompleteJob, FailJob, ResolveIncident
from orchestration.ground import clock
from orchestration.ground.counts import counted
from orchestration.ground.refusals import Refused
from orchestration.ground.tracing import span
from orchestration.jobs import (
    actor_ledger,
    calling,
    choosing,
    evaluating,
    offering,
    questions,
    stopping,
    trials,
    worker_liveness,
)
from orchestration.jobs.attempt import Attempt
from orchestration.jobs.crossing import Ready
from orchestration.jobs.kept import entries, facts_of, if_ours, origin_of, result_word, too_late, try_again
from orchestration.jobs.stricter import expression
from orchestration.knowledge import uses
from orchestration.models import ActorCall, Job
from orchestration.models.leases import HOLDER
from orchestration.shell import services
from orchestration.shell.nudges import nudge_jobs
from orchestration.shell.step_sql import HOLDS

LEASE = timedelta(minutes=6)
"""Longer than any task may take: a worker whose lease has run out does not come back, even if its session is there."""
CLOCKS_DIFFER = timedelta(seconds=2)
"""How much the clocks of two machines may differ without a nudge coming too early to be heard."""
MOST_DEATHS = 5
"""From a job that kills so many workers no further one is sent: a person has to look at it."""
FULL: Final = 1.0
"""Seconds after which a job is looked at again whose actor was taken by others meanwhile."""
KEY_AWAY: Final = 60.0
"""Seconds after which a job is looked at again whose case could not be opened."""

CLAIMED: Final[tuple[LiteralString, ...]] = (
    "id", "instance_id", "job", "item", "definition_item", "name", "capability", "input", "state", "attempts",
    "max_attempts", "run_at", "overlooked", "lease_until", "worker", "last_error", "created", "ended", "priority",
    "actor", "wanted_actor", "changed_input", "again_of", "reserved", "asked_by", "lapsed",
)  # fmt: skip
CLAIM: LiteralString = f"""
with claimed as (
    update orchestration_job
    set state = 'running', lease_until = %(until)s, worker = %(worker)s, attempts = attempts + 1,
        reserved = null
    where instance_id = %(instance)s and job = %(job)s and state = 'waiting' and run_at <= %(latest)s
    returning {", ".join(CLAIMED)}, set_config('synchronous_commit', 'off', true),
              (select definition_id from orchestration_instance i where i.id = instance_id) as definition, """  # noqa: S608 - of names that stand in the code
CLAIM_OFFERING: LiteralString = f""" as least_sure)
select claimed.*, offering.* from claimed left join lateral (
    {
    gauges.offering_beside(
        "claimed.capability", "(select key from orchestration_definition d where d.id = claimed.definition)"
    )
}) offering on true"""  # noqa: S608 - of names that stand in the code
"""A worker that has claimed a job looks next for who could do it: one statement for both.

Nobody waits until the claim is on the disk: the actor's place is taken before it is called, and that is waited for,
with all before it. A claim that was lost with the server was followed by nothing, and its job waits as before."""


def claim(instance: int, number: int) -> Job | None:
    """Take a waiting job that is due, for as long as the lease; None when somebody else has it or it is over.

    One whose case cannot be opened now, as its key is away, waits a while longer.
    """
    now = clock.utc_now()
    wanted = {
        "instance": instance, "job": number, "latest": now + CLOCKS_DIFFER, "until": now + LEASE,
        "worker": worker_liveness.own_name(), "now": now, "month": spending.month_of(now),
    }  # fmt: skip
    rows = asked(f"{CLAIM}{expression()}{CLAIM_OFFERING}", wanted).fetchall()
    try:
        return _claimed(rows) if rows else None
    except KeyFault:
        put_back(Job.from_db("default", CLAIMED, rows[0][: len(CLAIMED)]), KEY_AWAY)
        return None


def _claimed(rows: list[tuple[Any, ...]]) -> Job:
    own = len(CLAIMED)
    job = Job.from_db("default", CLAIMED, rows[0][:own])
    job.input = opened(job.input)
    job.changed_input = None if job.changed_input is None else opened(job.changed_input)
    _, job.definition_id, job.__dict__["least_sure"] = rows[0][own : own + 3]
    offered = [row[own + 3 :] for row in rows]
    job.__dict__[choosing.AT_HAND] = [row for row in offered if row[0] is not None]
    return job


URGENT: LiteralString = """
select instance_id, job from orchestration_job
where state = 'waiting' and priority > 0 and run_at <= %(now)s order by priority desc, run_at limit 1
"""


def urgent() -> tuple[int, int] | None:
    """The urgent job that has waited longest, by case and number; None where there is none.

    A worker that is told to look at a job does this one first. So urgent work overtakes, whatever the broker's order,
    and every second job is still one of those that came in their turn: their wait stays bounded.
    """
    found = asked(URGENT, {"now": clock.utc_now()}).fetchone()
    return None if found is None else (found[0], found[1])


def run(instance: int, number: int) -> services.Done | Refused | None:
    """Claim a job, have it done and bring the result back; None where there was nothing to claim, or it has to wait."""
    job = claim(instance, number)
    if job is None:
        return None
    with span("job", case=instance, job=number, capability=job.capability):
        try:
            return carry_out(job)
        except KeyFault:
            put_back(job, KEY_AWAY)
            return None


def carry_out(job: Job) -> services.Done | Refused | None:
    """Have a claimed job done by whom the rules choose, and bring the result back."""
    case_type = by_definition(job.definition_id)
    started, capability = clock.utc_now(), case_type.capability(job.capability)
    try:
        choice = choosing.choose(job, case_type, capability)
    except choosing.RoutingFault as fault:
        return bring_back(job, Attempt("", "", 0, error=str(fault)), started, capability)
    match choice.way:
        case Way.WAIT:
            put_back(job, choice.seconds)
            return None
        case Way.PERSON:
            attempt = Attempt("", "", 0, person=choice.why, choice=choice)
        case Way.NOBODY if key := stopping.awaited(job.capability):
            stopping.hold(job, key)
            return None
        case Way.NOBODY:
            attempt = Attempt("", "", 0, error=why_nobody(job.capability, choice), choice=choice)
        case Way.ACTOR:
            return _by_actor(job, case_type, capability, choice, started)
    return bring_back(job, attempt, started, capability)


def _by_actor(
    job: Job, case_type: CaseType, capability: Capability, choice: Choice, started: datetime
) -> services.Done | Refused | None:
    chosen = choice.candidate
    assert chosen is not None
    if kinds.is_fetched(chosen.kind):
        offering.offer(job, choice, chosen, offering.deadline_of(choice, capability, started))
        return None
    deadline = None if choice.deadline is None else started + choice.deadline
    if not gauges.reserve(job.pk, chosen, choice.mode, started, deadline):
        put_back(job, FULL)
        return None
    attempt = calling.call(Ready(job, case_type, capability, choice, chosen))
    outcome = bring_back(job, attempt, started, capability)
    if isinstance(outcome, services.Done) and attempt.answer is not None:
        trials.beside(job, choice)
    return outcome


def why_nobody(capability: str, choice: Choice) -> str:
    """Why nobody can do it, for the person who has to see to it."""
    off = "It is switched off."
    others = {key: why for key, why in choice.passed.items() if why != off}
    if not others:
        return f"No enabled actor can do {capability!r}. Enable or add one, then retry."
    told = "; ".join(f"{key}: {why}" for key, why in others.items())
    return f"No actor can do {capability!r} now. {told} Mend that or choose another, then retry."


def put_back(job: Job, seconds: float) -> None:
    """Have it looked at again after so many seconds, as if this attempt had not been."""
    again = clock.utc_now() + timedelta(seconds=seconds)
    ours = Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, worker=job.worker)
    ours.update(state=Job.State.WAITING, lease_until=None, run_at=again, attempts=F("attempts") - 1)
    nudge_jobs(job.instance_id, [job.job], after=seconds)


def bring_back(
    job: Job, attempt: Attempt, started: datetime, capability: Capability | None = None
) -> services.Done | Refused | None:
    """The result re-enters the case as a command, with its row in the ledger, in one transaction."""
    if attempt.waits:
        park(job, attempt, started)
        return None
    capability = capability or undeclared(job.capability)
    outcome: services.Done | Refused | None = stopping.STOPPED
    if _is_result(job, attempt):  # its step looks at the actor itself, so that COMMIT can travel with it
        outcome = _taken_in(job, attempt, started, capability)
    if outcome is stopping.STOPPED:
        with transaction.atomic():  # no stop comes, and none goes, between the look at the actor and what follows
            outcome = _taken_in(job, attempt, started, capability)
            if outcome is stopping.STOPPED:
                contain(job, attempt, started)
                return None
    evaluating.when_settled(job, capability)
    return outcome


def _is_result(job: Job, attempt: Attempt) -> bool:
    """Whether the case goes on with what the attempt gave."""
    return attempt.answer is not None and not attempt.person and not job.is_question


def _taken_in(job: Job, attempt: Attempt, started: datetime, capability: Capability) -> services.Done | Refused | None:
    if job.is_question:
        return questions.taken_in(job, attempt, started, capability)
    command = _command(job, attempt, capability)
    origin, facts = origin_of(job, attempt), facts_of(job, attempt)

    def ledger(outcome: services.Done | Refused) -> Part:
        entry = entries(job, attempt, started, result_word(attempt, outcome))
        return entry if attempt.answer is None else together(entry, uses.noted(job, capability, attempt.answer))

    if isinstance(command, CompleteJob):
        provided = HOLDS if attempt.chosen is None else stopping.at_work(attempt.actor)
        return services.send(job.instance_id, command, origin, facts, ledger, provided=provided)
    if attempt.chosen is not None and stopping.is_stopped(attempt.actor):
        return stopping.STOPPED
    with transaction.atomic():
        case = if_ours(job)
        if case is None:
            return too_late(job, attempt, started)
        outcome = services.send(case, command, origin, facts, ledger)
        if isinstance(command, FailJob) and command.retry:
            try_again(job, attempt, capability)
        elif isinstance(outcome, services.Done) and capability.then in FOR_GOOD:
            return _for_good(job, attempt.error, outcome, capability, origin) or outcome
    return outcome


def _for_good(
    job: Job, error: str, done: services.Done, capability: Capability, origin: Origin
) -> services.Done | Refused | None:
    """What the capability says of a lasting failure, where the model did not deal with it."""
    incident = next((one.event.incident for one in done.effects.incidents.values() if one.event.job == job.job), None)
    if incident is None:
        return None
    command, fact = FOR_GOOD[capability.then](job, capability, incident, error)
    return services.send(job.instance_id, command, origin, [fact])


def _by_hand(job: Job, capability: Capability, incident: int, error: str) -> tuple[Command, Fact]:
    """It becomes a person's work."""
    handed = Fact("work.handed", {"job": job.job, "capability": job.capability, "why": "It failed for good."})
    return ask_person(job, capability, incident=incident), handed


def _left_out(job: Job, capability: Capability, incident: int, error: str) -> tuple[Command, Fact]:
    """The case goes on without it: nothing that it needs was asked for."""
    left = Fact("work.left", {"job": job.job, "capability": job.capability, "why": error})
    return ResolveIncident(incident, "skip", {}), left


FOR_GOOD: Final[Mapping[str, Callable[[Job, Capability, int, str], tuple[Command, Fact]]]] = {
    "person": _by_hand, "skip": _left_out,
}  # fmt: skip


def contain(job: Job, attempt: Attempt, started: datetime) -> None:
    """What an actor gives after it was stopped is kept in the ledger and not used; its job waits to be let loose."""
    with transaction.atomic():
        case = if_ours(job)
        if case is None:
            too_late(job, attempt, started)
            return
        Job.objects.filter(pk=job.pk).update(state=Job.State.HELD, lease_until=None, attempts=F("attempts") - 1)
        detail = {"job": job.job, "capability": job.capability, "actor": attempt.actor, "attempt": job.attempts}
        held = Fact("work.held", detail)
        entry = entries(job, attempt, started, "contained")
        services.record(case, [*facts_of(job, attempt), held], origin_of(job, attempt), [entry])


def park(job: Job, attempt: Attempt, started: datetime) -> None:
    """An agent's job is held until a person has decided; no attempt is used up, and its place is free meanwhile."""
    with transaction.atomic():
        case = if_ours(job)
        if case is None:
            too_late(job, attempt, started)
            return
        Job.objects.filter(pk=job.pk).update(state=Job.State.HELD, lease_until=None, attempts=F("attempts") - 1)
        do([entries(job, replace(attempt, error="", answer=None), started, "waiting")])


def ask_person(
    job: Job, capability: Capability, *, group: str = "", within: timedelta | None = None, incident: int | None = None
) -> AskPerson:
    """The command that makes a job, or the incident that it ended in, the work of a person.
    `within`: how long they have; a deadline that a machine had is none of theirs."""
    return AskPerson(
        job.name or capability.title, job.definition_item, capability.form, job=None if incident else job.job,
        incident=incident, groups=(group,) if group else (),
        due=None if within is None else (clock.utc_now() + within).isoformat(),
    )  # fmt: skip


def lost() -> QuerySet[Job]:
    """The running jobs from which no worker will come back."""
    running = Job.objects.filter(state=Job.State.RUNNING).exclude(worker__startswith=HOLDER)
    gone = worker_liveness.gone(running.order_by().values_list("worker", flat=True).distinct())
    return running.filter(Q(worker__in=gone) | Q(lease_until__lt=clock.utc_now()))


def let_go(job: Job) -> None:
    """Let another worker have a lost job, as if this attempt had not been; after MOST_DEATHS of them ask a person."""
    now = clock.utc_now()
    with transaction.atomic():
        case = if_ours(job)
        if case is None:
            return
        waiting = {"state": Job.State.WAITING, "lease_until": None, "run_at": now}
        Job.objects.filter(pk=job.pk).update(**waiting, attempts=F("attempts") - 1)
        if job.actor and job.reserved is not None:
            gauges.release(job.actor, job.reserved)
            spending.give_back(job)
        lost = Attempt("", "", 0, error=f"The worker {job.worker} did not come back.")
        actor_ledger.enter(job, lost, now, "lost")
        deaths = ActorCall.objects.filter(job=job, outcome="lost").count()
        if deaths < MOST_DEATHS:
            nudge_jobs(job.instance_id, [job.job])
        elif job.is_question:
            questions.give_up(job, f"No worker came back from it, {counted(deaths, 'time')}.")
        else:
            error = f"No worker came back from this job, {counted(deaths, 'time')}."
            given_up = FailJob(job.job, error, code=ACTOR_FAILED)
            services.send(case, given_up, Origin("system:sweep", cause=f"job {job.job}"))


def _command(job: Job, attempt: Attempt, capability: Capability) -> CompleteJob | FailJob | AskPerson:
    if attempt.person:
        choice = attempt.choice or Choice(Way.PERSON)
        within = choice.deadline if choice.way is Way.PERSON else None
        return ask_person(job, capability, group=choice.group, within=within)
    if attempt.answer is not None:
        return CompleteJob(job.job, attempt.answer.output, job.idempotency_key)
    most = choosing.most_tries(job, capability)
    again = attempt.temporary and attempt.code is None and job.attempts < most
    return FailJob(job.job, attempt.error, retry=again, code=attempt.code or ACTOR_FAILED)
