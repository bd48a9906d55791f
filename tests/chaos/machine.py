"""What does the other system see of what the product asks it to do? A real HTTP server that keeps everything.

It behaves as such systems do: what it did under an idempotency key it does not do again, it gives the same answer; the
same key for something else is an error; and now and then it is busy. It takes its time before and after the effect, so
that whoever asked may be dead by then. What was asked only in part is not done. It also serves a model, which has no
effect, whoever asks it how often.
"""

from __future__ import annotations

import json
import random
import re
import socket
import threading
import time
from collections import Counter
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ORDER = re.compile(rb'order"?[:>] ?(\d+)')
"""The order that a request is about, in JSON or in XML."""
LABELLED = b"""<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>
<Labelled xmlns="urn:parcels"><step>label</step></Labelled></s:Body></s:Envelope>"""
DEADLINE = 1
"""Seconds that an actor has for an answer whose system takes what it is asked and never answers."""
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
            self.effects[step, order_of(body)] += 1
            return 200

    @property
    def doubled(self) -> dict[tuple[str, str], int]:
        return {what: times for what, times in self.effects.items() if times > 1}


def order_of(body: bytes) -> str:
    found = ORDER.search(body)
    assert found is not None, body
    return found[1].decode()


class _Handler(BaseHTTPRequestHandler):
    record: Record

    def do_POST(self) -> None:
        step = self.path.strip("/")
        body = self.rfile.read(length := int(self.headers["Content-Length"]))
        if len(body) < length:  # whoever asked was killed in the middle of it: nothing was asked
            return
        time.sleep(random.random() * SLOWEST)
        status, answer = (200, _weight(body)) if step.startswith("v2/") else self._done(step, body)
        time.sleep(random.random() * SLOWEST)
        with suppress(OSError):  # who asked is gone
            self._answer(status, answer)

    def _done(self, step: str, body: bytes) -> tuple[int, bytes]:
        key = self.headers["Idempotency-Key"]
        status = 503 if self.record.is_busy(key) else self.record.do(key, step, body)
        return status, LABELLED if step == "label" else json.dumps({"step": step}).encode()

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/xml" if body.startswith(b"<") else "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing on the terminal."""


def _weight(body: bytes) -> bytes:
    """As a server of the Open Inference Protocol answers."""
    (order,) = json.loads(body)["inputs"][0]["data"]
    grams = {"name": "grams", "datatype": "INT64", "shape": [1], "data": [100 + order % 900]}
    return json.dumps({"model_name": "scales", "outputs": [grams]}).encode()


class Machine:
    """The server, on a port of its own of the loopback interface, while the block lasts; beside it a dead one, which
    takes whatever is asked of it and never answers."""

    def __init__(self) -> None:
        self.record = Record()
        handler = type("Handler", (_Handler,), {"record": self.record})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.daemon_threads = True
        self.dead = socket.create_server(("127.0.0.1", 0), backlog=1000)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    @property
    def dead_url(self) -> str:
        return f"http://127.0.0.1:{self.dead.getsockname()[1]}"

    def __enter__(self) -> Machine:
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.dead.close()
