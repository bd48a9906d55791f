"""Which programs are the product, and how does one of them run? Its lines come to the terminal with its name before."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO

from casework.runtime.locations import ROOT
from casework.runtime.log_files import LogFile
from casework.runtime.processes import die_with_parent
from casework.runtime.stand_ins.place import StandIns

HOST = "127.0.0.1"
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # a worker's parallelism is its processes
NO_PAGES = {"CELERY_SKIP_CHECKS": "1"}  # Django's checks, which set-up has run, would read all pages: 30 MB of a worker
FEW_ARENAS = {"MALLOC_ARENA_MAX": "2"}  # glibc would keep freed memory apart for each thread (mallopt(3))
WEB_CONNECTIONS = "20"  # to the database, most of them for the web process
GRACE = 5.0
"""Seconds that a program has to end what it is doing."""
COLOURS = {"web": 36, "worker": 33, "beat": 35, "stand-ins": 32, "bots": 34}


class Program:
    """A Python program of the product. It inherits the file descriptors `keep` and ends when we are killed.

    Its lines go to `log`, to the terminal where there is none.
    """

    def __init__(
        self,
        name: str,
        arguments: list[str],
        environment: Mapping[str, str],
        *,
        keep: tuple[int, ...] = (),
        log: LogFile | None = None,
    ) -> None:
        self.name, self.arguments, self.keep, self.log = name, arguments, keep, log
        self.environment = {**os.environ, "PYTHONUNBUFFERED": "1", **FEW_ARENAS, **environment}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, in a session of its own: a terminal's Ctrl-C does not reach it."""
        self.process = subprocess.Popen(
            [sys.executable, *self.arguments],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=self.keep,
            preexec_fn=die_with_parent(signal.SIGTERM),
        )
        assert self.process.stdout is not None
        threading.Thread(target=_tell, args=(self.name, self.process.stdout, self.log), daemon=True).start()

    def status(self) -> int | None:
        """None while it runs. What a program that has ended left behind (a worker's own processes) ends with it."""
        if self.process is None:
            return None
        status = self.process.poll()
        if status is not None:
            self._kill()
        return status

    def said(self) -> str:
        """The last lines of its log."""
        return "" if self.log is None else self.log.tail(8)

    def ask_to_end(self) -> None:
        """Only the program itself: a worker lets its processes finish what they do."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def end(self, patience: float) -> None:
        """Wait for it, and kill it with all that it started when it has not ended after `patience` seconds."""
        if self.process is not None:
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(patience)
            self._kill()
            self.process.wait()

    def _kill(self) -> None:
        assert self.process is not None
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)


def end_together(programs: Iterable[Program]) -> None:
    """End all programs: ask them at the same time, and wait GRACE seconds for all of them."""
    asked = list(programs)
    for program in asked:
        program.ask_to_end()
    until = time.monotonic() + GRACE
    for program in asked:
        program.end(max(0.0, until - time.monotonic()))


def programs(
    port: int,
    *,
    app: str = "casework.celery",
    keep: tuple[int, ...] = (),
    logs: Path | None = None,
    stand_ins: StandIns | None = None,
) -> list[Program]:
    """Web, worker, beat and, where there is a place for them, the stand-ins, whose address each of them knows, and the
    bots that type into their forms.

    `app` is the worker's Celery application, `logs` the folder for what they say.
    """
    worker = ["-W", "ignore::UserWarning:celery.platforms", "-m", "casework.runtime.worker", app]
    serve = ["casework.asgi:application", "--host", HOST, "--port", str(port), "--lifespan", "off"]
    web = ["-m", "uvicorn", *serve, "--timeout-graceful-shutdown", "2"]
    beat = ["-m", "casework.runtime.beat"]

    def program(name: str, arguments: list[str], environment: dict[str, str]) -> Program:
        log = None if logs is None else LogFile(logs / f"{name}.log")
        known = {} if stand_ins is None else stand_ins.known()
        more = (stand_ins.listener.fileno(),) if stand_ins is not None and name == "stand-ins" else ()
        return Program(name, arguments, known | environment, keep=(*keep, *more), log=log)

    others = [] if stand_ins is None else [program("stand-ins", stand_ins.arguments(), {})]
    if stand_ins is not None and (bots := stand_ins.bots(f"http://{HOST}:{port}")):
        others.append(program("bots", bots, {}))
    return [
        program("web", web, {"DATABASE_POOL": WEB_CONNECTIONS}),
        program("worker", worker, {"DATABASE_CONN_MAX_AGE": "600"} | NO_PAGES | ONE_THREAD),
        program("beat", beat, {}),
        *others,
    ]


def _tell(name: str, output: IO[bytes], log: LogFile | None) -> None:
    """Pass a program's lines on. When nobody reads the terminal any more, the product ends."""
    if log is not None:
        for line in output:
            log.add(line)
        return
    begin, end = (f"\x1b[{COLOURS.get(name, 37)}m", "\x1b[0m") if sys.stdout.isatty() else ("", "")
    before = f"{begin}{name:<6} |{end} ".encode()
    try:
        for line in output:
            sys.stdout.buffer.write(before + line)
            sys.stdout.buffer.flush()
    except OSError:
        os.kill(os.getpid(), signal.SIGTERM)
