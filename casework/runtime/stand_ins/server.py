"""Which address of the stand-in answers what? (`http.server`, a thread a connection)"""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from casework.runtime.stand_ins import books, erp, faults, mail, policies, scores, screening, shop, systems
from casework.runtime.stand_ins.answers import Answer, Request, page, told
from casework.runtime.stand_ins.azure import chat, reading
from casework.runtime.stand_ins.salesforce import api as salesforce
from casework.runtime.stand_ins.store import Store

MOST_BYTES: Final = 100_000
DOCUMENTS: Final = "/documentintelligence/"
MOST_OF_DOCUMENTS: Final = 20_000_000
IDLE: Final = 30
"""Seconds after which a connection on which nothing comes is closed."""
NUMBER: Final = r"([A-Za-z0-9_.-]{1,60})"
ROUTES: Final[tuple[tuple[str, str, str, Callable[..., Answer]], ...]] = (
    ("GET", rf"/orders/{NUMBER}", "orders", systems.read_order),
    ("GET", rf"/orders/{NUMBER}/payments", "payments", systems.payments_of_order),
    *salesforce.ROUTES,
    *reading.ROUTES,
    *chat.ROUTES,
    *scores.ROUTES,
    *screening.ROUTES,
    ("GET", rf"/customers/{NUMBER}", "customers", systems.read_customer),
    ("GET", "/payments", "payments", systems.list_payments),
    ("POST", "/payments", "payments", systems.pay),
    ("POST", "/transfers", "payments", systems.transfer),
    ("POST", "/restrictions", "core", systems.restrict),
    ("GET", rf"/payments/{NUMBER}", "payments", systems.read_payment),
    *(
        route
        for system, book in (("ledger", books.LEDGER), ("core", books.LOANS))
        for route in (
            ("GET", book.address, system, books.show_form(book)),
            ("POST", book.address, system, books.enter(book)),
            ("GET", f"{book.address}/entries", system, books.list_entries(book)),
            ("GET", rf"{book.address}/entries/([0-9]{{1,15}})", system, books.show_entry(book)),
        )
    ),
    ("GET", "/policies", "policies", policies.list_policies),
    ("GET", rf"/policies/{NUMBER}", "policies", policies.read_policy),
    ("POST", rf"/policies/{NUMBER}", "policies", policies.change_policy),
    ("POST", rf"/policies/{NUMBER}/claims", "policies", policies.keep_claim),
    ("GET", rf"/shop/purchases/{NUMBER}", "shop", shop.purchases),
    ("GET", "/shop/stock", "shop", shop.stock),
    ("GET", "/messages", "mail", mail.list_messages),
    ("POST", "/messages", "mail", mail.send),
    ("GET", r"/messages/([0-9]{1,15})", "mail", mail.show_message),
    ("GET", "/erp", "", erp.show),
    ("GET", "/erp/match", "erp", erp.match),
    ("GET", "/erp/records", "erp", erp.records),
    ("POST", rf"/erp/orders/{NUMBER}", "erp", erp.change_order),
    ("POST", "/erp/suppliers", "", erp.change_supplier),
    ("POST", "/erp/invoices", "erp", erp.book),
    ("POST", "/erp/payments", "erp", erp.pay),
    ("POST", "/erp/claims", "erp", erp.enter_claim),
    ("GET", "/faults", "", faults.show_faults),
    ("POST", "/faults", "", faults.set_fault),
)
WELCOME: Final = (
    "<p>Casewright's demo calls these systems: orders (<code>GET /orders/R-20441</code>), customers "
    "(as Salesforce's REST API has them, below <code>/services/data</code>), payments "
    '(<code>POST /payments</code>), a <a href="/ledger">goodwill ledger</a>, the '
    '<a href="/core/loans">core system of a bank</a>, a <a href="/policies">policy system</a>, a mail '
    'system (<a href="/messages">what it sent</a>), an <a href="/erp">ERP</a>, a vendor\'s scores '
    "(Open Inference Protocol, below <code>/v2</code>) and a vendor's lists of names (SOAP, <code>/screening</code>: "
    '<a href="/screening?wsdl">its description</a>).</p>'
    '<p>They can be made to fail: <a href="/faults">faults</a>.</p>'
)


def answer(store: Store, request: Request, only: str | None = None) -> Answer:
    """The answer to a request; `only`: of the one system that is here. Raises HangUp where a fault asks for it."""
    if request.method == "GET" and request.path in ("/", "/healthz"):
        return page("Stand-in systems", WELCOME)
    for method, pattern, system, does in ROUTES:
        if only and system != only and pattern != "/faults":
            continue
        found = re.fullmatch(pattern, request.path)
        if found and method == request.method:
            return does(store, request, *found.groups()) if not system else _of(store, request, system, does, found)
    return told(404, {"error": "no-such-address"})


def _of(store: Store, request: Request, system: str, does: Callable[..., Answer], found: re.Match[str]) -> Answer:
    store.count_call(system)
    failed = faults.before(store, system)
    return failed or faults.after(store, system, does(store, request, *found.groups()))


def serve(store: Store, listener: socket.socket, only: str | None = None) -> None:
    """Answer whoever connects, until the program is ended."""
    server(store, listener, only).serve_forever()


def server(store: Store, listener: socket.socket, only: str | None = None) -> ThreadingHTTPServer:
    found = _Server(listener.getsockname(), _handler(store, only), bind_and_activate=False)
    found.socket.close()
    found.socket = listener
    return found


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """Whoever hangs up in the middle is no news."""


def _handler(store: Store, only: str | None) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = IDLE
        protocol_version = "HTTP/1.1"
        server_version = "Casewright-stand-in"

        def do_GET(self) -> None:
            self._say()

        def do_POST(self) -> None:
            self._say()

        def do_PATCH(self) -> None:
            self._say()

        def _say(self) -> None:
            with suppress(faults.HangUp):
                return self._send(self._answer())
            self.close_connection = True

        def _answer(self) -> Answer:
            length = self.headers.get("content-length") or "0"
            most = MOST_OF_DOCUMENTS if self.path.startswith(DOCUMENTS) else MOST_BYTES
            if not (length.isascii() and length.isdigit()) or len(length) > 12 or int(length) > most:
                self.close_connection = True
                return told(413, {"error": "too-long"})
            origin = self.headers.get("origin")
            if self.command != "GET" and origin and origin.partition("://")[2] != self.headers.get("host"):
                self.close_connection = True
                return told(403, {"error": "another-page"})
            split = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(int(length))
            asked = Request(self.command, unquote(split.path), dict(parse_qsl(split.query)), headers, body)
            return answer(store, asked, only)

        def _send(self, said: Answer) -> None:
            self.send_response(said.status)
            for name, value in {"X-Stand-In": "yes", "Content-Length": str(len(said.content)), **said.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(said.content)

        def log_message(self, format: str, *values: Any) -> None:
            """Nothing: addresses hold numbers of customers."""

    return Handler
