"""Does more of it do more work? Two web and three worker processes over PostgreSQL and RabbitMQ, against one of each.

Complaints come in through the API of the web processes in turn; the figure is how many are routed in a second (both
models have answered, a person has the task), and how evenly the processes shared the work. Then workers alone, one and
two of them, at complaints that were all brought in before: what a second worker does, while nobody asks for a page.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from casework.runtime.locations import ROOT, Locations
from casework.runtime.postgres import Postgres
from casework.runtime.processes import die_with_parent
from casework.runtime.programs import ONE_THREAD
from tests.chaos.product import children
from tests.load.rabbit import ensure_installed, rabbit
from tests.load.web import cpu, web_process
from tests.migrated import migrate

TOGETHER = 6
"""Programs that send cases in at the same time."""
PATIENCE = 3600
WARMED = 10
"""Complaints for each worker before it is measured: it loads the models that read texts with the first."""
ALONE = 1.7
"""How many times the rate of one worker two are to have, on two cores."""
OPEN_JOBS = "select count(*) from orchestration_job where state in ('waiting', 'running')"
TEXTS = (
    "I was charged twice for the same train ticket, please give me my money back.",
    "My card was stolen on holiday and I need a new one.",
    "The transfer to my landlord has not arrived, and this is the second time. I am really angry.",
)


@dataclass(frozen=True)
class Figures:
    """What one run came to. `opened` and `done`: cases by web process, jobs by worker."""

    cases: int
    seconds: float
    cpu: float
    opened: Sequence[int]
    done: Sequence[int]

    @property
    def rate(self) -> float:
        return self.cases / self.seconds


def run(cases: int) -> None:
    ensure_installed()
    with ExitStack() as at_the_end:
        folder = Path(tempfile.mkdtemp(prefix="cw-scale-", dir="/tmp"))
        at_the_end.callback(shutil.rmtree, folder, ignore_errors=True)
        folder.chmod(0o755)
        server = Postgres(Locations(state=folder, sockets=folder / "s"))
        at_the_end.callback(server.stop)
        server.start()
        broker = at_the_end.enter_context(rabbit(_made(folder / "rabbit")))
        many = _measured(folder / "s", broker, "many", cases, webs=2, workers=3)
        one = _measured(folder / "s", broker, "one", max(1, cases // 5), webs=1, workers=1)
        print(f"  two web and three worker processes: {many.rate / one.rate:.2f} times the rate of one of each, on "
              f"{os.cpu_count()} cores")  # fmt: skip
        _workers_alone(folder / "s", broker, max(1, cases // 5))


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _measured(sockets: Path, broker: str, name: str, cases: int, *, webs: int, workers: int) -> Figures:
    address, token = _installed(sockets, broker, name)
    with ExitStack() as at_the_end:
        fronts = [at_the_end.enter_context(web_process()) for _ in range(webs)]
        staff = _staff(at_the_end, address, workers)
        began = time.monotonic()
        opened = _opened([front.url for front in fronts], token, "S", cases)
        _wait(address, OPEN_JOBS, lambda n: n == 0)
        seconds = time.monotonic() - began
        spent = sum(cpu(front.process) for front in fronts) + sum(cpu(c) for p in staff for c in children(p.pid))
        figures = Figures(cases, seconds, spent, opened, _done(address, staff))
    _show(figures, webs, workers)
    return figures


def _workers_alone(sockets: Path, broker: str, cases: int) -> None:
    address, token = _installed(sockets, broker, "alone")
    with web_process() as front:
        one, two = (_worked_off(address, front.url, token, cases, workers) for workers in (1, 2))
    print(f"{cases} complaints that were brought in before, workers alone")
    print(f"  routed {one:.2f} a second by one worker, {two:.2f} by two: {two / one:.2f} times, on {os.cpu_count()} "
          f"cores (aim {ALONE})", flush=True)  # fmt: skip


def _worked_off(address: str, url: str, token: str, cases: int, workers: int) -> float:
    """How many complaints so many workers route in a second, all of which wait when they begin."""
    with ExitStack() as at_the_end:
        staff = _staff(at_the_end, address, workers)
        _opened([url], token, f"W{workers}", WARMED * workers)
        _wait(address, OPEN_JOBS, lambda n: n == 0)
        with _held(staff):
            _opened([url], token, f"A{workers}", cases)
        began = time.monotonic()
        _wait(address, OPEN_JOBS, lambda n: n == 0)
        return cases / (time.monotonic() - began)


@contextmanager
def _held(staff: Sequence[subprocess.Popen[bytes]]) -> Iterator[None]:
    """These workers stand still, each with the process that does its work."""
    everybody = [pid for process in staff for pid in (process.pid, *children(process.pid))]
    _tell(everybody, signal.SIGSTOP)
    try:
        yield
    finally:
        _tell(everybody, signal.SIGCONT)


def _tell(processes: Sequence[int], what: signal.Signals) -> None:
    for pid in processes:
        with suppress(ProcessLookupError):
            os.kill(pid, what)


def _installed(sockets: Path, broker: str, name: str) -> tuple[str, str]:
    """The address of a new database with what ships, which the environment names from now on, and a token for it."""
    with psycopg.connect(f"postgresql://casewright@/postgres?host={sockets}", autocommit=True) as connection:
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    address = f"postgresql://casewright@/{name}?host={sockets}"
    os.environ.update({
        "DATABASE_URL": address, "CELERY_BROKER_URL": f"{broker.rstrip('/')}//", "API_RATE_USER": "1000000/minute",
        "LOG_LEVEL": "WARNING", "DJANGO_SETTINGS_MODULE": "casework.settings",
        "CASEWRIGHT_STATE": str(sockets.with_name(name)), "CASEWRIGHT_DATA_KEY": f"{sockets}/{name}.key",
        "CASEWRIGHT_DATA_KEYS": f"{sockets}/{name}.keys",
    })  # fmt: skip
    migrate(address)
    return address, token_in(_manage("demo", "--cases", "0"))


def token_in(said: str) -> str:
    """The token with which the demo brings cases in, as its command says it at its end."""
    return said.rpartition("Bearer ")[2].strip()


def _staff(at_the_end: ExitStack, address: str, workers: int) -> list[subprocess.Popen[bytes]]:
    """So many workers, all at work."""
    staff = [_worker() for _ in range(workers)]
    for process in staff:
        at_the_end.callback(_end, process)
    _wait(address, "select 1", lambda _: all(len(children(process.pid)) >= 1 for process in staff))
    return staff


def _opened(urls: Sequence[str], token: str, named: str, cases: int) -> list[int]:
    """How many cases each web process took, whose references begin as `named`."""
    taken: Counter[int] = Counter()

    def send(number: int) -> None:
        body = {
            "case_type": "complaint",
            "reference": f"{named}-{number}",
            "data": {"message": TEXTS[number % len(TEXTS)]},
        }
        request = urllib.request.Request(
            f"{urls[number % len(urls)]}/api/cases/", json.dumps(body).encode(),
            {"Content-Type": "application/json", "Authorization": f"Bearer {token}"},
        )  # fmt: skip
        with urllib.request.urlopen(request, timeout=120) as answer:
            assert answer.status == 201
        taken[number % len(urls)] += 1

    with ThreadPoolExecutor(TOGETHER) as senders:
        list(senders.map(send, range(cases)))
    return [taken[front] for front in range(len(urls))]


def _done(address: str, staff: Sequence[subprocess.Popen[bytes]]) -> list[int]:
    """How many jobs each worker did; a job's row names the process."""
    with psycopg.connect(address) as connection:
        rows = connection.execute("select split_part(worker, ':', 2)::int, count(*) from orchestration_job "
                                  "where state = 'done' or state = 'completed' group by 1").fetchall()  # fmt: skip
    done = dict(rows)
    return [sum(done.get(pid, 0) for pid in (process.pid, *children(process.pid))) for process in staff]


