"""Which actors pay by the payment server of `make demo-systems`, in place of the stand-in?

Its gateway has the stand-in's addresses, so that the connectors differ in who they are, whom they ask, and in two more
answers: that an order was never paid for, and that more would go back than came in. Invoices are not paid by it: the
ERP that posted them pays them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import yaml

from audit.services import Origin
from casework.actors.bundled import CASE_TYPES
from casework.actors.real_erp import switched

HOST: Final = "payments.localhost"
"""A name that leads to this machine and nowhere else (RFC 6761)."""
FILES: Final = (
    CASE_TYPES / "refund" / "actors" / "payment-system.yaml",
    CASE_TYPES / "insurance-claim" / "actors" / "claims-payment.yaml",
)
LIMITS: Final = (
    "Works with the localstripe of this machine that `make demo-systems` runs, which follows Stripe's API; no money"
    " moves. What was paid for by card goes back to the card. All else is a payout to the account that the provider has"
    " on file: the IBAN of the case is not sent, and a payout is pending at first."
)
REASON: Final = "Refunds and claims are to be paid by another system (manage.py real_payments)."
MORE: Final[tuple[dict[str, Any], ...]] = (
    {"when": 'status = 409 and body.error = "not-paid-for"',
     "error": {"code": "not-paid-for", "message": "No payment for this order went through."}},
    {"when": 'status = 409 and body.error = "more-than-paid"',
     "error": {"code": "more-than-paid", "message": "More would go back than was paid for this order."}},
    {"when": 'status = 409 and body.error = "declined"',
     "error": {"code": "declined", "message": "The payment provider declined it."}},
)  # fmt: skip


def documents() -> Iterator[tuple[str, dict[str, Any]]]:
    """(key of the stand-in's connector, the connector to localstripe in its place)."""
    for path in FILES:
        one = yaml.safe_load(path.read_text("utf-8"))
        card = {**one["card"], "limits": LIMITS, "procedure": "See docs/systems.md."}
        file = {**one["file"], "server": "payments", "answers": [*one["file"]["answers"], *MORE]}
        name = f"{one['name']} (localstripe)"
        more = {"name": name, "origin": "Connector to localstripe", "card": card, "file": file}
        yield one["key"], {**one, **more, "key": f"localstripe-{one['key']}"}


def real_payments(on: bool, origin: Origin) -> list[str]:
    """Have refunds and claims paid by localstripe, or by the stand-in again; the keys of the actors that do so now."""
    return switched(on, list(documents()), HOST, "the payment server of make demo-systems", REASON, origin)
