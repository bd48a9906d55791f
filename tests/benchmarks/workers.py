"""What does a complaint cost from intake to *routed*, beside the inferences and durable writes that it needs?

In one process, whose database session is kept as a worker's is. CPU of this process and of the database's together.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

from casework.actors.bundled import CASE_TYPES, ensure_actors
from casework.intake.services import Opened, case_open
from orchestration.actors import kinds
from orchestration.jobs import runner
from orchestration.models import ActorVersion
from orchestration.shell import nudges
from orchestration.shell.services import Done
from tests.benchmarks import floor

MESSAGES = (
    "I asked for a refund two weeks ago and nothing has happened. Nobody answers the phone.",
    "My card was stolen on the tram this morning and I have already called you twice.",
    "You charged me twice for the same order. Please give the second payment back to me.",
)
READERS = ("intent", "sentiment")
"""What a complaint asks of models before it is routed."""
NUMBERS = count(floor.FIRST_REFERENCE)


def routed() -> Callable[[], None]:
    """A call brings one complaint in and has both models read it, as a worker does."""
    told: list[tuple[int, ...]] = []  # in place of the broker, which is no part of this

    def heard(task: str, arguments: tuple[int, ...], *rest: object) -> None:
        if task == nudges.RUN_JOB:
            told.append(arguments)

    nudges._send = heard

    def run() -> None:
        number = next(NUMBERS)
        data = {"message": f"{MESSAGES[number % 3]} Order {number}."}
        opened = case_open(by=None, case_type="complaint", reference=f"worker {number}", source="bench", data=data)
        assert isinstance(opened, Opened)
        outcomes = [runner.run(*told.pop(0)) for _ in READERS]
        last = outcomes[-1]
        assert isinstance(last, Done) and last.effects.tasks
        told.clear()  # the agent that looks at an unsure one comes after it was routed

    return run


def bare(dsn: str, work: Callable[[], None]) -> Callable[[], None]:
    """A call makes the same inferences as `work` by the same models, and the same writes."""
    in_use = ActorVersion.objects.filter(state=ActorVersion.State.IN_USE, actor__capability__in=READERS)
    versions = in_use.select_related("actor")
    models = [kinds.load(each.actor.kind, each.version, bytes(each.artefact)) for each in versions]
    write = floor.writes(dsn, work, next(NUMBERS) + 1)

    def run() -> None:
        number = next(NUMBERS)
        for model in models:
            model.run({"text": f"{MESSAGES[number % 3]} Order {number}."}, idempotency_key="")
        write()

    return run


def against_the_bare_work(dsn: str) -> Iterator[str]:
    ensure_actors(CASE_TYPES / "complaint" / "training")
    product = routed()
    ways = {"the product": product, "bare": bare(dsn, product)}
    spent: dict[str, list[float]] = {name: [] for name in ways}
    for way in ways.values():
        way()
    for _ in range(9):
        for name, way in ways.items():
            spent[name].append(_cpu_of(way, 20, dsn))
    ratios = sorted(a / b for a, b in zip(spent["the product"], spent["bare"], strict=True))
    for name, each in spent.items():
        yield f"{name:12} {1000 * sorted(each)[len(each) // 2]:6.2f} ms of CPU a case, database included"
    yield f"ratio        {ratios[len(ratios) // 2]:6.2f}, aim 2.2"


def _cpu_of(work: Callable[[], None], times: int, dsn: str) -> float:
    """Seconds of CPU a call, of this process and of all of the database's."""
    own, server = time.process_time(), server_cpu(dsn)
    for _ in range(times):
        work()
    return (time.process_time() - own + server_cpu(dsn) - server) / times


def server_cpu(dsn: str) -> float:
    """Seconds that the server's processes have used, the ended ones included."""
    folder = dict(part.split("=") for part in dsn.split())["host"]
    main = int(next(Path(folder).parent.rglob("postmaster.pid")).read_text().split()[0])
    ticks = 0
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            ticks += _ticks(process, main)
    return ticks / 100


def _ticks(process: Path, main: int) -> int:
    try:
        figures = (process / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    parent, spent, ended = int(figures[1]), int(figures[11]) + int(figures[12]), int(figures[13]) + int(figures[14])
    if int(process.name) == main:
        return spent + ended
    return spent if parent == main else 0
