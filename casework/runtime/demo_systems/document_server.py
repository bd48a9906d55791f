"""Where does the S3 server of the demo live? moto (Apache-2.0), in an environment and process of its own.

It keeps everything in memory: what is in it is gone when it ends. For trying out, not for keeping.
"""

from __future__ import annotations

import http.client
import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from casework.runtime.demo_systems.environment import install
from casework.runtime.demo_systems.served import Served
from casework.runtime.processes import ServiceFailed, wait_until

PINS: Final = "requirements-moto.txt"
BUCKET: Final = "documents"
KEYS: Final = {"AWS_ACCESS_KEY_ID": "made-up", "AWS_SECRET_ACCESS_KEY": "made-up"}
"""It takes any."""


class DocumentServer(Served):
    """The server process, which may be killed."""

    def __init__(self, port: int, state: Path | None = None) -> None:
        super().__init__("documents", "moto.log", port, state)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def install(self) -> None:
        """Raises ServiceFailed."""
        install(self.venv, PINS, "moto")

    def start(self) -> None:
        """Until it answers and has the bucket. Raises ServiceFailed."""
        command: list[str | Path] = [self.venv / "bin/moto_server", "-H", "127.0.0.1", "-p", str(self.port)]
        process = self.run(command, {**os.environ, **KEYS})
        wait_until(lambda: self._asked("GET", "/") == 200, process, log=self.log)
        if self._asked("PUT", f"/{BUCKET}") != 200:
            raise ServiceFailed("its bucket could not be made")

    def _asked(self, method: str, path: str) -> int:
        """The status; 0 for none. The bucket is made without a signature, which it does not look at."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        with suppress(OSError, http.client.HTTPException):
            connection.request(method, path, headers={"Host": f"127.0.0.1:{self.port}"})
            return connection.getresponse().status
        return 0
