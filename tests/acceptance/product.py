"""How does the whole product run for a story? As its own processes on a database of its own: nothing is stood in for.

The web server is uvicorn as in `make run`; the work of the Celery workers is done by `tests.acceptance.worker`, which
needs no broker. The mail system, and what else the demo calls, are its stand-ins, over HTTP. A story talks to it all
through the browser, and looks into the database only to wait or to forge.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psycopg

from casework.runtime.stand_ins.place import STAND_IN_HOST, connected
from tests.acceptance.prepared import copied
from tests.chaos.product import free_port

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "casewright"


@dataclass(frozen=True)
class Product:
    """A running product: where its pages are, its database (for waiting and forging), and where its keys are."""

    url: str
    database: str
    keys: dict[str, str]

    def asks(self, query: str, *values: object) -> list[tuple]:
        with psycopg.connect(self.database, autocommit=True) as connection:
            cursor = connection.execute(query, values)
            return cursor.fetchall() if cursor.description else []

    def opened(self, kept: bytes) -> bytes:
        """What the product has sealed, as it reads it with its keys."""
        from django.test.utils import override_settings

        from audit.sealed_values import opened

        names = {name.removeprefix("CASEWRIGHT_"): place for name, place in self.keys.items()}
        with override_settings(**names):
            return opened(kept)

    def settled(self) -> None:
        """Wait until the machines have nothing to do."""
        wait_for(
            lambda: not self.asks("select 1 from orchestration_job where state in ('waiting', 'running') limit 1"), 240
        )

    def forge(self, query: str, *values: object) -> None:
        """What only somebody with the keys to the database server can do: change history with its guard set aside."""
        with psycopg.connect(self.database) as connection:
            connection.execute("set session_replication_role = replica")
            connection.execute(query, values)


@contextmanager
def running_product(sockets: Path, database: str, cases: int = 0) -> Iterator[Product]:
    """The product on a fresh database of the server behind these sockets, with the demo people and sample cases."""
    kept = tempfile.TemporaryDirectory()
    address = copied(sockets, database, Path(kept.name), f"prepared_{cases}", partial(_prepare, cases=cases))
    keys = _keys(Path(kept.name))
    environment = _environment(address, keys)
    port, other = free_port(), free_port()
    environment |= connected(f"http://{STAND_IN_HOST}:{other}")
    systems = _started(environment, "-m", "casework.runtime.stand_ins", "--folder", kept.name, "--port", str(other))
    web = _started(environment, "-m", "uvicorn", "casework.asgi:application", "--port", str(port),
                   "--timeout-graceful-shutdown", "1", "--log-level", "warning")  # fmt: skip
    worker = _started(environment, "-m", "tests.acceptance.worker")
    try:
        product = Product(f"http://127.0.0.1:{port}", address, keys)
        wait_for(lambda: _answers(product.url + "/healthz"))
        product.settled()
        yield product
    finally:
        for process in (web, worker, systems):
            process.send_signal(signal.SIGTERM)
        for process in (web, worker, systems):
            _ended(process)
        kept.cleanup()


def _prepare(address: str, keys: Path, *, cases: int) -> None:
    _manage(_environment(address, _keys(keys)), "demo", "--cases", str(cases))


def _keys(folder: Path) -> dict[str, str]:
    return {"CASEWRIGHT_DATA_KEY": f"{folder}/data.key", "CASEWRIGHT_DATA_KEYS": f"{folder}/keys"}


def _environment(address: str, keys: dict[str, str]) -> dict[str, str]:
    return os.environ | keys | {
        "DATABASE_URL": address, "CELERY_BROKER_URL": "memory://", "DATABASE_POOL": "8", "CATALOGUE": "1",
        "DJANGO_SETTINGS_MODULE": "casework.settings", "LOG_LEVEL": "WARNING",
    }  # fmt: skip


def wait_for(holds: Callable[[], object], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            raise TimeoutError("What the story waits for does not come.")
        time.sleep(0.2)


def chromium() -> str | None:
    """The browser of the stories, None where there is none."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


LAUNCH = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]


def _manage(environment: dict[str, str], *command: str) -> None:
    done = subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=environment, capture_output=True,
                          text=True, check=False)  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"manage.py {command[0]} failed:\n{done.stdout}{done.stderr}")


def _started(environment: dict[str, str], *command: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, *command], cwd=ROOT, env=environment)


def _ended(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _answers(url: str) -> bool:
    with suppress(OSError), urllib.request.urlopen(url, timeout=2) as answer:
        return answer.status == 200
    return False
