"""How are refunds and claims paid by a provider like Stripe, once for each key?

What was paid for by card goes back as a *refund* of that payment; all else goes out as a *payout* to the bank account
that the provider has on file. The key goes along as Idempotency-Key, and into the record's metadata: a provider that
does not keep keys (localstripe does not) is asked for the record first. One at a time, so that nobody looks while
another pays.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from http.server import ThreadingHTTPServer
from threading import Lock
from typing import Any, Final

from casework.runtime.demo_systems.ledger import Refusal
from casework.runtime.demo_systems.listening import listening
from casework.runtime.demo_systems.stripe_api import Declined, Stripe, Unreachable
from casework.runtime.stand_ins.systems import MOST, MOST_OF_CLAIMS, amount_of

Json = Any
CURRENCY: Final = "eur"
DEAD: Final = ("failed", "canceled")
KEY: Final = "casewright_key"


class Desk:
    """Who pays."""

    def __init__(self, stripe: Stripe) -> None:
        self.stripe, self._one_at_a_time = stripe, Lock()

    def pay(self, key: str, purpose: str, amount: Decimal, most: Decimal = MOST) -> Json:
        """Pay, once for each key. Raises Refusal, Unreachable, Declined."""
        if amount > most:
            raise Refusal(409, "limit")
        if not key:
            raise Refusal(422, "key-missing")
        cents = int(amount * 100)
        with self._one_at_a_time:
            intents = list(self._intents(purpose))
            earlier = self._earlier(key, intents)
            if earlier is not None and (earlier["amount"], earlier["metadata"].get("order")) != (cents, purpose):
                raise Refusal(422, "key-reused")
            made = earlier or self._made(key, purpose, cents, intents)
        return {"payment": made["id"], "order": purpose, "amount": float(amount), "state": made["status"]}

    def payments(self) -> Json:
        """What went back and what went out."""
        found = [*self.stripe.every("refunds"), *self.stripe.every("payouts")]
        return {"payments": [
            {"payment": one["id"], "kind": one["object"], "order": one["metadata"].get("order"),
             "amount": one["amount"] / 100, "state": one["status"]} for one in found
        ]}  # fmt: skip

    def _intents(self, purpose: str) -> Iterator[dict[str, Json]]:
        """The payments that were made for an order."""
        for one in self.stripe.every("payment_intents"):
            if purpose and one["metadata"].get("order") == purpose:
                yield one

    def _earlier(self, key: str, intents: list[dict[str, Json]]) -> dict[str, Json] | None:
        refunds = self.stripe.every("refunds", payment_intent=_paid(intents)) if _paid(intents) else iter(())
        for one in (*refunds, *self.stripe.every("payouts")):
            if one["metadata"].get(KEY) == key and one["status"] not in DEAD:
                return one
        return None

    def _made(self, key: str, purpose: str, cents: int, intents: list[dict[str, Json]]) -> dict[str, Json]:
        noted = {KEY: key, "order": purpose}
        if not intents:
            return self.stripe.create("payouts", key, amount=cents, currency=CURRENCY, metadata=noted)
        paid = _paid(intents)
        if not paid:
            raise Refusal(409, "not-paid-for")
        if cents > self._left(paid, intents):
            raise Refusal(409, "more-than-paid")
        return self.stripe.create("refunds", key, payment_intent=paid, amount=cents, metadata=noted)

    def _left(self, paid: str, intents: list[dict[str, Json]]) -> int:
        """What of a payment has not gone back yet; the provider may count it, or not."""
        whole = next(one["amount"] for one in intents if one["id"] == paid)
        back = [one["amount"] for one in self.stripe.every("refunds", payment_intent=paid) if one["status"] not in DEAD]
        return int(whole - sum(back))


def _paid(intents: list[dict[str, Json]]) -> str:
    """The payment that went through; empty where none did."""
    return next((one["id"] for one in intents if one["status"] == "succeeded"), "")


def answer(desk: Desk, method: str, path: str, query: dict[str, str], body: Json, key: str) -> tuple[int, Json]:
    """GET /payments, and POST /payments {order, amount, iban?}: status and JSON, as the stand-in answers."""
    try:
        return _asked(desk, method, path, query, body, key)
    except Refusal as refusal:
        return refusal.status, {"error": refusal.error}
    except Declined as declined:
        return 409, {"error": "declined", "message": str(declined)}
    except Unreachable:
        return 503, {"error": "unavailable"}


def _asked(desk: Desk, method: str, path: str, query: dict[str, str], body: Json, key: str) -> tuple[int, Json]:
    match method, path:
        case "GET", "/payments":
            return 200, desk.payments()
        case "POST", "/payments":
            amount = amount_of(body.get("amount")) if isinstance(body, dict) else None
            if amount is None:
                return 422, {"error": "amount"}
            most = MOST_OF_CLAIMS if query.get("desk") == "claims" else MOST
            return 201, desk.pay(key, str(body.get("order") or ""), amount, most)
    return 404, {"error": "no-such-address"}


def server(desk: Desk, port: int) -> ThreadingHTTPServer:
    """At this port of this machine; 0: at any."""
    return listening(partial(answer, desk), port, "Casewright-gateway-to-localstripe")
