"""Where does the WebDAV server of the demo live? WsgiDAV (MIT), in an environment and process of its own.

It keeps its files in a folder below the state folder, for one person with a password that was made for it.
"""

from __future__ import annotations

import base64
import http.client
import json
from contextlib import suppress
from pathlib import Path
from typing import Final

from casework.runtime.demo_systems.environment import install
from casework.runtime.demo_systems.served import Served
from casework.runtime.processes import wait_until

PINS: Final = "requirements-webdav.txt"
USER: Final = "casewright"
FOLDER: Final = "documents"


class FolderServer(Served):
    """The server process, which may be killed."""

    def __init__(self, port: int, state: Path | None = None) -> None:
        super().__init__("webdav", "wsgidav.log", port, state)
        self.files = self.folder / "files"

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/{FOLDER}/"

    def install(self) -> None:
        """Raises ServiceFailed."""
        install(self.venv, PINS, "WsgiDAV")

    def start(self) -> None:
        """Until it answers. Raises ServiceFailed."""
        (self.files / FOLDER).mkdir(parents=True, exist_ok=True)
        command: list[str | Path] = [self.venv / "bin/wsgidav", "--config", self._settings()]
        wait_until(self._answers, self.run(command), log=self.log)

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
