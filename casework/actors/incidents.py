"""What waits for an actor that failed or was switched off, and how is all of it tried again?

Counts and retries over all cases, without a word of any: whoever keeps actors in order need not see the cases.
"""

from __future__ import annotations

from typing import Final

from django.db.models import Count, Exists, OuterRef, QuerySet

from audit.services import Origin
from orchestration.engine.commands import ResolveIncident
from orchestration.ground.refusals import Refused
from orchestration.jobs.again import carry_over
from orchestration.models import Actor, Incident, Job
from orchestration.shell import savepoint, services
from orchestration.shell.services import Done

AT_ONCE: Final = 500
"""Cases that one click has tried again; the next click goes on."""


def waiting_for(actor: Actor) -> int:
    """How many jobs wait that this actor could do."""
    return Job.objects.filter(capability=actor.capability, state__in=(Job.State.WAITING, Job.State.RUNNING)).count()


def failed_by_capability() -> dict[str, int]:
    """How many jobs of each capability failed and wait for a person."""
    return dict(_undecided().values_list("capability").annotate(Count("pk")).order_by())


def retry_failed(capability: str, origin: Origin) -> tuple[int, int]:
    """Try again what failed of this capability, each case in a step of its own: how many were, and were refused."""
    jobs = (
        _undecided().filter(capability=capability).exclude(instance__status="suspended").values_list("instance", "job")
    )
    tried = refused = 0
    for instance, job in list(jobs.order_by("pk")[:AT_ONCE]):
        incident = Incident.objects.filter(instance=instance, job=job, resolved=None).order_by("-pk").first()
        if incident is None:
            continue
        outcome = savepoint.tried("incident not retried", incident, _again, incident, origin)
        done = isinstance(outcome, Done)
        tried, refused = tried + done, refused + (not done)
    return tried, refused


def _undecided() -> QuerySet[Job]:
    """Jobs that failed and of which nobody has said what shall happen: it is another job that is tried again."""
    waiting = Incident.objects.filter(instance=OuterRef("instance"), job=OuterRef("job"), resolved=None)
    return Job.objects.filter(Exists(waiting), state=Job.State.INCIDENT)


def _again(incident: Incident, origin: Origin) -> Done | Refused:
    outcome = services.send(incident.instance_id, ResolveIncident(incident.incident, "retry"), origin)
    if isinstance(outcome, Done):
        carry_over(outcome, Job.objects.get(instance=incident.instance_id, job=incident.job or 0))
    return outcome
