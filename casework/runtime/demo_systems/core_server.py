"""Where does the core system of a bank live that a bot reaches by a terminal? In an environment of its own.

mfmock (MIT) speaks TN3270 and wants Python 3.12; the screens are `core_host.py`. What is entered is kept in a file.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from casework.runtime.demo_systems.environment import install
from casework.runtime.demo_systems.served import Served
from casework.runtime.processes import ServiceFailed, wait_until

PINS: Final = "requirements-mfmock.txt"
USER: Final = "BOT"
NAMED: Final = "CASEWRIGHT_NEWER_PYTHON"
PYTHONS: Final = ("python3.14", "python3.13", "python3.12")


class CoreServer(Served):
    """The host's process, which may be killed and started again."""

    def __init__(self, port: int, state: Path | None = None) -> None:
        super().__init__("core", "core.log", port, state)
        self.loans = self.folder / "loans.json"

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
        wait_until(self.listens, self.run(command, {**os.environ, **given}), log=self.log)


def newer_python() -> str:
    """A Python that mfmock runs on: ours, or one that is here beside it. Raises ServiceFailed."""
    if sys.version_info >= (3, 12):
        return sys.executable
    for name in (os.environ.get(NAMED, ""), *PYTHONS):
        found = shutil.which(name) if name else None
        if found and not subprocess.run([found, "-c", "import venv"], check=False, capture_output=True).returncode:
            return found
    raise ServiceFailed(f"the mainframe needs Python 3.12 or newer, and there is none here; {NAMED} names one")
