"""Who does the machines' work in a story? This process: it runs every job that waits, as a Celery worker would."""

from __future__ import annotations

import time

import django

django.setup()

from orchestration.ground.clock import utc_now  # noqa: E402
from orchestration.jobs import runner  # noqa: E402
from orchestration.models import Job  # noqa: E402


def main() -> None:
    while True:
        waiting = Job.objects.filter(state=Job.State.WAITING, run_at__lte=utc_now()).order_by("run_at")
        for instance, number in waiting.values_list("instance", "job")[:20]:
            runner.run(instance, number)
        time.sleep(0.1)


if __name__ == "__main__":
    main()
