"""What does the other system see of what the product asks it to do? A real HTTP server that keeps everything.

It behaves as such systems do: what it did under an idempotency key it does not do again, it gives the same answer; the
same key for something else is an error; and now and then it is busy. It takes its time before and after the effect, so
that whoever asked may be dead by then. What was asked only in part is not done.
"""

from __future__ import annotations

import json
import random
import threading
import time
from collections import Counter
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BUSY_ONE_IN = 20
SLOWEST = 0.08
"""Seconds, before and after the effect."""


class Record:
    """What was asked and what was done. An effect is known by what it is about, not by the key that it came under."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.requests: Counter[str] = Counter()
        self.keys: dict[str, bytes] = {}
        self.effects: Counter[tuple[str, str]] = Counter()
        self.misused: list[str] = []

    def is_busy(self, key: str) -> bool:
        """Once for one key in twenty: whoever comes again is served."""
        with self.lock:
            self.requests[key] += 1
            return self.requests[key] == 1 and sum(key.encode()) % BUSY_ONE_IN == 0

    def do(self, key: str, step: str, body: bytes) -> int:
        """The effect, unless this key has had it; the status of the answer."""
        with self.lock:
            known = self.keys.setdefault(key, body)
            if known is not body:
                if known != body:
                    self.misused.append(key)
                return 200 if known == body else 422
            self.effects[step, str(json.loads(body)["order"])] += 1
            return 200

    @property
    def doubled(self) -> dict[tuple[str, str], int]:
        return {what: times for what, times in self.effects.items() if times > 1}


class _Handler(BaseHTTPRequestHandler):
    record: Record

    def do_POST(self) -> None:
        key, step = self.headers["Idempotency-Key"], self.path.strip("/")
        body = self.rfile.read(length := int(self.headers["Content-Length"]))
        if len(body) < length:  # whoever asked was killed in the middle of it: nothing was asked
            return
        time.sleep(random.random() * SLOWEST)
        status = 503 if self.record.is_busy(key) else self.record.do(key, step, body)
        time.sleep(random.random() * SLOWEST)
        with suppress(OSError):  # who asked is gone
            self._answer(status, json.dumps({"step": step}).encode())

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing on the terminal."""


class Machine:
    """The server, on a port of its own of the loopback interface, while the block lasts."""

    def __init__(self) -> None:
        self.record = Record()
        handler = type("Handler", (_Handler,), {"record": self.record})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self) -> Machine:
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
