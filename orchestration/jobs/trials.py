"""How does a version show what it can do before it is used?

It is tried on jobs that are done: replayed on the last recorded ones, or beside real ones (in the shadow). It is called
like any actor, with the guardrails before and after; what it gives is kept as a `Trial`, compared with what was used,
and never goes into a case. Only kinds that do nothing but answer are tried: anything else would happen twice.
"""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import F, Max, Q, QuerySet

from audit.sealed_values import is_sealed, subject_with_key
from audit.services import Origin
from orchestration.actors import gauges, kinds
from orchestration.actors.agreement import differences
from orchestration.actors.routing import Candidate, Choice, Objection, Way, objection
from orchestration.actors.spending import month_of
from orchestration.casetypes.case_type import by_definition
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.jobs import calling, rehearsal
from orchestration.jobs.actor_ledger import output_as_kept
from orchestration.jobs.attempt import Attempt
from orchestration.jobs.crossing import Ready
from orchestration.models import ActorCall, ActorVersion, Gauge, Job, Replay, Trial
from orchestration.shell.nudges import nudge_replay, nudge_shadow

Json = Any
State = ActorVersion.State

MOST_REPLAYED: Final = 1000
AT_ONCE: Final = 25
"""Jobs of a replay that one task does; the next one goes on, so that no task lasts."""
SECONDS: Final = 30.0
STALLED: Final = timedelta(minutes=10)
"""Longer than one task of a replay lasts, whatever its actor does."""
USED: Final = ("done", "suggested")
REPLAYED_IN: Final = (State.QUARANTINED, State.SHADOW, State.SHARE)


def cannot_be_tried(kind: str) -> str:
    """Why actors of this kind are not tried, in a sentence; "" where they are."""
    if kind in kinds.ANSWERS_ONLY:
        return ""
    return "What it does would happen once more: only actors that do nothing but answer are tried on recorded work."


# In the shadow


def beside(job: Job, choice: Choice) -> None:
    """Have tried beside a job that was done: versions in the shadow, and actors that the routing put in that mode."""
    versions = list(choice.candidate.shadows) if choice.candidate is not None else []
    if choice.shadows:
        others = ActorVersion.objects.filter(actor__key__in=choice.shadows, state=State.IN_USE)
        versions += others.values_list("pk", flat=True)
    for version in versions:
        nudge_shadow(job.pk, version)


def shadow(job_id: int, version_id: int) -> Trial | None:
    """Try a version on a job that is done. None where it may not be, or cannot be had now: real work comes first."""
    version = version_of(version_id)
    job = Job.objects.select_related("instance").filter(pk=job_id).first()
    if version is None or job is None or version.state not in (State.SHADOW, State.IN_USE):
        return None
    found = tried_on(version, job, Trial.Way.SHADOW)
    return found if isinstance(found, Trial) else None


# On recorded jobs


def replay_begin(version: ActorVersion, jobs: int, by: Origin) -> Replay | Refused:
    """Have a version tried on the last recorded jobs of its capability, in the background."""
    refusal = cannot_be_tried(version.actor.kind)
    if not refusal and version.state not in REPLAYED_IN:
        refusal = "A version is replayed from quarantine on, until it is in use. Put it into quarantine first."
    if not refusal and not 1 <= jobs <= MOST_REPLAYED:
        refusal = f"From 1 to {MOST_REPLAYED} jobs."
    wanted = 0 if refusal else _recorded(version).count()
    if not refusal and not wanted:
        refusal = f"No job of “{version.actor.capability}” is done yet, so there is nothing to try it on."
    if refusal:
        return Refused("replay", refusal)
    Trial.objects.filter(version=version, way=Trial.Way.REPLAY).delete()
    values = {"jobs": min(jobs, wanted), "done": 0, "by": by.actor, "began": clock.utc_now(), "ended": None}
    found, _ = Replay.objects.update_or_create(version=version, defaults=values | {"failed": ""})
    nudge_replay(version.pk)
    return found


def go_on(version_id: int) -> float | None:
    """Try a version on some more of the jobs: in how many seconds to go on, None where that is over."""
    replay = Replay.objects.filter(version=version_id, ended=None).first()
    version = version_of(version_id)
    if replay is None or version is None:
        return None
    until = time.monotonic() + SECONDS
    for job in _ahead(version, replay):
        outcome = tried_on(version, job, Trial.Way.REPLAY)
        if isinstance(outcome, Objection) and outcome.passes:
            return max(outcome.seconds, 1)
        if isinstance(outcome, Objection):
            _end(replay, outcome.sentence)
            return None
        if time.monotonic() > until:
            break
    done = Trial.objects.filter(version=version, way=Trial.Way.REPLAY).count()
    Replay.objects.filter(pk=replay.pk).update(done=done)
    if done >= replay.jobs or not _ahead(version, replay):
        _end(replay)
        return None
    return 0


def stalled(now: datetime) -> list[int]:
    """The versions whose replay has come no further for so long that its nudge must have been lost."""
    last = Max("version__trials__at", filter=Q(version__trials__way=Trial.Way.REPLAY))
    open_ones = Replay.objects.filter(ended=None, began__lt=now - STALLED).annotate(last=last)
    return [one.pk for one in open_ones if one.last is None or one.last < now - STALLED]


