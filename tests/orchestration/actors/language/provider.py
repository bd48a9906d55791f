"""What stands in for the server of a language model? A real HTTP server that speaks both shapes, and misbehaves.

It looks at each request as a real one does: the path, the key, the model, the roles; what it gives comes from a list of
moves, the last of which stays. All that it was sent is kept, so that a test can search it for what must never leave.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.orchestration.actors.connectors.server import Came, Reply, System, running

KEY = "sk-planted-0815"
MODEL = "small-instruct"
GOOD = {"text": "Dear customer, we have asked the merchant and will credit the amount."}
Move = Callable[[Came], Reply | bytes | None]


class Provider:
    """The server; `moves` are what it does next."""

    def __init__(self, system: System) -> None:
        self.system, self.moves = system, [says(GOOD)]
        system.says = self._next

    @property
    def came(self) -> list[dict[str, Any]]:
        """The bodies that it got."""
        return [json.loads(one.body) for one in self.system.came]

    def does(self, *moves: Move) -> None:
        self.moves = list(moves)

    def was_sent(self) -> str:
        """Everything that it was ever sent, as one text."""
        return "\n".join(f"{one.path} {one.headers} {one.body.decode()}" for one in self.system.came)

    def _next(self, came: Came) -> Reply | bytes | None:
        if refusal := _refusal(came):
            return refusal
        move = self.moves.pop(0) if len(self.moves) > 1 else self.moves[0]
        return move(came)


def _refusal(came: Came) -> Reply | None:
    """What a real server finds wrong with a request."""
    anthropic = came.path.endswith("/messages")
    key = came.headers.get("x-api-key") if anthropic else came.headers.get("authorization", "").removeprefix("Bearer ")
    if key != KEY:
        return Reply(401, {"error": {"message": "invalid key"}})
    body = json.loads(came.body)
    if body["model"] != MODEL:
        return Reply(404, {"error": {"message": "model not found"}})
    roles = [one["role"] for one in body["messages"]]
    if roles[0] != ("user" if anthropic else "system") or (anthropic and "anthropic-version" not in came.headers):
        return Reply(400, {"error": {"message": "bad request"}})
    return None


def says(value: Any, **more: Any) -> Move:
    """A whole answer: a value as JSON, or a text as it stands. `more`: as `whole` has it."""
    return lambda came: Reply(200, whole(came, value if isinstance(value, str) else json.dumps(value), **more))


def whole(
    came: Came, text: str | None, *, ended: str = "stop", usage: Any = "honest", message: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The body of an answer in the shape of the address that was asked."""
    if came.path.endswith("/messages"):
        value, counted = json.loads(text or "{}"), {"input_tokens": 90, "output_tokens": 20}
        return {
            "id": "msg_1", "model": MODEL, "stop_reason": "tool_use", "usage": counted,
            "content": [{"type": "tool_use", "id": "t", "name": "answer", "input": value}],
        }  # fmt: skip
    counted = {"prompt_tokens": 90, "completion_tokens": 20, "total_tokens": 110} if usage == "honest" else usage
    choice = {"index": 0, "message": {"role": "assistant", "content": text} | (message or {}), "finish_reason": ended}
    return {"id": "chatcmpl-1", "object": "chat.completion", "model": MODEL, "choices": [choice], "usage": counted}


def status(code: int, body: Any = None, **headers: str) -> Move:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda came: Reply(code, {"error": {"message": "no"}} if body is None else body, named)


@contextmanager
def providing() -> Iterator[Provider]:
    with running() as system:
        yield Provider(system)
