"""An agent outside goes away while its message waits: nothing is sent to it, and nothing fails."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from casework.agents.a2a import waited
from casework.agents.a2a.stream import FOLLOWED


@pytest.mark.parametrize("told", [[], [{"type": "http.response.start", "status": 200, "headers": []}]])
def test_who_has_gone_is_answered_nothing_though_their_task_is_settled(
    told: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    sent, dismissed = list[Any](), list[Any]()
    followed: Any = SimpleNamespace(viewer=SimpleNamespace(person=7))

    async def settled(*given: Any) -> tuple[int, Any]:
        return 200, {"task": {}}

    async def product(scope: Any, receive: Any, send: Any) -> None:
        scope[FOLLOWED].append(followed)
        for message in told:  # Django tells nothing to who has gone
            await send(message)

    async def send(message: Any) -> None:
        sent.append(message["type"])

    monkeypatch.setattr(waited, "_settled", settled)
    hub: Any = SimpleNamespace(dismiss=dismissed.append)
    waits: Any = waited.with_waited_tasks(product, product, hub)
    asyncio.run(waits({"type": "http", "path": waited.SEND}, None, send))
    assert sent == (["http.response.start", "http.response.body"] if told else [])
    assert dismissed == [7]
