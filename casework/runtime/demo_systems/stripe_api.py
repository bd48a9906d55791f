"""How is a payment provider spoken to that follows Stripe's public API? Forms out, JSON in, a key for each change.

https://docs.stripe.com/api: a secret key as bearer token, nested names in brackets, sums in the smallest unit of the
currency, `Idempotency-Key` on what changes something, lists by `limit` and `starting_after`, errors with a type.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from http.client import HTTPConnection, HTTPException
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

Json = Any
PATIENCE: Final = 30.0
PAGE: Final = 100


class Unreachable(Exception):
    """It does not answer, or not in a way that says whether it was done."""


class Declined(Exception):
    """It answers that it does not do this: the status, and the error's type or code. Its text is not kept."""

    def __init__(self, status: int, kind: str) -> None:
        super().__init__(f"{status} {kind}")
        self.status, self.kind = status, kind


class Stripe:
    """One account of the provider."""

    def __init__(self, address: str, secret: str) -> None:
        self.host, self._secret = urlsplit(address).netloc, secret

    def create(self, kind: str, key: str = "", **values: Json) -> dict[str, Json]:
        """The object that was made. Raises Unreachable, Declined."""
        return self._asked("POST", f"/v1/{kind}", urlencode(list(flat(values))), key)

    def every(self, kind: str, **query: str) -> Iterator[dict[str, Json]]:
        """All objects of a kind, page by page. Raises Unreachable, Declined."""
        after: dict[str, str] = {}
        while True:
            asked = urlencode({**query, "limit": PAGE, **after})
            page = self._asked("GET", f"/v1/{kind}?{asked}")
            yield from page["data"]
            if not page["has_more"] or not page["data"]:
                return
            after = {"starting_after": page["data"][-1]["id"]}

    def _asked(self, method: str, path: str, body: str = "", key: str = "") -> dict[str, Json]:
        connection = HTTPConnection(self.host, timeout=PATIENCE)
        headers = {"Authorization": f"Bearer {self._secret}"}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if key:
            headers["Idempotency-Key"] = key
        try:
            connection.request(method, path, body or None, headers)
            answer = connection.getresponse()
            content = json.loads(answer.read())
        except (OSError, HTTPException, ValueError) as error:
            raise Unreachable(type(error).__name__) from error
        finally:
            connection.close()
        return _taken(answer.status, content)


def _taken(status: int, content: Json) -> dict[str, Json]:
    if status == 200 and isinstance(content, dict):
        return content
    if 400 <= status < 500 and status not in (408, 409, 429):
        error = content.get("error") if isinstance(content, dict) else None
        error = error if isinstance(error, dict) else {}
        raise Declined(status, str(error.get("code") or error.get("type") or "unknown")[:60])
    raise Unreachable(f"status {status}")


def flat(values: Mapping[str, Json], before: str = "") -> Iterator[tuple[str, str]]:
    """Names and values as a form has them: `metadata[order]`. None is left out."""
    for name, value in values.items():
        whole = f"{before}[{name}]" if before else name
        if isinstance(value, Mapping):
            yield from flat(value, whole)
        elif value is not None:
            yield whole, ("true" if value else "false") if isinstance(value, bool) else str(value)
