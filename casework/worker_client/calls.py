"""How is Casewright spoken to, over networks that fail?

Every call may be made again: the server answers the same request alike. So one that got no answer, or one that says
"later" (429, 5xx), is made again with growing pauses, until it is answered or the worker is stopped.
"""

from __future__ import annotations

import json
import random
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any

Json = Any

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 60.0
"""Seconds."""
NOT_WORTH_ANOTHER = frozenset({400, 401, 403, 404, 405, 409, 413, 415, 422})


class Refused(Exception):
    """The server said no. `status`: of HTTP; `code`: its word for programs."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


@dataclass(frozen=True)
class Server:
    """`sleep` waits for so many seconds, and says whether to give up meanwhile."""

    url: str
    token: str
    sleep: Callable[[float], bool]
    timeout: float = 20.0

    def call(self, path: str, body: Json, *, longer: float = 0.0, picture: bytes | None = None) -> Json:
        """The answer. Raises Refused; ConnectionError when the worker was stopped before there was one."""
        pause = FIRST_PAUSE
        while True:
            try:
                return self._once(path, body, self.timeout + longer, picture)
            except Refused as refused:
                if refused.status in NOT_WORTH_ANOTHER:
                    raise
                wait = pause
            except _Later as later:
                wait = max(later.seconds, pause)
            except (OSError, HTTPException, ValueError):  # no answer, a broken one, or one that is no JSON
                wait = pause
            if self.sleep(wait * random.uniform(0.7, 1.3)):
                raise ConnectionError("The worker was stopped before there was an answer.")
            pause = min(pause * 2, LONGEST_PAUSE)

    def _once(self, path: str, body: Json, timeout: float, picture: bytes | None) -> Json:
        content = json.dumps(body).encode() if picture is None else picture
        headers = {
            "Authorization": f"Bearer {self.token}", "Accept": "application/json",
            "Content-Type": "application/json" if picture is None else "image/png",
        }  # fmt: skip
        request = urllib.request.Request(self.url.rstrip("/") + "/api/workers/" + path, content, headers, method="POST")  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:  # noqa: S310 - whoever runs it names the server
                return json.loads(answer.read())
        except urllib.error.HTTPError as error:
            raise _said(error) from None


class _Later(Exception):
    def __init__(self, seconds: float) -> None:
        super().__init__("later")
        self.seconds = seconds


def _said(error: urllib.error.HTTPError) -> Exception:
    if error.code == 429:
        return _Later(float(error.headers.get("Retry-After") or 1))
    try:
        told = json.loads(error.read())
        return Refused(error.code, str(told["code"]), str(told["message"]))
    except (ValueError, KeyError, TypeError, OSError):
        return Refused(error.code, "failed", f"The server answered {error.code}.")
