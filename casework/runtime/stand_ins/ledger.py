"""How does the old ledger of goodwill work? A form of the web that a person, or a bot with a browser, types into.

GET /ledger             the form: customer, amount, reason, reference
POST /ledger            enters it and leads to its confirmation; a reference that was entered before leads to that
GET /ledger/entries     all entries (`?reference=`: the one of it)      GET /ledger/entries/N   the confirmation
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from html import escape
from typing import Final

from casework.runtime.stand_ins.answers import Answer, Request, onward, page
from casework.runtime.stand_ins.store import Store, now

FIELDS: Final = {
    "customer": "Customer",
    "amount": "Amount in EUR",
    "reason": "Reason",
    "reference": "Your reference (may be empty)",
}
LONGEST: Final = 200
SHOWN: Final = 200


def show_form(store: Store, request: Request) -> Answer:
    return _form({name: request.query.get(name, "") for name in FIELDS}, {})


def enter(store: Store, request: Request) -> Answer:
    try:
        given = {name: str(request.fields().get(name, "")).strip() for name in FIELDS}
    except ValueError:
        return page("Goodwill ledger", "<p>The form could not be read.</p>", 400)
    if wrong := _wrong(given):
        return _form(given, wrong)
    reference = given["reference"] or None
    with store.change():
        before = store.rows("select number from entries where reference = ?", reference) if reference else []
        number = before[0]["number"] if before else store.added(
            "insert into entries (reference, customer, amount, reason, at) values (?, ?, ?, ?, ?)",
            reference, given["customer"], given["amount"], given["reason"], now(),
        )  # fmt: skip
    return onward(f"/ledger/entries/{number}")


def show_entry(store: Store, request: Request, number: str) -> Answer:
    rows = store.rows("select * from entries where number = ?", int(number))
    if not rows:
        return page("No such entry", '<p><a href="/ledger">New entry</a></p>', 404)
    row = rows[0]
    shown = "".join(
        f'<dt>{label}</dt><dd id="{name}">{escape(str(row[name] or ""))}</dd>' for name, label in FIELDS.items()
    )
    said = f'<p role="status">Entered as <strong id="number">G-{row["number"]:05}</strong>.</p><dl>{shown}</dl>'
    return page("Goodwill entered", said + '<p><a href="/ledger">New entry</a></p>')


def list_entries(store: Store, request: Request) -> Answer:
    reference = request.query.get("reference", "")
    where = "where reference = ?" if reference else "where ? = ''"
    rows = store.rows(f"select * from entries {where} order by number desc limit {SHOWN}", reference)  # noqa: S608
    lines = "".join(
        f'<tr><td><a href="/ledger/entries/{row["number"]}">G-{row["number"]:05}</a></td>'
        + "".join(f"<td>{escape(str(row[name] or ''))}</td>" for name in FIELDS) + f"<td>{row['at']}</td></tr>"
        for row in rows
    )  # fmt: skip
    heads = "".join(f'<th scope="col">{label}</th>' for label in ("Number", *FIELDS.values(), "Entered"))
    return page("Goodwill ledger: entries", f"<table><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>")


def _wrong(given: dict[str, str]) -> dict[str, str]:
    wrong = {name: "This is needed." for name in ("customer", "amount", "reason") if not given[name]}
    wrong |= {name: f"At most {LONGEST} letters." for name, text in given.items() if len(text) > LONGEST}
    if "amount" not in wrong and not _is_amount(given["amount"]):
        wrong["amount"] = "A number from 0.01 to 100 with a point is expected, like 12.50."
    return wrong


def _is_amount(text: str) -> bool:
    try:
        found = Decimal(text)
    except InvalidOperation:
        return False
    return found.is_finite() and Decimal("0.01") <= found <= 100


def _form(given: dict[str, str], wrong: dict[str, str]) -> Answer:
    fields = "".join(
        f'<label for="{name}">{label}</label><input id="{name}" name="{name}" value="{escape(given[name])}" size="40"'
        f' autocomplete="off"{_described(name, wrong)}>'
        + (f'<p class="wrong" id="{name}-wrong">{wrong[name]}</p>' if name in wrong else "")
        for name, label in FIELDS.items()
    )
    form = f'<form method="post" action="/ledger">{fields}<p><button type="submit" id="enter">Enter</button></p></form>'
    return page("Goodwill ledger", form + '<p><a href="/ledger/entries">Entries</a></p>', 422 if wrong else 200)


def _described(name: str, wrong: dict[str, str]) -> str:
    return f' aria-invalid="true" aria-describedby="{name}-wrong"' if name in wrong else ""
