"""Does everything go on when the shared cache is away, or accepts and never answers?"""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from casework.web.forgiving_cache import ForgivingRedisCache


@pytest.fixture(autouse=True)
def not_yet_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ForgivingRedisCache, "_silent_until", 0.0)


@pytest.fixture(params=["away", "silent"])
def server(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a port where nobody listens, or of a server that accepts and says nothing."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        port = listening.getsockname()[1]
        if request.param == "away":
            listening.close()
        yield f"redis://127.0.0.1:{port}/0"


def test_each_question_gets_the_answer_of_an_empty_cache(server: str) -> None:
    cache = ForgivingRedisCache(server, {"OPTIONS": {"socket_connect_timeout": 0.05, "socket_timeout": 0.05}})
    assert cache.get("who") is None
    assert cache.get("who", 7) == 7
    assert cache.add("who", 1) is True
    assert cache.incr("who") == 1
    assert cache.get_many(["who"]) == {}
    assert cache.delete("who") is False
    cache.set("who", 1)
    assert ForgivingRedisCache._silent_until > time.monotonic()  # only the first question was asked
