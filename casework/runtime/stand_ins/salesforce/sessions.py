"""Who may ask, and how often? Tokens by OAuth 2.0 (client credentials), and the requests of a day."""

from __future__ import annotations

import base64
import hmac
import os
import secrets
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final
from urllib.parse import unquote

from casework.runtime.stand_ins.answers import Answer, Request
from casework.runtime.stand_ins.place import SALESFORCE_CLIENT, SALESFORCE_SECRET
from casework.runtime.stand_ins.salesforce.objects import Wrong
from casework.runtime.stand_ins.salesforce.said import said
from casework.runtime.stand_ins.store import Store, now

Json = Any

A_DAY: Final = 15_000
"""Requests, as an org of the Developer Edition has them."""


def token(store: Store, request: Request) -> Answer:
    """POST /services/oauth2/token"""
    try:
        given = request.fields()
    except ValueError:
        return said(400, {"error": "invalid_request", "error_description": "malformed request"})
    if given.get("grant_type") != "client_credentials":
        return said(400, {"error": "unsupported_grant_type", "error_description": "grant type not supported"})
    client, secret = _shown(request, given)
    if not (_same(client, SALESFORCE_CLIENT) and _same(secret, SALESFORCE_SECRET)):
        return said(400, {"error": "invalid_client", "error_description": "invalid client credentials"})
    kept = f"00DSw0000000001!{secrets.token_urlsafe(48)}"
    store.rows("insert into crm_sessions values (?, ?) returning token", kept, now())
    at, base = str(int(datetime.now(UTC).timestamp() * 1000)), base_of(request)
    identity = f"{base}/id/00DSw0000000001EAA/005Sw0000000001IAC"
    signature = base64.b64encode(hmac.digest(secret.encode(), (identity + at).encode(), sha256)).decode()
    return said(200, {
        "access_token": kept, "signature": signature, "scope": "api", "instance_url": base, "id": identity,
        "token_type": "Bearer", "issued_at": at,
    })  # fmt: skip


def base_of(request: Request) -> str:
    return f"http://{request.headers.get('host', 'localhost')}"


def admitted(store: Store, request: Request) -> str:
    """What the header Sforce-Limit-Info says, where the request is let in. Raises Wrong."""
    way, _, given = request.headers.get("authorization", "").partition(" ")
    known = way.lower() in ("bearer", "oauth") and store.rows("select 1 from crm_sessions where token = ?", given)
    if not known:
        raise Wrong("INVALID_SESSION_ID", "Session expired or invalid", status=401)
    used, most = counted(store), most_of_a_day(store)
    if used > most:
        raise Wrong("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", status=403)
    return f"api-usage={used}/{most}"


def counted(store: Store) -> int:
    """This request among those of the day; those that are refused for their number are not counted."""
    most, today = most_of_a_day(store), now()[:10]
    rows = store.rows(
        "insert into crm_usage values (?, 1) on conflict (day) do update set count = min(count + 1, ?) returning count",
        today, most + 1,
    )  # fmt: skip
    return int(rows[0]["count"])


def used(store: Store) -> int:
    """Requests of this day."""
    rows = store.rows("select count from crm_usage where day = ?", now()[:10])
    return min(rows[0]["count"], most_of_a_day(store)) if rows else 0


def most_of_a_day(store: Store) -> int:
    rows = store.rows("select value from crm_settings where name = 'a_day'")
    return rows[0]["value"] if rows else A_DAY


def _shown(request: Request, given: dict[str, Json]) -> tuple[str, str]:
    """Client and secret, from the header or the form: both are allowed."""
    way, _, pair = request.headers.get("authorization", "").partition(" ")
    if way.lower() == "basic":
        try:
            client, _, secret = base64.b64decode(pair, validate=True).decode().partition(":")
        except ValueError:
            return "", ""
        return unquote(client), unquote(secret)
    return str(given.get("client_id") or ""), str(given.get("client_secret") or "")


def _same(given: str, variable: str) -> bool:
    expected = os.environ.get(variable, "")
    return bool(expected) and hmac.compare_digest(given.encode(), expected.encode())
