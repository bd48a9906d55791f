"""How do web, worker and beat run together in one terminal, and end together however they are ended?

Ctrl-C and SIGTERM end them in order. If the supervisor itself is killed, the kernel tells every child.
"""

import json
import multiprocessing
import os
import shlex
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from contextlib import suppress
from functools import partial
from typing import Any

import honcho.compat
import honcho.manager
import honcho.process

from casework.runtime.frontend import prepare_frontend
from casework.runtime.locations import ROOT, Locations
from casework.runtime.lock import take_lock
from casework.runtime.processes import ServiceFailed, die_with_parent
from casework.runtime.services import embedded_services

HOST = "127.0.0.1"
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # a worker's parallelism is its processes
WEB_CONNECTIONS = "20"  # to the database, most of them for the web process


def run(places: Locations, port: int) -> int:
    """Set up what changed, start everything, serve until told to stop. The exit status; raises ServiceFailed."""
    lock = take_lock(places, address=f"http://{HOST}:{port}")
    _refuse_taken_port(port)
    prepare_frontend()
    print("Starting PostgreSQL and Valkey", flush=True)
    with embedded_services(places, lock):
        _manage("migrate", "--no-input", "--verbosity", "0", says="Bringing the database's tables up to date")
        people = _manage("demo", says="Looking after the demo people and cases") if _has_command("demo") else ""
        manager = _Manager(lock, port, people)
        manager.loop()
    print("Casewright has stopped; its data is kept.", flush=True)
    return 0 if manager.asked_to_stop else 1


def _refuse_taken_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise ServiceFailed(
                f"port {port} of {HOST} cannot be used ({error.strerror}). Choose another one: PORT={port + 1} make run"
            ) from None


def _manage(*arguments: str, says: str) -> str:
    """Run one of the product's commands, its progress on the terminal; what it printed as its answer."""
    print(says, flush=True)
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        raise ServiceFailed(f"`manage.py {' '.join(arguments)}` failed; what it said stands above.\n{done.stdout}")
    return done.stdout


def _has_command(name: str) -> bool:
    return (ROOT / "casework/management/commands" / f"{name}.py").exists()


def _commands(port: int) -> dict[str, tuple[list[str], dict[str, str]]]:
    """What runs: name -> (arguments for Python, environment of its own)."""
    celery = ["-W", "ignore::UserWarning:celery.platforms", "-m", "celery", "--quiet", "-A", "casework.celery"]
    worker = ["--pool", "prefork", "--concurrency", "2", "--without-gossip", "--without-mingle", "--without-heartbeat"]
    in_memory = "celery.beat:Scheduler"  # nothing that a killed beat could leave behind
    serve = [
        "casework.asgi:application",
        "--host",
        HOST,
        "--port",
        str(port),
        "--timeout-graceful-shutdown",
        "2",
        "--lifespan",
        "off",
    ]
    return {
        "web": (["-m", "uvicorn", *serve, "--timeout-graceful-shutdown", "2"], {"DATABASE_POOL": WEB_CONNECTIONS}),
        "worker": ([*celery, "worker", *worker], {"DATABASE_CONN_MAX_AGE": "600"} | ONE_THREAD),
        "beat": ([*celery, "beat", "--scheduler", in_memory, "--pidfile", ""], {}),
    }


class _Process(honcho.process.Process):  # type: ignore[misc]
    """A honcho process that ends with the supervisor and inherits its lock."""

    def __init__(self, *arguments: Any, lock: int, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.lock = lock
        self.end_with_supervisor = die_with_parent(signal.SIGKILL)

    def run(self, events: Any = None, ignore_signals: bool = False) -> None:
        self.end_with_supervisor()
        self._child_ctor = partial(
            honcho.process.Popen,
            pass_fds=(self.lock,),
            preexec_fn=die_with_parent(signal.SIGTERM),
            stdin=subprocess.DEVNULL,
        )
        super().run(events, ignore_signals)


class _AskFirst(honcho.compat.ProcessManager):  # type: ignore[misc]
    """Ask only the process itself to end: a worker then lets its own children finish what they do."""

    def terminate(self, pid: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)


class _Manager(honcho.manager.Manager):  # type: ignore[misc]
    """Honcho's manager with our processes, which says so when the product answers."""

    def __init__(self, lock: int, port: int, people: str) -> None:
        multiprocessing.set_start_method("fork", force=True)
        super().__init__()
        self._process_ctor = partial(_Process, lock=lock)
        self._procmgr = _AskFirst()
        self.port, self.people = port, people
        self.asked_to_stop = False
        for name, (arguments, environment) in _commands(port).items():
            command = "exec " + shlex.join([sys.executable, *arguments])
            self.add_process(name, command, env=os.environ | {"PYTHONUNBUFFERED": "1"} | environment, cwd=str(ROOT))

    def terminate(self) -> None:
        self.asked_to_stop = self.asked_to_stop or self.returncode in (130, 143)  # Ctrl-C, SIGTERM
        super().terminate()

    def _start(self) -> None:
        super()._start()
        threading.Thread(target=self._announce, daemon=True).start()

    def _announce(self) -> None:
        address = f"http://{HOST}:{self.port}"
        for _ in range(600):
            if _ready(address):
                print(f"\n  Casewright is ready: {address}\n\n{_indented(self.people)}  Ctrl-C stops it.\n", flush=True)
                return
            time.sleep(0.1)


def _ready(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/readyz", timeout=2) as answer:  # noqa: S310
            return bool(json.load(answer)["status"] == "ok")
    except (urllib.error.URLError, OSError, ValueError):
        return False


def _indented(text: str) -> str:
    return "".join(f"  {line}\n" for line in [*text.strip().splitlines(), ""]) if text.strip() else ""
