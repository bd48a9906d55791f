"""How does a gateway to a real system listen? On this machine alone, with JSON in and out."""

from __future__ import annotations

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

Json = Any
Asked = Callable[[str, str, dict[str, str], Json, str], tuple[int, Json]]
"""Method, path, query, body and Idempotency-Key, to status and JSON."""
MOST_BYTES: Final = 100_000


def listening(answer: Asked, port: int, name: str) -> ThreadingHTTPServer:
    """At this port; 0: at any. `name` is what it calls itself."""

    class Handler(BaseHTTPRequestHandler):
        timeout = 30
        protocol_version = "HTTP/1.1"
        server_version = name

        def do_GET(self) -> None:
            self._say(None)

        def do_POST(self) -> None:
            length = self.headers.get("content-length") or "0"
            if not length.isdigit() or int(length) > MOST_BYTES:
                self.close_connection = True
                return self._send(413, {"error": "too-long"})
            try:
                self._say(json.loads(self.rfile.read(int(length))))
            except ValueError:
                self._send(400, {"error": "not-json"})

        def _say(self, body: Json) -> None:
            split = urlsplit(self.path)
            key = self.headers.get("idempotency-key") or ""
            self._send(*answer(self.command, unquote(split.path), dict(parse_qsl(split.query)), body, key))

        def _send(self, status: int, said: Json) -> None:
            content = json.dumps(said).encode()
            self.send_response(status)
            for header, value in {"Content-Type": "application/json", "Content-Length": str(len(content))}.items():
                self.send_header(header, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *values: Any) -> None:
            """Nothing: addresses hold numbers of customers and suppliers."""

    ThreadingHTTPServer.daemon_threads = True
    return ThreadingHTTPServer(("127.0.0.1", port), Handler)
