"""How do workers hear that there is work?

A message only says "look at this job": the row is the truth. It goes out after the commit; when the broker cannot be
reached the request goes on, and the sweep finds the job later.
"""

from __future__ import annotations

from collections.abc import Iterable

import structlog
from celery import current_app
from django.db import transaction

log = structlog.get_logger()

RUN_JOB = "orchestration.tasks.run_job"
DELIVER = "orchestration.tasks.deliver_outbox"

AT_ONCE = {"max_retries": 1, "interval_start": 0, "interval_step": 0, "interval_max": 0}
"""A request waits for nothing: once more, for a connection that has gone stale, then the sweep has to find the job."""


def nudge_jobs(instance: int, jobs: Iterable[int], after: float = 0) -> None:
    """After the commit and `after` seconds, have a worker look at these jobs of a case."""
    for job in jobs:
        _after_commit(RUN_JOB, instance, job, countdown=after)


def nudge_outbox() -> None:
    _after_commit(DELIVER)


def _after_commit(task: str, *arguments: int, countdown: float = 0) -> None:
    transaction.on_commit(lambda: _send(task, arguments, countdown))


def _send(task: str, arguments: tuple[int, ...], countdown: float) -> None:
    try:
        current_app.send_task(
            task, args=arguments, countdown=countdown or None, retry=True, retry_policy=AT_ONCE, ignore_result=True
        )
    except Exception as error:  # whatever the broker's client raises, the step is already safe
        log.warning("nudge lost", task=task, arguments=arguments, error=type(error).__name__)
