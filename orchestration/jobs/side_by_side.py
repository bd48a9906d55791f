"""How does a person see what one version gives for one recorded job, beside the version in use?

It is asked like any actor, with the guardrails before and after, and paid for. What it gives is kept as a `Trial`, and
goes nowhere.
"""

from __future__ import annotations

from typing import Final

from orchestration.actors.routing import Objection
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.jobs import trials
from orchestration.models import ActorVersion, Job, Trial
from orchestration.shell.nudges import nudge_trial

SHOWN: Final = 20
NOT_YET: Final = Refused("try", "A version is tried from quarantine on. Put it into quarantine first, on its page.")
NO_JOB: Final = Refused("try", "Choose one of the recorded jobs.")


def recorded(capability: str) -> list[Job]:
    """The last jobs that are done, without questions of people: those are theirs alone."""
    done = Job.objects.filter(capability=capability, state=Job.State.DONE, job__gt=0)
    return list(done.select_related("instance").order_by("-ended", "-pk")[:SHOWN])


def ask(version: ActorVersion, job: Job | None) -> Refused | None:
    """Have a version tried on a recorded job, in the background; the version in use too, where another one did it."""
    if why := trials.cannot_be_tried(version.actor.kind):
        return Refused("try", why)
    if version.state not in (*trials.REPLAYED_IN, ActorVersion.State.IN_USE):
        return NOT_YET
    if job is None:
        return NO_JOB
    for one in (version, in_use(version.actor_id)):
        if one is not None:
            Trial.objects.filter(version=one, job=job, way=Trial.Way.TRIED).delete()
            nudge_trial(job.pk, one.pk)
    return None


def in_use(actor: int) -> ActorVersion | None:
    found = ActorVersion.objects.filter(actor=actor, state=ActorVersion.State.IN_USE)
    return found.select_related("actor").defer("artefact").first()


def run(job_id: int, version_id: int) -> Trial | None:
    """Try it; where its actor cannot be had now, that is what is kept."""
    version = trials.version_of(version_id)
    job = Job.objects.select_related("instance").filter(pk=job_id, job__gt=0).first()
    if version is None or job is None:
        return None
    found = trials.tried_on(version, job, Trial.Way.TRIED)
    return _not_had(version, job, found) if isinstance(found, Objection) else found


def _not_had(version: ActorVersion, job: Job, why: Objection) -> Trial:
    values = {"at": clock.utc_now(), "latency_ms": 0.0, "output": None, "error": why.sentence}
    return Trial.objects.update_or_create(version=version, job=job, way=Trial.Way.TRIED, defaults=values)[0]
