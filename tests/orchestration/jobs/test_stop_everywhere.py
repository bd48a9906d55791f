"""A stop holds over worker processes: what was not in a case when it returned comes into none until it is let loose.

`pytest -s tests/orchestration/jobs/test_stop_everywhere.py` prints how long it took.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg.conninfo
import pytest

from orchestration.jobs import stopping
from orchestration.models import ActorCall, Job
from tests.casework.conftest import complaint, open_case
from tests.orchestration.case_types import TEST
from tests.orchestration.machines import machines
from tests.orchestration.real import real_database, real_template

__all__ = ["complaint", "machines", "open_case", "real_database", "real_template"]

ROOT = Path(__file__).parents[3]
WORKERS, CASES = 3, 40
IN_TIME = 5.0

pytestmark = pytest.mark.slow


@contextmanager
def workers(database: str, **settings: str) -> Iterator[None]:
    """So many processes that do whatever work waits in this database. `settings`: of their environment."""
    place = psycopg.conninfo.conninfo_to_dict(database)
    address = f"postgresql://casewright@/{place['dbname']}?host={place['host']}"
    environment = os.environ | {
        "DATABASE_URL": address, "CELERY_BROKER_URL": "memory://", "DJANGO_SETTINGS_MODULE": "casework.settings",
        "LOG_LEVEL": "ERROR", "CASEWRIGHT_DATA_KEY": "",
    } | settings  # fmt: skip
    command = [sys.executable, "-m", "tests.orchestration.jobs.stopped_worker"]
    started = [subprocess.Popen(command, cwd=ROOT, env=environment) for _ in range(WORKERS)]
    try:
        yield
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(30)


def until(holds: Callable[[], bool], seconds: float = 120) -> float:
    """Wait for it; how many seconds that took."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < seconds, "What the test waits for does not come."
        time.sleep(0.02)
    return time.monotonic() - began


def done() -> int:
    return Job.objects.filter(state=Job.State.DONE).count()


def test_no_result_lands_after_a_stop_over_several_worker_processes(
    real_database: str, machines: object, open_case: Callable[..., object]
) -> None:
    for _ in range(CASES):
        open_case()
    with workers(real_database):
        until(lambda: done() > WORKERS)
        began = time.monotonic()
        stopping.stop(stopping.ALL, TEST, "Something is wrong")
        took, landed = time.monotonic() - began, done()
        quiet = until(lambda: not Job.objects.filter(state__in=("waiting", "running")).exists())
        print(f"\nstopped over {WORKERS} workers in {took:.3f} s; all under way contained {quiet:.3f} s later")
        assert took < IN_TIME
        assert done() == landed, "a result of a stopped actor reached a case"
        assert not Job.objects.filter(state=Job.State.INCIDENT).exists()
        held = Job.objects.filter(state=Job.State.HELD).count()
        assert held and not ActorCall.objects.filter(outcome="lost").exists()
        stopping.end(stopping.ALL, TEST)
        until(lambda: not Job.objects.exclude(state=Job.State.DONE).exists())
    assert done() >= landed + held
