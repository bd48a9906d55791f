"""What does it cost to verify? Chains alone, the whole of many cases, a second look, and a case of any length.

Rates are events a second of CPU, of this process, its children and the database together; two cores give twice that.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Iterator
from itertools import groupby

from audit.chain import Head
from audit.checking import ChainCheck
from audit.reading import links_of
from orchestration.models import Instance
from orchestration.shell.verification.every import Report, ended, snapshot, verify_all
from tests.benchmarks.shell import analyst, complaint, going_round
from tests.benchmarks.workers import server_cpu

CASES, SHORT, LONG = 400, 500, 2_500


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


def _chains(numbers: list[int]) -> None:
    with snapshot():
        for number, links in groupby(links_of(numbers), key=lambda row: row[0]):
            chain = ChainCheck(number, Head())
            assert all(map(chain.feed, links))


def _verified(*, whole: bool, processes: int = 1) -> Report:
    def named(case: int, fault: object) -> None:
        raise AssertionError(f"case {case}: {fault}")

    report = verify_all(whole=whole, processes=processes, named=named, progress=lambda now, of_all: None)
    ended(report, 0)
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
