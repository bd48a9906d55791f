"""Who fetches work from outside? `python -m tests.chaos.carrier URL TOKEN`: a program like a customer's, which may be
killed, too. What it does, it asks the other system for, under the job's own key."""

from __future__ import annotations

import os
import sys

from casework.worker_client import Failed, Job, Worker
from orchestration.actors.kinds import ActorError
from tests.chaos.actor import HttpMachine

LEASE = 5.0
"""Seconds after which a job is offered again whose worker was killed."""


def carried(job: Job) -> dict[str, object]:
    try:
        answer = HttpMachine("machine.carry", "1", None).run({"order": job.input["order"]}, idempotency_key=job.key)
    except ActorError as error:
        raise Failed(str(error), temporary=error.temporary, after=1) from None
    return dict(answer.output)


if __name__ == "__main__":
    url, token = sys.argv[1:]
    Worker(url, token, name=f"carrier-{os.getpid()}", lease=LEASE, wait=2.0).run(carried)
