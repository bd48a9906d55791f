"""How does a real system of the demo live? In a process of its own, with its files below the state folder."""

from __future__ import annotations

import secrets
import signal
import socket
import subprocess
from contextlib import closing, suppress
from pathlib import Path

from casework.runtime.demo_systems.environment import is_installed, password_in
from casework.runtime.locations import locations
from casework.runtime.processes import start_service, stop_service


class Served:
    """The process, which may be killed and started again. `name`: of its folder; `log`: of the file in it."""

    def __init__(self, name: str, log: str, port: int, state: Path | None = None) -> None:
        self.folder = (state or locations().state) / "demo-systems" / name
        self.venv, self.port, self.log = self.folder / "venv", port, self.folder / log
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def is_installed(self) -> bool:
        return is_installed(self.venv)

    @property
    def password(self) -> str:
        """Of whoever the product, or its bot, is there; made where there is none."""
        return password_in(self.folder, secrets.token_hex(8))

    def run(self, command: list[str | Path], env: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
        self.process = start_service(command, log=self.log, stop_signal=signal.SIGTERM, env=env)
        return self.process

    def listens(self) -> bool:
        """Whether somebody takes connections at its port."""
        with suppress(OSError), closing(socket.create_connection(("127.0.0.1", self.port), timeout=2)):
            return True
        return False

    def status(self) -> int | None:
        """None while it runs, afterwards as Popen's returncode."""
        return None if self.process is None else self.process.poll()

    def kill(self) -> None:
        """As if the machine had lost its power."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def stop(self) -> None:
        if self.process is not None:
            stop_service(self.process, signal.SIGTERM)
