"""How do connectors ask Tryton? By a gateway over HTTP, in a process of its own, with the addresses of the stand-in.

GET  /erp/match?name=&iban=&order=&number=    GET /erp/records?supplier=&order=&entry=
POST /erp/invoices {supplier, number, order?, total}    POST /erp/payments {invoice, amount}    POST /erp/orders/NUMBER
Each POST once for each Idempotency-Key. While Tryton is away it answers 503.
"""

from __future__ import annotations

import json
import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from casework.runtime.demo_systems.ledger import Ledger, Refusal
from casework.runtime.demo_systems.rpc import Refused, Unreachable

Json = Any
MOST_BYTES: Final = 100_000
ORDER: Final = re.compile(r"/erp/orders/([A-Za-z0-9_.-]{1,60})")


def answer(ledger: Ledger, method: str, path: str, query: dict[str, str], body: Json, key: str) -> tuple[int, Json]:
    """Status and JSON."""
    try:
        return _asked(ledger, method, path, query, body, key)
    except Refusal as refusal:
        return refusal.status, {"error": refusal.error}
    except Refused as refused:
        return 409, {"error": "refused", "message": str(refused)}
    except Unreachable:
        return 503, {"error": "unavailable"}
    except (KeyError, TypeError, ValueError):
        return 400, {"error": "not-read"}


def _asked(ledger: Ledger, method: str, path: str, query: dict[str, str], body: Json, key: str) -> tuple[int, Json]:
    order = ORDER.fullmatch(path)
    match (method, path):
        case ("GET", "/erp/match"):
            return 200, ledger.match(*(query.get(name, "") for name in ("name", "iban", "order", "number")))
        case ("GET", "/erp/records"):
            return 200, ledger.records(*(query.get(name, "") for name in ("supplier", "order", "entry")))
        case ("POST", "/erp/invoices"):
            total = float(body["total"])
            return 201, ledger.book(
                key, str(body["supplier"]), str(body["number"]), str(body.get("order") or ""), total
            )
        case ("POST", "/erp/payments"):
            return 201, ledger.pay(key, str(body["invoice"]), float(body["amount"]))
        case ("POST", _) if order is not None:
            return 200, ledger.change_order(order[1], float(body["total"]))
    return 404, {"error": "no-such-address"}


def server(ledger: Ledger, port: int) -> ThreadingHTTPServer:
    """At this port of this machine; 0: at any."""

    class Handler(BaseHTTPRequestHandler):
        timeout = 30
        protocol_version = "HTTP/1.1"
        server_version = "Casewright-gateway-to-Tryton"

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
            self._send(*answer(ledger, self.command, unquote(split.path), dict(parse_qsl(split.query)), body, key))

        def _send(self, status: int, said: Json) -> None:
            content = json.dumps(said).encode()
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *values: Any) -> None:
            """Nothing: addresses hold numbers of suppliers."""

    ThreadingHTTPServer.daemon_threads = True
    return ThreadingHTTPServer(("127.0.0.1", port), Handler)
