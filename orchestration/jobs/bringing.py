"""How does a worker outside bring what it made of a job?

A result, a failure or a business error of BPMN: each enters the case as one of a called actor would, after the
guardrails. Whatever comes twice is answered as the first time; what comes late, or from another actor's worker, changes
nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

import orjson
from django.db import transaction
from django.db.models import F

from orchestration.actors import disturbed, kinds
from orchestration.actors.contract import Answer
from orchestration.actors.handoff import Outcome, Verdict
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.jobs import crossing, fetching, leases, runner
from orchestration.jobs.attempt import Attempt
from orchestration.jobs.crossing import Outward, Ready
from orchestration.models import Instance, Job, Lease, WorkerToken
from orchestration.privacy.pseudonyms import pseudonym_of_data

Json = Any
Told = dict[str, Json]

REPAIR: Final = "repair"
CHANGED: Final = "What may be handed out of this case has changed since it was fetched. It is fetched anew."
STATES: Final = {Job.State.WAITING: "retry", Job.State.HANDED: "person", Job.State.HELD: "stopped"}
"""What became of the job, where the worker hears another word than its row has."""


@dataclass(frozen=True, slots=True)
class Brought:
    """An answer, or what went wrong. `temporary`, `after` how many seconds: as far as the worker knows; `code`: the
    business error that it stands for."""

    answer: Answer | None = None
    error: str = ""
    temporary: bool = False
    after: float | None = None
    code: str | None = None

    @property
    def digest(self) -> str:
        """The same for the same, and hardly ever for something else."""
        answer = self.answer
        told = None if answer is None else [answer.output, answer.confidence, answer.detail, answer.usage, answer.cost]
        whole = [told, self.error, self.temporary, self.after, self.code]
        return sha256(orjson.dumps(whole, default=str, option=orjson.OPT_SORT_KEYS)).hexdigest()


def bring(token: WorkerToken, key: str, brought: Brought) -> Told | Refused:
    """Take in what a worker brings under its lease; the state of the job then, and a sentence."""
    found = leases.found_lease(token, key)
    if isinstance(found, Refused):
        return found
    with transaction.atomic():
        Instance.objects.select_for_update().only("pk").get(pk=found.job.instance_id)
        rows = Lease.objects.select_related("job", "token__actor").annotate(definition=F("job__instance__definition"))
        return _taken(rows.get(pk=found.pk), brought)


def _taken(lease: Lease, brought: Brought) -> Told | Refused:
    if lease.answer is not None and lease.asked == brought.digest:
        found: Told = lease.answer
        return found
    if lease.answer is not None and lease.ended is not None:
        return Refused("finished", "This lease has ended with another result, which stands.")
    if not leases.is_held(lease, clock.utc_now()):
        return leases.late()
    lease.job.definition_id = vars(lease)["definition"]
    ready = fetching.ready_of(lease, lease.token.actor)
    if ready is None:
        return leases.late()
    attempt = _attempt(lease, ready, brought)
    told = _repair(attempt) if isinstance(attempt, str) else _in_the_case(lease, ready, attempt)
    if isinstance(told, Refused):
        return told
    lease.asked, lease.answer = brought.digest, told
    lease.objection = attempt if isinstance(attempt, str) else lease.objection
    lease.save(update_fields=["asked", "answer", "objection"])
    return told


def _attempt(lease: Lease, ready: Ready, brought: Brought) -> Attempt | str:
    """What comes of it; a text is what a guardrail has against it, where another answer may be brought."""
    if brought.answer is None:
        faulty = brought.temporary and brought.code is None
        return crossing.failed(
            ready, crossing.told(ready, brought.error), temporary=brought.temporary, code=brought.code,
            after=brought.after, faulty=faulty, verdicts=_verdicts(lease),
        )  # fmt: skip
    try:
        out = fetching.outward_of(ready)
    except kinds.ActorError as error:
        return crossing.failed(ready, str(error))
    if pseudonym_of_data("handed out", out.value) != lease.given:
        return crossing.failed(ready, CHANGED, temporary=True, verdicts=_verdicts(lease))
    return _checked(lease, ready, out, disturbed.said(ready.chosen.key, brought.answer))


def _checked(lease: Lease, ready: Ready, out: Outward, answer: Answer) -> Attempt | str:
    back = crossing.inward(out, answer)
    if back.outcome is Outcome.REPAIR and not lease.objection:
        return back.sentence or "The answer does not pass."
    return crossing.judged(ready, _verdicts(lease), answer, back)


def _verdicts(lease: Lease) -> tuple[Verdict, ...]:
    """What the guardrails said when it was fetched."""
    return tuple(
        Verdict(one["guardrail"], one["stage"], Outcome(one["outcome"]), one.get("sentence", ""),
                tuple(one.get("places", ())))
        for one in lease.verdicts
    )  # fmt: skip


def _repair(sentence: str) -> Told:
    return {"state": REPAIR, "message": sentence}


def _in_the_case(lease: Lease, ready: Ready, attempt: Attempt) -> Told | Refused:
    """Bring it in as a called actor's; the lease is over."""
    job = ready.job
    seconds = (clock.utc_now() - lease.began).total_seconds()
    timed = crossing.timed(ready, attempt, seconds)
    outcome = runner.bring_back(job, timed, lease.began, ready.capability)
    if isinstance(outcome, Refused) and leases.is_held(lease, clock.utc_now()):
        Job.objects.filter(pk=job.pk).update(reserved=None)  # that was given back with the row in the ledger
        return outcome
    leases.end(lease)
    if isinstance(outcome, Refused):
        return leases.late()
    state = Job.objects.values_list("state", flat=True).get(pk=job.pk)
    return {"state": STATES.get(Job.State(state), state), "message": _sentence(state, timed)}


def _sentence(state: str, attempt: Attempt) -> str:
    match state:
        case Job.State.DONE if attempt.answer is not None:
            return "Taken into the case."
        case Job.State.HELD:
            return "The actor has been stopped: this is kept, and not used."
        case Job.State.HANDED:
            return attempt.person or "A person does it."
        case Job.State.WAITING:
            return "It is offered again later."
        case _:
            return attempt.error or "The case has gone on."
