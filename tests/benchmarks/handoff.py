"""What does a whole handoff cost, with an actor that answers at once: routing, guardrails, ledger and two steps?

CPU of this process and of the database's together, beside the same two commits by themselves, each with the cost of one
Celery message, which is measured alone.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

from audit.db.sql import Part
from audit.services import Origin
from orchestration.actors import kinds
from orchestration.actors.contract import TEXT_INPUT, Answer
from orchestration.actors.registry import actor_ensure, register_model_version
from orchestration.casetypes.case_type import folder_files
from orchestration.casetypes.deployment import Published, deploy
from orchestration.engine.commands import StartProcess
from orchestration.jobs import runner
from orchestration.models import Job
from orchestration.shell import nudges, services
from orchestration.shell.services import Done
from tests.benchmarks.workers import server_cpu

BENCH = Origin("system:bench")
MOST = 8.0  # milliseconds of CPU
NUMBERS = count()
OWN = ("instance", "chain")


class Instant:
    """An actor that gives back what it is given, at once."""

    capability = "echo"
    input_schema = TEXT_INPUT
    output_schema: dict[str, Any] = {"type": "object", "required": ["text"]}

    def __init__(self, key: str, version: str, artefact: bytes | None) -> None:
        self.key, self.version = key, version

    def run(self, input: dict[str, Any], *, idempotency_key: str) -> Answer:
        return Answer(dict(input), 0.9)


def handed_over() -> Callable[[], None]:
    """A call begins a case that asks a machine for one thing, and has it done as a worker does."""
    nudges._send = lambda *message: None  # the broker is counted by itself
    kinds.KINDS["instant"] = "tests.benchmarks.handoff:Instant"
    actor_ensure("instant", name="Instant", kind="instant", capability="echo")
    register_model_version("instant", kinds.version_of(b"instant"), b"instant", {}, activate=True)
    published = deploy(folder_files(Path(__file__).parent / "echo"), BENCH)
    assert isinstance(published, Published), published

    def run() -> None:
        text = f"Please say this back to me, number {next(NUMBERS)}."
        done = services.start(published.definition, StartProcess("echo", {"text": text}), BENCH)
        assert isinstance(done, Done)
        (number,) = done.effects.jobs
        assert isinstance(runner.run(done.instance, number), Done)

    return run


def bare(run: Callable[[], None]) -> Callable[[], None]:
    """The same two commits, statement by statement and row by row as the product makes them, and nothing else."""
    kept: list[list[Part]] = []
    do = services.do
    services.do = lambda parts: do(kept.append(list(parts)) or kept[-1])
    try:
        run()
    finally:
        services.do = do
    job = "(select id from orchestration_job where instance_id = %(instance)s)"
    steps = [[(text.replace("%(call_job)s", job), given) for text, given in parts] for parts in kept]
    numbers = count(10**9)

    def again() -> None:
        case = next(numbers)
        for parts in steps:
            do(
                [
                    (text, given | {name: case for name in ("instance", "chain") if name in given})
                    for text, given in parts
                ]
            )

    return again


def message(times: int = 400) -> float:
    """Seconds of CPU for one Celery message: sent, received, its task called; by a worker in this process."""
    import time

    from celery import Celery
    from celery.contrib.testing.worker import start_worker

    app = Celery("message", broker="memory://", set_as_current=False)
    app.conf.task_ignore_result = True
    done, left = threading.Event(), [times]

    @app.task(name="nothing")
    def nothing(instance: int, job: int) -> None:
        left[0] -= 1
        if not left[0]:
            done.set()

    with start_worker(app, pool="solo", perform_ping_check=False, loglevel="CRITICAL"):
        began = time.process_time()
        for number in range(times):
            app.send_task("nothing", args=(number, 1), ignore_result=True)
        assert done.wait(120)
        return (time.process_time() - began) / times


def against_a_bare_task(dsn: str) -> Iterator[str]:
    one = message()
    whole_handoff = handed_over()
    ways = {"the whole handoff": whole_handoff, "the bare commits": bare(whole_handoff)}
    spent = {name: _cpu(way, dsn) for name, way in ways.items()}
    for name, seconds in spent.items():
        yield f"{name:18} {1000 * seconds:6.2f} ms of CPU a job, database included"
    yield f"{'a Celery message':18} {1000 * one:6.2f} ms of CPU"
    whole, least = spent["the whole handoff"], spent["the bare commits"]
    times = (whole + one) / (least + one)
    yield f"overhead {1000 * whole:.2f} ms, at most {MOST}; with a message {times:.2f} times, aim 3"
    assert Job.objects.filter(capability="echo", state="waiting").count() == 0


def _cpu(work: Callable[[], None], dsn: str, times: int = 300) -> float:
    import time

    for _ in range(20):
        work()
    own, server = time.process_time(), server_cpu(dsn)
    for _ in range(times):
        work()
    return (time.process_time() - own + server_cpu(dsn) - server) / times
