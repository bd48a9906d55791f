"""What do tests ask of the demo's stand-ins? They run in this process, at a port of their own."""

from __future__ import annotations

import json
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from casework.runtime.stand_ins.place import connected
from casework.runtime.stand_ins.server import server
from casework.runtime.stand_ins.store import Store


class Demo:
    def __init__(self, url: str) -> None:
        self.url = url

    def ask(self, path: str, body: dict[str, Any] | None = None, timeout: float = 10, **headers: str) -> Any:
        """Status and answer: JSON as it is, else a text."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        content = None if body is None else json.dumps(body).encode()
        kind = {} if body is None else {"Content-Type": "application/json"}
        request = urllib.request.Request(self.url + path, content, {**kind, **named})
        try:
            answer = urllib.request.urlopen(request, timeout=timeout)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            text = answer.read().decode()
            assert answer.headers["X-Stand-In"] == "yes" and "stand-in" in text
            is_json = answer.headers["Content-Type"] == "application/json"
            return answer.status, json.loads(text) if is_json else text

    def fault(self, system: str, fault: str, **more: Any) -> None:
        status, _ = self.ask("/faults", {"system": system, "fault": fault, **more})
        assert status == 200


def know(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the connectors of this process find the stand-ins at this address."""
    for name, value in connected(url).items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "stand-ins.sqlite")


@pytest.fixture
def demo(store: Store) -> Iterator[Demo]:
    found = server(store, socket.create_server(("127.0.0.1", 0)))
    thread = threading.Thread(target=found.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield Demo(f"http://127.0.0.1:{found.socket.getsockname()[1]}")
    found.shutdown()
    found.server_close()
    thread.join()
