"""A worker process of its own for the test of stops: it does every job that waits, by machines that take a moment."""

from __future__ import annotations

import time
from typing import Any

import django

django.setup()

from orchestration.actors import kinds  # noqa: E402
from orchestration.ground.clock import utc_now  # noqa: E402
from orchestration.jobs import runner  # noqa: E402
from orchestration.models import Job  # noqa: E402
from tests.orchestration.machines import Machine, Machines  # noqa: E402

TAKES = 0.05


class Slow(Machine):
    def run(self, input: dict[str, Any], *, idempotency_key: str) -> Any:
        time.sleep(TAKES)  # what a model takes; the test waits for rows, never for this
        return super().run(input, idempotency_key=idempotency_key)


def main() -> None:
    machines = Machines()
    for kind, usual in machines.by_kind.items():
        machines.by_kind[kind] = Slow(usual.capability, usual.answers)
    kinds.load = machines.load  # type: ignore[assignment]
    while True:
        waiting = Job.objects.filter(state=Job.State.WAITING, run_at__lte=utc_now()).order_by("?")
        for instance, number in list(waiting.values_list("instance", "job")[:5]):
            runner.run(instance, number)
        time.sleep(0.01)


if __name__ == "__main__":
    main()
