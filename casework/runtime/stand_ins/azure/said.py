"""In which shape do these services answer and refuse, and whom do they let in?"""

from __future__ import annotations

import hmac
import json
import os
import time
from typing import Any, Final

from casework.runtime.stand_ins.answers import Answer, Request
from casework.runtime.stand_ins.store import Store

Json = Any

DENIED: Final = (
    "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an "
    "active subscription and use a correct regional API endpoint for your resource."
)
MINUTE: Final = 60


def said(status: int, body: Json, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    content = b"" if body is None else json.dumps(body).encode()
    return Answer(status, content, {"Content-Type": "application/json; charset=utf-8", **named})


def refused(status: int, code: str, message: str, inner: dict[str, Json] | None = None, **headers: str) -> Answer:
    error: dict[str, Json] = {"code": code, "message": message}
    return said(status, {"error": error | ({"innererror": inner} if inner else {})}, **headers)


def turned_away(store: Store, request: Request, header: str, variable: str) -> Answer | None:
    """Who has not the key, and what is too much for a minute."""
    expected = os.environ.get(variable, "")
    if not expected or not hmac.compare_digest(request.headers.get(header, "").encode(), expected.encode()):
        return refused(401, "401", DENIED)
    rows = store.rows("select value from azure_settings where name = 'a_minute'")
    now = int(time.time())
    count = store.rows(
        "insert into azure_calls values (?, 1) on conflict (minute) do update set count = count + 1 returning count",
        now // MINUTE,
    )[0]["count"]
    if rows and count > rows[0]["value"]:
        left = MINUTE - now % MINUTE
        return refused(429, "429", f"Rate limit is exceeded. Try again in {left} seconds.", Retry_After=str(left))
    return None
