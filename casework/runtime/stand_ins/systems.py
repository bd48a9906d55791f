"""How do the order system and the payment system answer? (JSON over HTTP)

GET  /orders/NUMBER     an order        GET  /customers/NUMBER   a customer
POST /payments          {order, amount, iban?, note?}; pays once for each Idempotency-Key (`?desk=claims`: larger sums)
POST /transfers         as /payments, for large sums that were released
POST /restrictions      {account, why?}; restricts no account, and answers the same key with the same number
GET  /payments          all payments    GET  /payments/NUMBER    one of them
GET  /orders/NUMBER/payments            what was paid for an order: how often, and how much in all
"""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from casework.runtime.stand_ins.answers import Answer, Request, told
from casework.runtime.stand_ins.store import Store, now

Json = Any
MOST: Final = Decimal(5_000)
MOST_OF_CLAIMS: Final = Decimal(50_000)
LARGEST: Final = Decimal(5_000_000)
SHOWN: Final = 200


def read_order(store: Store, request: Request, number: str) -> Answer:
    found = store.document("orders", number)
    return told(404, {"error": "order-unknown"}) if found is None else told(200, found)


def read_customer(store: Store, request: Request, number: str) -> Answer:
    found = store.document("customers", number)
    return told(404, {"error": "customer-unknown"}) if found is None else told(200, found)


def read_payment(store: Store, request: Request, number: str) -> Answer:
    found = store.document("payments", number)
    return told(404, {"error": "payment-unknown"}) if found is None else told(200, found)


def list_payments(store: Store, request: Request) -> Answer:
    rows = store.rows("select document from payments order by number desc limit ?", SHOWN)
    return told(200, {"payments": [json.loads(row["document"]) for row in rows], "counts": store.counts()})


def payments_of_order(store: Store, request: Request, number: str) -> Answer:
    """How often was paid for an order, and how much in all; of an order that is not known nothing was."""
    paid = [json.loads(row["document"]) for row in store.rows("select document from payments")]
    found = [amount_of(one.get("amount")) or Decimal(0) for one in paid if one.get("order") == number]
    return told(200, {"order": number, "count": len(found), "total": float(sum(found))})


def transfer(store: Store, request: Request) -> Answer:
    """Pay what was released: as `pay`, up to LARGEST at once."""
    return _pay(store, request, LARGEST)


def pay(store: Store, request: Request) -> Answer:
    """Pay. The same key again gives the same payment; the same key for something else is refused (422)."""
    return _pay(store, request, MOST_OF_CLAIMS if request.query.get("desk") == "claims" else MOST)


def restrict(store: Store, request: Request) -> Answer:
    """Say that an account is restricted; the number follows from the key, so that the same key restricts once."""
    try:
        asked = request.fields()
    except ValueError:
        return told(400, {"error": "not-json"})
    key = request.headers.get("idempotency-key", "")
    number = hashlib.sha256(f"{key}/{asked.get('account')}".encode()).hexdigest()[:8].upper()
    return told(201, {"restriction": f"R-{number}", "account": asked.get("account")})


def _pay(store: Store, request: Request, most: Decimal) -> Answer:
    try:
        asked = request.fields()
    except ValueError:
        return told(400, {"error": "not-json"})
    amount = amount_of(asked.get("amount"))
    if amount is None:
        return told(422, {"error": "amount", "message": "The amount is a number above 0 with at most two decimals."})
    if amount > most:
        return told(409, {"error": "limit", "message": f"At most {most} is paid at once."})
    key = request.headers.get("idempotency-key") or None
    digest = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
    with store.change():
        before = store.rows("select * from payments where key = ?", key) if key else []
        if before:
            return _again(before[0], digest)
        return told(201, _paid(store, asked, amount, key, digest))


def _again(row: Any, digest: str) -> Answer:
    if row["request"] != digest:
        return told(422, {"error": "key-reused", "message": "This Idempotency-Key was used for something else."})
    return told(201, json.loads(row["document"]), Idempotency_Replayed="true")


def _paid(store: Store, asked: dict[str, Json], amount: Decimal, key: str | None, digest: str) -> dict[str, Json]:
    number = store.added("insert into payments (key, request, document) values (?, ?, '{}')", key, digest)
    document = {
        "payment": f"P-{number:06}", "number": number, "order": asked.get("order"), "amount": float(amount),
        "currency": "EUR", "at": now(), "state": "paid",
    }  # fmt: skip
    store.rows("update payments set document = ? where number = ? returning number", json.dumps(document), number)
    return document


def amount_of(given: Json) -> Decimal | None:
    """A sum of money above nothing; None for anything else."""
    try:
        found = Decimal(str(given))
        is_money = found.is_finite() and found > 0 and found == found.quantize(Decimal("0.01"))
    except InvalidOperation:
        return None
    return found if is_money and not isinstance(given, bool) else None
