"""Whatever is killed in the middle, every row becomes one case and every piece of work is done once.

Real processes: PostgreSQL, Valkey, the intake command and Celery workers with the real models on the CPU.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from casework.actors.bundled import CASE_TYPES
from casework.runtime.locations import ROOT, Locations, locations
from casework.runtime.postgres import Postgres
from casework.runtime.valkey import Valkey
from tests.migrated import migrate

pytestmark = [pytest.mark.slow, pytest.mark.longest]

ROWS = 40
WORKER = [
    "-m", "celery", "--quiet", "-A", "casework.celery", "worker", "--concurrency", "2", "--without-gossip",
    "--without-mingle", "--without-heartbeat",
]  # fmt: skip
MESSAGES = ["Where is my card?", "I was charged twice.", "My transfer has not arrived.", "This is a disgrace!"]
UPSET = ROWS // len(MESSAGES)
"""Rows of the last message: an agent looks at these, too, beside the two models that read each."""
WORK = 2 * ROWS + UPSET


# After a few rows of a table, whoever inserts the next one stands still in the middle of its transaction.
GATE = """
create function stand_still() returns trigger language plpgsql as $$
begin
    if new.id > {passing} then perform pg_advisory_xact_lock_shared(1); end if;
    return new;
end $$;
create trigger gate before insert on {table} for each row execute function stand_still()
"""
STANDING = "pg_stat_activity where wait_event_type = 'Lock' and wait_event = 'advisory'"
BUSY = "pg_stat_activity where backend_type = 'client backend' and state <> 'idle' and pid <> pg_backend_pid()"
PASSING = 5


class Product:
    """A running product of its own, without its web process."""

    def __init__(self, places: Locations) -> None:
        self.places = places
        self.broker = Valkey(places)
        self.environment = os.environ | {
            "CASEWRIGHT_STATE": str(places.state), "DATABASE_URL": places.database_url,
            "CELERY_BROKER_URL": places.broker_url, "OMP_NUM_THREADS": "1",
        }  # fmt: skip
        self.started: list[subprocess.Popen[bytes]] = []

    def manage(self, *command: str, status: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *command], cwd=ROOT, env=self.environment, capture_output=True, text=True,
            timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout

    def begin(self, *command: str) -> subprocess.Popen[bytes]:
        """Start a Python process in a session of its own, so that it can be killed with its children."""
        log = (self.places.state / "processes.log").open("ab")
        process = subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
        )
        self.started.append(process)
        return process

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """kill -9, its children too: nothing of it may tidy up."""
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(20)

    def ask(self, statement: str) -> list[tuple]:
        with psycopg.connect(self.places.database_url, autocommit=True) as database:
            cursor = database.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def count(self, what: str) -> int:
        return self.ask(f"select count(*) from {what}")[0][0]

    @contextmanager
    def gate(self, table: str) -> Iterator[None]:
        """Whoever inserts into the table gets a few rows in, and then no further until the end of the block."""
        with psycopg.connect(self.places.database_url, autocommit=True) as keeper:
            keeper.execute("select pg_advisory_lock(1)")
            self.ask(GATE.format(table=table, passing=PASSING))
            yield
            keeper.execute("select pg_advisory_unlock(1)")
        wait_for(lambda: self.count(BUSY) == 0, self)
        self.ask(f"drop trigger gate on {table}; drop function stand_still()")

    def kill_in_the_middle(self, process: subprocess.Popen[bytes]) -> None:
        """kill -9 while it stands still inside a transaction."""
        wait_for(lambda: self.count(STANDING) > 0, self)
        self.kill(process)

    def cut_off_in_the_middle(self, process: subprocess.Popen[bytes]) -> None:
        """As above, and what it had sent as a whole does not go on in the server: the line is gone, too."""
        self.kill_in_the_middle(process)
        self.ask(f"select pg_terminate_backend(pid) from {STANDING}")

    def kill_broker(self) -> None:
        """All nudges are lost with it: it keeps nothing."""
        assert self.broker.process is not None
        self.broker.process.kill()
        self.broker.process.wait(20)
        self.broker.start()

    def let_time_pass(self) -> None:
        """What the sweep waits for has happened: nudges were due long ago."""
        self.ask("update orchestration_job set run_at = run_at - interval '10 minutes' where state = 'waiting'")

    def sweep(self) -> None:
        self.manage("shell", "-v", "0", "-c", "from orchestration.tasks import sweep; sweep()")


@pytest.fixture
def product() -> Iterator[Product]:
    folder = Path(tempfile.mkdtemp(prefix="cw-intake-", dir="/tmp"))
    folder.chmod(0o755)
    places = locations(folder / "state")
    database, running = Postgres(places, fast=True), Product(places)
    try:
        database.start()
        running.broker.start()
        migrate(places.database_url)
        running.manage("deploy", str(CASE_TYPES / "complaint"))
        yield running
    finally:
        for process in running.started:
            running.kill(process)
        running.broker.stop()
        database.stop()
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(places.sockets, ignore_errors=True)


def wait_for(condition: Callable[[], bool], product: Product, seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, (product.places.state / "processes.log").read_text()[-3000:]
        time.sleep(0.02)


def file_of(folder: Path, rows: int) -> Path:
    file = folder / "messages.csv"
    lines = [f"{MESSAGES[number % len(MESSAGES)]},row {number}" for number in range(rows)]
    file.write_text("\n".join(["text,channel", *lines]) + "\n", encoding="utf-8")
    return file


def test_nothing_is_lost_or_doubled_when_intake_worker_and_broker_are_killed(product: Product) -> None:
    file = file_of(product.places.state, ROWS)

    with product.gate("casework_case"):
        product.kill_in_the_middle(product.begin("manage.py", "intake", "complaint", str(file)))
    there = product.count("casework_case")
    assert there == product.count("orchestration_instance")
    assert there in (PASSING, PASSING + 1), "what had reached the server as a whole may be carried out"
    said = product.manage("intake", "complaint", str(file))
    assert said.startswith(f"{ROWS} rows: {ROWS - there} new, {there} already there, 0 bad")

    with product.gate("orchestration_actorcall"):
        product.cut_off_in_the_middle(product.begin(*WORKER))
    assert product.count("orchestration_job where state = 'done'") == PASSING
    assert product.count("orchestration_job where state = 'running'") > 0
    product.kill_broker()
    product.begin(*WORKER)
    product.let_time_pass()
    product.sweep()
    wait_for(lambda: product.count("orchestration_job where state in ('waiting', 'running')") == 0, product)

    assert product.manage("intake", "complaint", str(file)).startswith(f"{ROWS} rows: 0 new, {ROWS} already there")
    assert product.ask("select count(*), count(distinct reference) from casework_case") == [(ROWS, ROWS)]
    assert product.ask("select state, count(*) from orchestration_job group by state") == [("done", WORK)]
    calls = "select count(*), count(distinct job_id) from orchestration_actorcall where outcome {}"
    assert product.ask(calls.format("= 'done'")) == [(WORK, WORK)]
    assert product.ask(calls.format("not in ('done', 'lost')")) == [(0, 0)]
    assert product.ask("select count(*), count(distinct instance_id) from orchestration_humantask") == [(ROWS, ROWS)]
    assert product.count("orchestration_incident") == 0
    product.manage("verify_audit")
