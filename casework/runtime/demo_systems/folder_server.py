"""Where does the WebDAV server of the demo live? WsgiDAV (MIT), in an environment and process of its own.

It keeps its files in a folder below the state folder, for one person with a password that was made for it.
"""

from __future__ import annotations

import base64
import http.client
import json
import secrets
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Final

from casework.runtime.demo_systems.environment import install, is_installed
from casework.runtime.locations import locations
from casework.runtime.processes import start_service, stop_service, wait_until

PINS: Final = "requirements-webdav.txt"
USER: Final = "casewright"
FOLDER: Final = "documents"


class FolderServer:
    """The server process, which may be killed."""

    def __init__(self, port: int, state: Path | None = None) -> None:
        self.folder = (state or locations().state) / "demo-systems" / "webdav"
        self.venv, self.port = self.folder / "venv", port
        self.log, self.files = self.folder / "wsgidav.log", self.folder / "files"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def is_installed(self) -> bool:
        return is_installed(self.venv)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/{FOLDER}/"

    @property
    def password(self) -> str:
        """Made where there is none."""
        path = self.folder / "password"
        if not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(18))
        return path.read_text()

    def install(self) -> None:
        """Raises ServiceFailed."""
        install(self.venv, PINS, "WsgiDAV")

    def start(self) -> None:
        """Until it answers. Raises ServiceFailed."""
        (self.files / FOLDER).mkdir(parents=True, exist_ok=True)
        command: list[str | Path] = [self.venv / "bin/wsgidav", "--config", self._settings()]
        self.process = start_service(command, log=self.log, stop_signal=signal.SIGTERM)
        wait_until(self._answers, self.process, log=self.log)

    def kill(self) -> None:
        """As if the machine had lost its power."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def stop(self) -> None:
        if self.process is not None:
            stop_service(self.process, signal.SIGTERM)

    def _settings(self) -> Path:
        path = self.folder / "wsgidav.json"
        path.touch(mode=0o600)
        given = {
            "host": "127.0.0.1", "port": self.port, "provider_mapping": {"/": str(self.files)},
            "http_authenticator": {"accept_basic": True, "accept_digest": False, "default_to_digest": False},
            "simple_dc": {"user_mapping": {"*": {USER: {"password": self.password}}}},
            "dir_browser": {"enable": False}, "verbose": 1, "property_manager": False, "lock_storage": False,
        }  # fmt: skip
        path.write_text(json.dumps(given))
        return path

    def _answers(self) -> bool:
        told = base64.b64encode(f"{USER}:{self.password}".encode()).decode()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        with suppress(OSError, http.client.HTTPException):
            headers = {"Authorization": f"Basic {told}", "Depth": "0"}
            connection.request("PROPFIND", f"/{FOLDER}/", headers=headers)
            return connection.getresponse().status == 207
        return False