def _end(replay: Replay, failed: str = "") -> None:
    Replay.objects.filter(pk=replay.pk, ended=None).update(ended=clock.utc_now(), failed=failed[:500])


def _recorded(version: ActorVersion) -> QuerySet[Job]:
    return Job.objects.filter(capability=version.actor.capability, state=Job.State.DONE)


def _ahead(version: ActorVersion, replay: Replay) -> list[Job]:
    """The next of the recorded jobs, the last done first."""
    wanted = _recorded(version).filter(ended__lte=replay.began).order_by("-ended", "-pk")[: replay.jobs]
    tried = set(Trial.objects.filter(version=version, way=Trial.Way.REPLAY).values_list("job", flat=True))
    ahead = [pk for pk in wanted.values_list("pk", flat=True) if pk not in tried][:AT_ONCE]
    found = Job.objects.select_related("instance").filter(pk__in=ahead).order_by("-ended", "-pk")
    return [job for job in found if not is_sealed(bytes(job.input))]  # of one whose key is gone nothing is tried


# One trial


def version_of(version_id: int) -> ActorVersion | None:
    return ActorVersion.objects.select_related("actor").defer("artefact").filter(pk=version_id).first()


def tried_on(version: ActorVersion, job: Job, way: str, expected: Json = None) -> Trial | Objection:
    """What a version gives for a job that is done, or why it cannot be had. `expected`: what it is held against, in
    place of what was used."""
    acts = way == Trial.Way.GOLDEN and rehearsal.is_rehearsed(version.actor.kind)
    chosen = as_it_is(version) if acts else _candidate(version)
    if isinstance(chosen, Objection):
        return chosen
    ready = ready_for(job, chosen)
    attempt = rehearsal.rehearsed(ready) if acts else calling.call(ready)
    spend(chosen, attempt)
    output = None if attempt.answer is None else attempt.answer.output
    used = used_for(job) if expected is None else expected
    contract = None if acts else ready.capability.output
    agrees = None if output is None or used is None else not differences(contract, used, output)
    kept = None if output is None else output_as_kept(subject_with_key(job.instance_id), output)
    values = {
        "at": clock.utc_now(), "latency_ms": attempt.latency_ms, "output": kept, "agrees": agrees,
        "confidence": None if attempt.answer is None else attempt.answer.confidence,
        "error": attempt.error or attempt.person, "cost": attempt.cost, "currency": attempt.currency,
        "verdicts": [one.told() for one in attempt.verdicts],
    }  # fmt: skip
    row, _ = Trial.objects.update_or_create(version=version, job=job, way=way, defaults=values)
    row.output = output
    return row


def ready_for(job: Job, chosen: Candidate) -> Ready:
    """A job as it stands before this actor is called for it."""
    case_type = by_definition(job.instance.definition_id)
    capability = case_type.capability(job.capability)
    return Ready(job, case_type, capability, Choice(Way.ACTOR, chosen), chosen)


def deed_of(job: Job) -> Json:
    """What was done for a job by who can say what they would do; None where it was somebody else, or cannot be said."""
    call = ActorCall.objects.filter(job=job, outcome__in=USED).order_by("-pk").first()
    rows = ActorVersion.objects.select_related("actor").defer("artefact")
    version = None if call is None else rows.filter(actor__key=call.actor, version=call.version).first()
    if version is None or not rehearsal.is_rehearsed(version.actor.kind):
        return None
    if kinds.asks_itself(version.actor.kind):
        return rehearsal.done_by_agent(job)
    attempt = rehearsal.rehearsed(ready_for(job, as_it_is(version)))
    return None if attempt.answer is None else attempt.answer.output


def as_it_is(version: ActorVersion) -> Candidate:
    """The actor in this version, whatever keeps it from work now: nothing is asked of it."""
    now = clock.utc_now()
    found = next(one for one in gauges.candidates(version.actor.capability, now, 0) if one.key == version.actor.key)
    return replace(found, version=version.version, version_id=version.pk)


def _candidate(version: ActorVersion) -> Candidate | Objection:
    """The actor as it is now, in this version, or why it cannot be had."""
    if refusal := cannot_be_tried(version.actor.kind):
        return Objection(refusal)
    chosen = as_it_is(version)
    return objection(chosen, clock.utc_now()) or chosen


def spend(chosen: Candidate, attempt: Attempt) -> None:
    """What a trial, or a question beside the jobs, cost counts in the month's money like any call."""
    if attempt.cost:
        month = month_of(clock.utc_now())
        Gauge.objects.filter(actor=chosen.id, month=month).update(spent=F("spent") + attempt.cost)


def used_for(job: Job) -> dict[str, Json] | None:
    """What was used for the job: the answer, with what a person put in the place of some of it."""
    call = ActorCall.objects.filter(job=job, outcome__in=USED).select_related("judgement").order_by("-pk").first()
    if call is None:
        return None
    judgement = getattr(call, "judgement", None)
    right: Json = None if judgement is None else judgement.right
    return (
        {**call.output, **right} if isinstance(call.output, dict) and isinstance(right, dict) else right or call.output
    )
