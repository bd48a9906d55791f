"""How does the policy system answer? (JSON over HTTP)

GET  /policies              all policies, as a page or as JSON
GET  /policies/NUMBER       one, with its claims and the customer number of who holds it
POST /policies/NUMBER       {limit?, deductible?, state?}; changes a policy, as somebody who works there would
POST /policies/NUMBER/claims   {claim, amount, state}; the same claim again is changed, not added
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any, Final

from casework.runtime.stand_ins.answers import Answer, Request, page, told
from casework.runtime.stand_ins.store import Store, now
from casework.runtime.stand_ins.systems import amount_of

Json = Any
SAMPLES: Final = Path(__file__).resolve().parents[2] / "casetypes/insurance-claim/samples/claims.csv"
"""The policies of the sample claims are those that it knows."""
STATES: Final = ("reserved", "paid", "refused")


def read_policy(store: Store, request: Request, number: str) -> Answer:
    _seed(store)
    found = store.document("policies", number)
    if found is None:
        return told(404, {"error": "policy-unknown"})
    return told(200, {**found, "customer": _customer(store, found), "claims": _claims(store, number)})


def list_policies(store: Store, request: Request) -> Answer:
    _seed(store)
    found = [json.loads(row["document"]) for row in store.rows("select document from policies order by number")]
    if "application/json" in request.headers.get("accept", ""):
        return told(200, {"policies": found, "counts": store.counts()})
    heads = "".join(f'<th scope="col">{head}</th>' for head in ("Number", "Cover", "State", "Claims"))
    lines = "".join(_line(store, one) for one in found)
    return page("Policy system", f"<table><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>")


def keep_claim(store: Store, request: Request, number: str) -> Answer:
    """Note what a claim is reserved, paid or refused at. Asked again, the note is changed."""
    _seed(store)
    try:
        asked = request.fields()
    except ValueError:
        return told(400, {"error": "not-json"})
    claim, amount, state = str(asked.get("claim") or ""), amount_of(asked.get("amount")), asked.get("state")
    if store.document("policies", number) is None:
        return told(404, {"error": "policy-unknown"})
    if not 0 < len(claim) <= 60 or (amount is None and asked.get("amount") != 0) or state not in STATES:
        return told(422, {"error": "claim", "message": "A claim, an amount and a state are expected."})
    document = {"claim": claim, "policy": number, "amount": float(amount or 0), "state": state, "at": now()}
    with store.change():
        store.rows(
            "insert into claims values (?, ?, ?) on conflict (claim) do update set document = excluded.document "
            "returning claim", claim, number, json.dumps(document),
        )  # fmt: skip
    return told(200, {**document, "note": f"{number}/{claim}"})


def change_policy(store: Store, request: Request, number: str) -> Answer:
    """Change the terms of a policy."""
    _seed(store)
    try:
        asked = request.fields()
    except ValueError:
        return told(400, {"error": "not-json"})
    found = store.document("policies", number)
    if found is None:
        return told(404, {"error": "policy-unknown"})
    changed = {**found, **{name: asked[name] for name in ("limit", "deductible", "state") if name in asked}}
    with store.change():
        store.rows("update policies set document = ? where number = ? returning number", json.dumps(changed), number)
    return told(200, changed)


def _customer(store: Store, policy: dict[str, Json]) -> str | None:
    """The number by which the system for customers knows who holds it."""
    rows = store.rows("select number, document from customers order by number")
    return next((row["number"] for row in rows if json.loads(row["document"])["name"] == policy.get("holder")), None)


def _claims(store: Store, number: str) -> list[Json]:
    rows = store.rows("select document from claims where policy = ? order by claim", number)
    return [json.loads(row["document"]) for row in rows]


def _line(store: Store, one: dict[str, Json]) -> str:
    said = ", ".join(
        f"{claim['claim']}: {claim['amount']:.2f} EUR {claim['state']}" for claim in _claims(store, one["number"])
    )
    cells = (one["number"], one["cover"], one["state"], said or "none")
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"


def _seed(store: Store) -> None:
    """Have the policies of the samples, where there is none yet."""
    if store.rows("select 1 from policies limit 1"):
        return
    for one in _policies():
        store.rows("insert or ignore into policies values (?, ?) returning number", one["number"], json.dumps(one))


def _policies() -> Iterator[dict[str, Json]]:
    if not SAMPLES.exists():
        return
    with SAMPLES.open(encoding="utf-8", newline="") as lines:
        for at, row in enumerate(csv.DictReader(lines)):
            if row["policy"] and not row["policy"].endswith("-0000"):
                yield {
                    "number": row["policy"], "holder": row["name"],
                    "cover": "third-party" if at % 4 == 3 else "comprehensive",
                    "state": "ended" if at % 5 == 4 else "active", "from": "2023-01-01",
                    "until": "2026-06-30" if at % 5 == 4 else "2027-12-31", "limit": 50000,
                    "deductible": (300, 500, 150)[at % 3], "premium": 620 + 45 * at, "customer_months": 8 + 17 * at,
                }  # fmt: skip
