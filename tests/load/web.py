"""What is put under load? One web process as `make run` starts it, on the run's own database; measured from outside."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from casework.runtime.locations import ROOT
from casework.runtime.processes import die_with_parent
from casework.runtime.programs import WEB_CONNECTIONS
from tests.chaos.product import free_port

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Web:
    """A running web process and how to reach it."""

    port: int
    process: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cpu(self) -> float:
        """Seconds of processor time so far."""
        return cpu(self.process)

    def threads(self) -> int:
        return len(list(Path(f"/proc/{self.process}/task").iterdir()))

    def memory(self) -> float:
        """Its share of memory (PSS) in MB."""
        return pss(self.process)


def session_of(person: Any) -> str:
    """A cookie of this person, signed in; inside a Django that is set up."""
    from django.conf import settings
    from django.test import Client

    browser = Client()
    browser.force_login(person)
    return f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}"


def cpu(process: int) -> float:
    words = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / TICKS


def pss(process: int) -> float:
    for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0


@contextmanager
def web_process() -> Iterator[Web]:
    """Inside `tests.benchmarks.server.product()`, whose database it uses."""
    port = free_port()
    environment = os.environ | {
        "DATABASE_POOL": WEB_CONNECTIONS, "DATABASE_CONN_MAX_AGE": "0", "LOG_LEVEL": "WARNING",
    }  # fmt: skip
    serve = ["casework.asgi:application", "--host", "127.0.0.1", "--port", str(port), "--lifespan", "off"]
    process = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", *serve, "--timeout-graceful-shutdown", "2", "--log-level", "warning"],
        cwd=ROOT, env=environment, preexec_fn=die_with_parent(signal.SIGTERM),
    )  # fmt: skip
    try:
        _wait_for(f"http://127.0.0.1:{port}/healthz", process)
        yield Web(port, process.pid)
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
        process.kill()


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until and process.poll() is None:
        with suppress(OSError), urllib.request.urlopen(url, timeout=2):
            return
        time.sleep(0.1)
    raise TimeoutError("the web process does not answer")