def _worker() -> subprocess.Popen[bytes]:
    """One that does one job at a time, and looks at the clock's queue, too: there is no beat here."""
    worker = ["-m", "celery", "--quiet", "-A", "casework.celery", "worker", "--pool", "prefork", "--concurrency", "1"]
    environment = os.environ | ONE_THREAD | {"DATABASE_CONN_MAX_AGE": "600", "DATABASE_POOL": "0"}
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", *worker, "--without-gossip", "--without-mingle"],
        cwd=ROOT, env=environment, preexec_fn=die_with_parent(signal.SIGTERM), stdout=subprocess.DEVNULL,
    )  # fmt: skip


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()


def _manage(*command: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *command], cwd=ROOT, capture_output=True, text=True, check=False
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"manage.py {command[0]} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def _wait(address: str, query: str, holds: Any) -> None:
    until = time.monotonic() + PATIENCE
    with psycopg.connect(address, autocommit=True) as connection:
        while True:
            row = connection.execute(query).fetchone()  # type: ignore[arg-type]
            if row is not None and holds(row[0]):
                return
            if time.monotonic() > until:
                raise TimeoutError(query)
            time.sleep(0.25)


def _show(figures: Figures, webs: int, workers: int) -> None:
    print(f"{figures.cases} complaints, {webs} web and {workers} worker processes, PostgreSQL and RabbitMQ")
    print(f"  routed {figures.rate:.2f} a second ({figures.seconds:.0f} s); "
          f"{1000 * figures.cpu / figures.cases:.0f} ms of CPU a case in web and workers")  # fmt: skip
    print(f"  cases by web process {list(figures.opened)}, jobs by worker {list(figures.done)}", flush=True)
