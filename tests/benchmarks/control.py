"""Does the control plane hold what it is to? Planted violations, requests of workers at random, a stop over processes.

The same as the tests hold, in full and printed: `python -m tests.benchmarks guardrails requests stop`.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator
from typing import Final

import pytest

from audit.services import Origin
from casework.intake.services import Opened, case_open
from orchestration.actors.handoff import Outcome
from orchestration.jobs import stopping
from orchestration.models import Job
from orchestration.shell import nudges
from tests.orchestration.actors.crossings import CARDS, clean, crossed
from tests.orchestration.actors.violations import violations
from tests.orchestration.jobs.test_fetching_at_random import Crowd, every_result_counted_once
from tests.orchestration.jobs.test_stop_everywhere import CASES, IN_TIME, WORKERS, done, until, workers

PLANTED, CLEAN, REQUESTS = 400, 2_000, 10_000
BENCH: Final = Origin("system:bench")


def guardrails() -> Iterator[str]:
    """Of what is planted all is caught, of what is clean nothing is blocked."""
    planted = list(violations(PLANTED))
    missed = [one.check for one in planted if not one.caught(*crossed(one.scene, one.answer))]
    blocked = sum(_is_blocked(seed) for seed in range(CLEAN))
    checks = Counter(one.check for one in planted)
    yield (
        f"{len(planted)} violations of {len(checks)} checks over {len(CARDS)} kinds of actors: "
        f"{len(planted) - len(missed)} caught; of {CLEAN} clean handoffs {blocked} blocked"
    )
    assert not missed and not blocked, (missed, blocked)


def _is_blocked(seed: int) -> bool:
    _, after = crossed(clean(seed))
    return after is None or after.outcome is not Outcome.PASS


def requests() -> Iterator[str]:
    """Fetched, brought, brought twice, by another, late, after a restart: every job's result counts once."""
    began = time.monotonic()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nudges, "_send", lambda *message: None)
        crowd = Crowd(9, patch)
        for _ in range(10):
            crowd.begin(60)
            crowd.go_on(crowd.requests + REQUESTS // 10)
        crowd.finish()
        every_result_counted_once(crowd)
    told = ", ".join(f"{many} {what}" for what, many in sorted(crowd.counted.items()))
    jobs = Job.objects.filter(state=Job.State.DONE).count()
    yield (
        f"{crowd.requests} requests of workers ({told}): each of {jobs} jobs done counted once; "
        f"{time.monotonic() - began:.0f} s"
    )


def stop(dsn: str) -> Iterator[str]:
    """Every actor is stopped while three processes work, and nothing that was not in a case by then comes into one."""
    nudges._send = lambda *message: None  # the workers look for their work themselves
    for number in range(CASES):
        data = {"message": "My card was swallowed by the machine.", "customer": {"name": "Maria Sandoval"}}
        assert isinstance(
            case_open(by=None, case_type="complaint", reference=f"S-{number}", source="bench", data=data), Opened
        )
    with workers(dsn, CASEWRIGHT_DATA_KEY=os.environ["CASEWRIGHT_DATA_KEY"]):
        until(lambda: done() > WORKERS)
        began = time.monotonic()
        stopping.stop(stopping.ALL, BENCH, "Something is wrong")
        took, landed = time.monotonic() - began, done()
        quiet = until(lambda: not Job.objects.filter(state__in=("waiting", "running")).exists())
        after = done() - landed
        held = Job.objects.filter(state=Job.State.HELD).count()
        stopping.end(stopping.ALL, BENCH)
    yield (
        f"stopped over {WORKERS} workers in {took:.3f} s (at most {IN_TIME:g}), what was under way contained "
        f"{quiet:.3f} s later: {held} jobs held, {after} results after the stop"
    )
    assert took < IN_TIME and held and not after
