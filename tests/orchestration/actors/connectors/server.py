"""What stands in for another system? A real HTTP server on 127.0.0.1, in a thread of its own, that notes what it gets.

What it answers is what the test last said; without a word it answers 200 and `{}`.
"""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Came:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Reply:
    status: int = 200
    body: Any = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    def content(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


Answering = Callable[[Came], Reply | bytes | None]
"""None: it keeps silent until the server is closed; bytes: those and nothing else, whatever they are."""


class System:
    """The server; `came` is what it got, `says` decides what it answers."""

    def __init__(self) -> None:
        self.came: list[Came] = []
        self.says: Answering = lambda came: Reply()
        self.over = threading.Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.port = self.server.server_address[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def reply(self, status: int = 200, body: Any = None, **headers: str) -> None:
        """Answer everything so from now on."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.says = lambda came: Reply(status, {} if body is None else body, named)


def _handler(system: System) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _any(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            came = Came(self.command, self.path, headers, self.rfile.read(length))
            system.came.append(came)
            said = system.says(came)
            if said is None:
                system.over.wait(30)
            elif isinstance(said, bytes):
                self.wfile.write(said)
            else:
                self._say(said)
            self.close_connection = True

        def _say(self, said: Reply) -> None:
            content = said.content()
            self.send_response(said.status)
            for name, value in {
                "Content-Type": "application/json", "Content-Length": str(len(content)), **said.headers
            }.items():  # fmt: skip
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            pass

    for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"):
        setattr(Handler, f"do_{method}", Handler._any)
    return Handler


@contextmanager
def running() -> Iterator[System]:
    system = System()
    thread = threading.Thread(target=system.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield system
    finally:
        system.over.set()
        system.server.shutdown()
        system.server.server_close()
        thread.join()


@contextmanager
def trickling() -> Iterator[int]:
    """The port of a server that begins an answer and then gives a byte now and then, for as long as one listens."""
    listener = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def serve() -> None:
        taken, _ = listener.accept()
        with taken:
            taken.recv(65_536)
            try:
                taken.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 100000\r\n\r\n")
                while not over.wait(0.02):
                    taken.sendall(b".")
            except OSError:
                return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        over.set()
        thread.join()
        listener.close()
