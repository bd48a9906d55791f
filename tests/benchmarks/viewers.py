"""How long does a page take that twenty people open at once? On one web process as `make run` starts it.

Each opens a page a second, one after the other, for a quarter of a minute. Beside the time that a viewer waits stands
what the page costs the web process: that figure is the same on a machine that others use too.
"""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from django.contrib.auth.models import User

from tests.load.web import Web, session_of, web_process

VIEWERS: Final = 20
SECONDS: Final = 15.0
PACE: Final = 1.0
"""Seconds from one page of a viewer to the next."""
MOST: Final = 60.0
"""Milliseconds that are aimed at for 95 of 100."""


def figures(people: Sequence[User], addresses: Sequence[str]) -> Iterator[str]:
    cookies = [session_of(user) for user in people]
    with web_process() as web:
        _viewed(web, cookies[0], addresses, 0, 3.0)  # warm
        spent = web.cpu()
        with ThreadPoolExecutor(VIEWERS) as viewers:
            asked = [
                viewers.submit(_viewed, web, cookies[n % len(cookies)], addresses, n, SECONDS) for n in range(VIEWERS)
            ]  # fmt: skip
            took = sorted(second for one in asked for second in one.result())
        spent = web.cpu() - spent
    late = 1000 * took[int(0.95 * len(took))]
    middle = 1000 * took[len(took) // 2]
    yield f"{len(took)} pages of {VIEWERS} viewers, one a second each: p50 {middle:.0f} ms, p95 {late:.0f} ms"
    yield f"  {1000 * spent / len(took):.1f} ms of the web process's CPU a page; aim {MOST:.0f} ms: " + (
        "held" if late <= MOST else "NOT held"
    )


def _viewed(web: Web, cookie: str, addresses: Sequence[str], number: int, seconds: float) -> list[float]:
    """Seconds of each page until its last byte; raises AssertionError where one is no page."""
    connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=60)
    took, began = list[float](), time.monotonic()
    turn = began + PACE * number / VIEWERS
    while turn < began + seconds:
        time.sleep(max(0.0, turn - time.monotonic()))
        asked = time.monotonic()
        connection.request("GET", addresses[(number + len(took)) % len(addresses)], headers={"Cookie": cookie})
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200, answer.status
        took.append(time.monotonic() - asked)
        turn = max(turn + PACE, time.monotonic())
    connection.close()
    return took
