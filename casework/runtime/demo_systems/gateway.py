"""How do connectors ask Tryton? By a gateway over HTTP, in a process of its own, with the addresses of the stand-in.

GET  /erp/match?name=&iban=&order=&number=    GET /erp/records?supplier=&order=&entry=
POST /erp/invoices {supplier, number, order?, total}    POST /erp/payments {invoice, amount}    POST /erp/orders/NUMBER
POST /erp/claims {claim, amount, state}
Each POST once for each Idempotency-Key. While Tryton is away it answers 503.
"""

from __future__ import annotations

import re
from functools import partial
from http.server import ThreadingHTTPServer
from typing import Any, Final

from casework.runtime.demo_systems.ledger import Ledger, Refusal
from casework.runtime.demo_systems.listening import listening
from casework.runtime.demo_systems.rpc import Refused, Unreachable

Json = Any
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
        case ("POST", "/erp/claims"):
            return 200, ledger.enter_claim(str(body["claim"]), float(body["amount"]), str(body["state"]))
        case ("POST", _) if order is not None:
            return 200, ledger.change_order(order[1], float(body["total"]))
    return 404, {"error": "no-such-address"}


def server(ledger: Ledger, port: int) -> ThreadingHTTPServer:
    """At this port of this machine; 0: at any."""
    return listening(partial(answer, ledger), port, "Casewright-gateway-to-Tryton")
