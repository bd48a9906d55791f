"""How is a job offered to an outside worker, which fetches it?"""

from __future__ import annotations

from datetime import datetime

from orchestration.actors.routing import Candidate, Choice
from orchestration.models import Job


def offer(job: Job, choice: Choice, chosen: Candidate, deadline: datetime | None) -> None:
    """Leave the job to the workers of the chosen actor until one of them fetches it; this was no attempt yet."""
    Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, worker=job.worker).update(
        state=Job.State.OFFERED, lease_until=None, actor=chosen.key, mode=choice.mode, deadline=deadline,
        attempts=job.attempts - 1,
    )  # fmt: skip
