"""How does the ERP answer? (JSON over HTTP) It keeps suppliers and orders, books invoices and pays them, enters claims.

GET  /erp/match?name=&iban=&order=&number=   what it knows of the supplier, the order and earlier invoices
GET  /erp/records?supplier=&order=&entry=    what it has now under these numbers
POST /erp/suppliers  {number, name?, iban?}; changes a supplier, as somebody who works in the ERP would
POST /erp/orders/NUMBER {total}; changes an order, to no less than was invoiced of it; once for each key
POST /erp/invoices   {supplier, number, order?, total}; books once for each Idempotency-Key
POST /erp/payments   {invoice, amount}; pays once for each Idempotency-Key
POST /erp/claims     {claim, amount, state: reserved or paid}; the same claim again is changed until it is paid
GET  /erp            all of it, as a page or as JSON
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from hashlib import sha256
from html import escape
from typing import Any, Final

from casework.runtime.stand_ins.answers import Answer, Request, page, told
from casework.runtime.stand_ins.store import Store, now

Json = Any
SHOWN: Final = 200
KEPT: Final = ("suppliers", "orders", "invoices", "payments", "claims")
ADDED: Final = (
    "insert into erp_invoices (key, request, supplier, number, ordered, total, at) values (?, ?, ?, ?, ?, ?, ?)"
)
ENTERED: Final = (
    "insert into erp_claims (claim, amount, state, at) values (?, ?, ?, ?) on conflict (claim) do update set "
    "amount = excluded.amount, state = excluded.state, at = excluded.at returning id"
)
NO_SIGN: Final = re.compile(r"[\W_]+")
LEGAL: Final = re.compile(r"\b(?:gmbh|ag|kg|ltd|limited|inc|llc|bv|sarl|sa|plc)\b")


def match(store: Store, request: Request) -> Answer:
    """What is known of an invoice that came in."""
    asked = request.query
    supplier = _supplier(store, asked.get("iban", ""), asked.get("name", ""))
    rows = store.rows("select * from erp_orders where number = ?", asked.get("order", ""))
    earlier = 0
    if supplier is not None:
        same = "select count(*) as many from erp_invoices where supplier = ? and number = ?"
        earlier = store.rows(same, supplier["number"], asked.get("number", ""))[0]["many"]
    return told(200, {"supplier": supplier, "order": _order(store, rows[0]) if rows else None, "earlier": earlier})


def book(store: Store, request: Request) -> Answer:
    """Book an invoice. The same key again gives the same entry; the same number of a supplier is refused (409)."""

    def entered(asked: dict[str, Json], key: str | None, digest: str) -> Answer:
        supplier, number = str(asked.get("supplier", "")), str(asked.get("number", ""))
        if not store.rows("select 1 from erp_suppliers where number = ?", supplier) or not number:
            return told(409, {"error": "supplier-unknown"})
        if store.rows("select 1 from erp_invoices where supplier = ? and number = ?", supplier, number):
            return told(409, {"error": "booked-before"})
        order, total = str(asked.get("order") or ""), float(asked["total"])
        store.added(ADDED, key, digest, supplier, number, order, total, now())
        return _invoice(store.rows("select * from erp_invoices where supplier = ? and number = ?", supplier, number)[0])

    return _once(store, request, "erp_invoices", entered, _invoice)


def pay(store: Store, request: Request) -> Answer:
    """Pay a booked invoice, to the account that the ERP has of its supplier. Once."""

    def entered(asked: dict[str, Json], key: str | None, digest: str) -> Answer:
        number = str(asked.get("invoice", "")).removeprefix("E-")
        rows = store.rows("select * from erp_invoices where id = ?", int(number) if number.isdecimal() else 0)
        if not rows or abs(rows[0]["total"] - float(asked["amount"])) > 0.005:
            return told(409, {"error": "not-booked-so"})
        if store.rows("select 1 from erp_payments where invoice = ?", rows[0]["id"]):
            return told(409, {"error": "paid-before"})
        added = "insert into erp_payments (key, request, invoice, amount, at) values (?, ?, ?, ?, ?)"
        found = store.added(added, key, digest, rows[0]["id"], rows[0]["total"], now())
        return _payment(store.rows("select * from erp_payments where id = ?", found)[0])

    return _once(store, request, "erp_payments", entered, _payment)


def enter_claim(store: Store, request: Request) -> Answer:
    """Enter what a claim costs. Asked again, the entry is changed; what is paid stays as it is (409)."""
    try:
        asked = request.fields()
        claim, amount, state = str(asked["claim"]), float(asked["amount"]), asked["state"]
    except (ValueError, KeyError, TypeError):
        return told(400, {"error": "not-read"})
    if not 0 < len(claim) <= 60 or not amount >= 0 or state not in ("reserved", "paid"):
        return told(422, {"error": "claim"})
    with store.change():
        before = store.rows("select * from erp_claims where claim = ?", claim)
        if before and before[0]["state"] == "paid" and (before[0]["amount"], "paid") != (amount, state):
            return told(409, {"error": "paid-already"})
        (row,) = store.rows(ENTERED, claim, amount, state, now())
    return told(200, {"entry": f"C-{row['id']:06}", "amount": amount, "state": state})


def records(store: Store, request: Request) -> Answer:
    """What stands under these numbers now."""
    asked = request.query
    suppliers = store.rows("select * from erp_suppliers where number = ?", asked.get("supplier", ""))
    orders = store.rows("select supplier, total from erp_orders where number = ?", asked.get("order", ""))
    if not suppliers:
        return told(404, {"error": "supplier-unknown"})
    supplier = {"name": suppliers[0]["name"], "iban": suppliers[0]["iban"]}
    order = dict(orders[0]) if orders else None
    return told(200, {"supplier": supplier, "order": order, "entry": _entry(store, asked.get("entry", ""))})


def _entry(store: Store, number: str) -> dict[str, Json] | None:
    found = number.removeprefix("E-")
    rows = store.rows("select * from erp_invoices where id = ?", int(found) if found.isdecimal() else 0)
    if not rows:
        return None
    paid = store.rows("select * from erp_payments where invoice = ?", rows[0]["id"])
    reference, amount = (f"T-{paid[0]['id']:06}", paid[0]["amount"]) if paid else (None, None)
    return {"total": rows[0]["total"], "payment": reference, "paid": amount}


def change_supplier(store: Store, request: Request) -> Answer:
    """Change the name or the account of a supplier."""
    try:
        asked = {name: str(value) for name, value in request.fields().items()}
    except ValueError:
        return told(400, {"error": "not-read"})
    with store.change():
        changed = "update erp_suppliers set name = coalesce(?, name), iban = coalesce(?, iban) where number = ?"
        rows = store.rows(f"{changed} returning *", asked.get("name"), asked.get("iban"), asked.get("number", ""))
    return told(200, dict(rows[0])) if rows else told(404, {"error": "supplier-unknown"})


def change_order(store: Store, request: Request, number: str) -> Answer:
    """Change the total of an order. The same key again changes nothing more."""
    try:
        total = float(request.fields()["total"])
    except (ValueError, KeyError, TypeError):
        return told(400, {"error": "not-read"})
    key = request.headers.get("idempotency-key") or ""
    with store.change():
        rows = store.rows("select * from erp_orders where number = ?", number)
        if not rows:
            return told(404, {"error": "order-unknown"})
        if store.rows("select 1 from erp_changes where key = ?", key):
            return told(200, {"order": number, "total": rows[0]["total"]})
        if total < _order(store, rows[0])["total"] - _order(store, rows[0])["open"]:
            return told(409, {"error": "invoiced-already"})
        store.rows("update erp_orders set total = ? where number = ? returning number", total, number)
        if key:
            store.rows("insert into erp_changes values (?) returning key", key)
    return told(200, {"order": number, "total": total})


def show(store: Store, request: Request) -> Answer:
    """Everything that it keeps."""
    tables = {name: store.rows(f"select * from erp_{name} limit ?", SHOWN) for name in KEPT}  # noqa: S608 - our own
    if "application/json" in request.headers.get("accept", ""):
        return told(200, {name: [_shown(row) for row in rows] for name, rows in tables.items()})
    return page("ERP", "".join(_table(name, rows) for name, rows in tables.items()))


def _once(
    store: Store, request: Request, table: str, enter: Callable[..., Answer], again: Callable[[Any], Answer]
) -> Answer:
    try:
        asked = request.fields()
        digest = sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
        key = request.headers.get("idempotency-key") or None
        with store.change():
            before = store.rows(f"select * from {table} where key = ?", key) if key else []  # noqa: S608 - our own
            if before and before[0]["request"] != digest:
                return told(422, {"error": "key-reused", "message": "This key was used for something else."})
            return again(before[0]) if before else enter(asked, key, digest)
    except (ValueError, KeyError, TypeError):
        return told(400, {"error": "not-read"})


def _supplier(store: Store, iban: str, name: str) -> dict[str, Json] | None:
    """By name, and else by the account: what stands on an invoice is written in many ways."""
    rows = [dict(row) for row in store.rows("select * from erp_suppliers")]
    plain = iban.replace(" ", "").upper()
    named = [row for row in rows if name and plain_name(row["name"]) == plain_name(name)]
    return next(iter([*named, *(row for row in rows if plain and row["iban"] == plain)]), None)


def plain_name(name: str) -> str:
    """A name without case, signs and the words for its legal form."""
    return NO_SIGN.sub("", LEGAL.sub("", NO_SIGN.sub(" ", name.casefold())))


def _order(store: Store, row: Any) -> dict[str, Json]:
    used = store.rows("select coalesce(sum(total), 0) as used from erp_invoices where ordered = ?", row["number"])
    return {**dict(row), "open": round(row["total"] - used[0]["used"], 2)}


def _invoice(row: Any) -> Answer:
    return told(201, {"invoice": f"E-{row['id']:06}", "number": row["number"], "total": row["total"]})


def _payment(row: Any) -> Answer:
    return told(201, {"payment": f"T-{row['id']:06}", "amount": row["amount"]})


def _shown(row: Any) -> dict[str, Json]:
    return {name: row[name] for name in row.keys() if name not in ("key", "request")}  # noqa: SIM118 - no dict


def _table(name: str, rows: list[Any]) -> str:
    shown = [_shown(row) for row in rows]
    heads = "".join(f'<th scope="col">{escape(head)}</th>' for head in (shown[0] if shown else ()))
    lines = "".join("<tr>" + "".join(f"<td>{escape(str(v))}</td>" for v in row.values()) + "</tr>" for row in shown)
    return f"<h2>{escape(name.capitalize())}</h2><table><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>"
