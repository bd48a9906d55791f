"""How does the mail system answer? (JSON over HTTP) It keeps what it was asked to send; nothing leaves this machine.

POST /messages          {to, subject, text}; sends once for each Idempotency-Key
GET  /messages          what was sent, as a page or as JSON       GET /messages/N   one message, as a page
"""

from __future__ import annotations

import hashlib
import json
from html import escape
from typing import Any, Final

from casework.runtime.stand_ins.answers import Answer, Request, page, told
from casework.runtime.stand_ins.store import Store, now

Json = Any
FIELDS: Final = {"to": 254, "subject": 200, "text": 5_000}
"""What a message is made of, and the most letters of each."""
SHOWN: Final = 200


def send(store: Store, request: Request) -> Answer:
    """Send. The same key again gives the same message; the same key for another one is refused (422)."""
    try:
        asked = request.fields()
    except ValueError:
        return told(400, {"error": "not-json"})
    given = {name: str(asked.get(name) or "").strip() for name in FIELDS}
    if "@" not in given["to"] or any(not 0 < len(given[name]) <= most for name, most in FIELDS.items()):
        return told(422, {"error": "message", "message": "An address, a subject and a text are expected."})
    key = request.headers.get("idempotency-key") or None
    digest = hashlib.sha256(json.dumps(given, sort_keys=True).encode()).hexdigest()
    with store.change():
        before = store.rows("select number, request from messages where key = ?", key) if key else []
        if before and before[0]["request"] != digest:
            return told(422, {"error": "key-reused", "message": "This Idempotency-Key was used for something else."})
        return _accepted(before[0]["number"] if before else _kept(store, given, key, digest))


def list_messages(store: Store, request: Request) -> Answer:
    rows = store.rows("select * from messages order by number desc limit ?", SHOWN)
    if "application/json" in request.headers.get("accept", ""):
        return told(200, {"messages": [_told(row) for row in rows], "counts": store.counts()})
    lines = "".join(
        f'<tr><td><a href="/messages/{row["number"]}">{_name(row["number"])}</a></td>'
        f"<td>{escape(row['recipient'])}</td><td>{escape(row['subject'])}</td><td>{row['at']}</td></tr>"
        for row in rows
    )
    heads = "".join(f'<th scope="col">{label}</th>' for label in ("Number", "To", "Subject", "Sent"))
    return page("Mail system: sent", f"<table><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>")


def show_message(store: Store, request: Request, number: str) -> Answer:
    rows = store.rows("select * from messages where number = ?", int(number))
    if not rows:
        return page("No such message", '<p><a href="/messages">What was sent</a></p>', 404)
    row = rows[0]
    shown = f"<p>To {escape(row['recipient'])}, {row['at']}</p><pre>{escape(row['text'])}</pre>"
    return page(f"{_name(row['number'])}: {row['subject']}", shown + '<p><a href="/messages">What was sent</a></p>')


def _kept(store: Store, given: dict[str, str], key: str | None, digest: str) -> int:
    return store.added(
        "insert into messages (key, request, recipient, subject, text, at) values (?, ?, ?, ?, ?, ?)",
        key, digest, given["to"], given["subject"], given["text"], now(),
    )  # fmt: skip


def _accepted(number: int) -> Answer:
    return told(202, {"message": _name(number), "number": number, "state": "sent"})


def _told(row: Any) -> dict[str, Json]:
    return {"message": _name(row["number"]), "to": row["recipient"], "subject": row["subject"], "text": row["text"]}


def _name(number: int) -> str:
    return f"M-{number:06}"
