"""What does it cost to verify? Chains alone, the whole of many cases, a second look, and a case of any length.

Rates are events a second of CPU, of this process, its children and the database together; two cores give twice that.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from audit.chain import Head
from audit.checking import ChainCheck
from audit.reading import links_of
from orchestration.engine.commands import CompleteTask
from orchestration.engine.events import TaskOpened
from orchestration.engine.execute import Outcome, execute
from orchestration.models import HumanTask, Instance
from orchestration.shell import services
from orchestration.shell.services import Done
from orchestration.shell.verification.every import Report, ended, snapshot, verify_all
from tests.benchmarks.shell import BENCH, analyst, complaint, going_round
from tests.benchmarks.workers import server_cpu

CASES, SHORT, LONG = 400, 500, 2_500
MILLION, AT_ONCE = 1_000_000, 200


def rates(dsn: str) -> Iterator[str]:
    run = complaint(analyst())
    for _ in range(CASES):
        run()
    numbers = list(Instance.objects.order_by("pk").values_list("pk", flat=True))
    events = sum(Instance.objects.values_list("head_sequence", flat=True))
    yield f"{len(numbers)} complaints, {events} events"
    yield _line("chains alone", events, dsn, lambda: _chains(numbers))
    yield _line("whole (chain, replay, rows)", events, dsn, lambda: _verified(whole=True))
    yield _line("whole, in two processes", events, dsn, lambda: _verified(whole=True, processes=2))
    yield _line("again, nothing has happened since", events, dsn, lambda: _verified(whole=False))
    for steps in (SHORT, LONG):
        case, step = going_round()
        for _ in range(steps):
            step()
        before = _memory()
        report = _verified(whole=False)
        length = Instance.objects.get(pk=case).head_sequence
        yield f"one case of {length:6} events: {report.read} read, {_memory() - before:.1f} MB more memory at its peak"


def of_any_length() -> Iterator[str]:
    """One case of a tenth of a million events, then of a million: rate, and the most memory that verifying took."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(services, "execute", _many_rounds)
        started, _ = going_round()
        for length in (MILLION // 10, MILLION):
            while Instance.objects.values_list("head_sequence", flat=True).get(pk=started) < length:
                task = HumanTask.objects.values_list("item", flat=True).get(instance=started, state="open")
                assert isinstance(services.send(started, CompleteTask(task), BENCH), Done)
            yield _verified_apart(Instance.objects.get(pk=started).head_sequence)


def _many_rounds(models: Any, state: Any, command: Any, now: datetime, *rest: Any) -> Outcome:
    """What the engine says to a command, and to the next ones of a case that goes round: written as one step. `rest`:
    whatever else the engine takes."""
    outcome = execute(models, state, command, now, *rest)
    events = list(outcome.events)
    for _ in range(AT_ONCE if isinstance(command, CompleteTask) else 0):
        (task,) = [event.item for event in outcome.events if isinstance(event, TaskOpened)]
        outcome = execute(models, outcome.state, CompleteTask(task), now, *rest)
        events += outcome.events
    return Outcome(outcome.state, tuple(events))


def _verified_apart(length: int) -> str:
    """In a process of its own, whose memory holds nothing else."""
    code = (
        "import django, time; django.setup(); from tests.benchmarks.verification import _verified, _most; "
        "_most(); before, began = _most(), time.process_time(); report = _verified(whole=True); "
        "print(report.read, round(_most() - before, 1), time.process_time() - began)"
    )
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    read, more, seconds = int(said[-3]), said[-2], float(said[-1])
    assert read >= length
    return f"one case of {length:9,} events: {more} MB more memory at its peak; {read / seconds:,.0f} events/s of CPU"


def _chains(numbers: list[int]) -> None:
    with snapshot():
        for number, links in groupby(links_of(numbers), key=lambda row: row[0]):
            chain = ChainCheck(number, Head())
            assert all(map(chain.feed, links))


def _verified(*, whole: bool, processes: int = 1) -> Report:
    def named(case: int, fault: object) -> None:
        raise AssertionError(f"case {case}: {fault}")

    report = verify_all(whole=whole, processes=processes, named=named, progress=lambda now, of_all: None)
    ended(report, 0, None)
    return report


def _line(name: str, events: int, dsn: str, work: Callable[[], object]) -> str:
    work()
    wall, cpu = time.perf_counter(), _cpu(dsn)
    for _ in range(3):
        work()
    wall, cpu = (time.perf_counter() - wall) / 3, (_cpu(dsn) - cpu) / 3
    return f"{name:36} {events / cpu:9,.0f} events/s of CPU, {events / wall:9,.0f} by the clock"


def _cpu(dsn: str) -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime + server_cpu(dsn)


def _memory() -> float:
    """The most that this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _most() -> float:
    """The most that this process has had since it was last asked, in MB (proc(5): clear_refs)."""
    most = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    Path("/proc/self/clear_refs").write_text("5")
    return int(most.split()[1]) / 1024
