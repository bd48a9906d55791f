"""Where does the core system of a bank live that a bot reaches by a terminal? In an environment of its own.

mfmock (MIT) speaks TN3270 and wants Python 3.12; the screens are `core_host.py`. What is entered is kept in a file.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

from casework.runtime.demo_systems.environment import install, is_installed
from casework.runtime.locations import locations
from casework.runtime.processes import ServiceFailed, start_service, stop_service, wait_until

PINS: Final = "requirements-mfmock.txt"
USER: Final = "BOT"
NAMED: Final = "CASEWRIGHT_NEWER_PYTHON"
PYTHONS: Final = ("python3.14", "python3.13", "python3.12")


class CoreServer:
    """The host's process, which may be killed and started again."""

    def __init__(self, port: int, state: Path | None = None) -> None:
        self.folder = (state or locations().state) / "demo-systems" / "core"
        self.venv, self.port = self.folder / "venv", port
        self.log, self.loans = self.folder / "core.log", self.folder / "loans.json"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def is_installed(self) -> bool:
        return is_installed(self.venv)

    @property
    def password(self) -> str:
        """Of the bot; made where there is none."""
        path = self.folder / "password"
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(secrets.token_hex(8))
        return path.read_text()

    def install(self) -> None:
        """Raises ServiceFailed."""
        install(self.venv, PINS, "mfmock", python=None if self.is_installed else newer_python())

    def start(self) -> None:
        """Until it listens. Raises ServiceFailed."""
        command: list[str | Path] = [
            self.venv / "bin/python", "-P", Path(__file__).with_name("core_host.py"),
            "--host", "127.0.0.1", "--port", str(self.port), "--log-level", "WARNING",
        ]  # fmt: skip
        given = {"CORE_LOANS": str(self.loans), "CORE_USER": USER, "CORE_PASSWORD": self.password}
        self.process = start_service(command, log=self.log, stop_signal=signal.SIGTERM, env={**os.environ, **given})
        wait_until(self._listens, self.process, log=self.log)

    def stop(self) -> None:
        if self.process is not None:
            stop_service(self.process, signal.SIGTERM)

    def _listens(self) -> bool:
        with suppress(OSError), closing(socket.create_connection(("127.0.0.1", self.port), timeout=2)):
            return True
        return False


def newer_python() -> str:
    """A Python that mfmock runs on: ours, or one that is here beside it. Raises ServiceFailed."""
    if sys.version_info >= (3, 12):
        return sys.executable
    for name in (os.environ.get(NAMED, ""), *PYTHONS):
        found = shutil.which(name) if name else None
        if found and not subprocess.run([found, "-c", "import venv"], check=False, capture_output=True).returncode:
            return found
    raise ServiceFailed(f"the mainframe needs Python 3.12 or newer, and there is none here; {NAMED} names one")
