"""How does an agent outside answer a job, and only as long as it is the one that was chosen?

The kind `a2a`. Before each call its card is read: where that is not what was pinned, or not signed by the pinned key,
nothing is told to it, and the version goes into quarantine. Its task stands in the control tower while it lasts.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import Any, Final

from orchestration.actors import call
from orchestration.actors.contract import ActorError, Answer
from orchestration.actors.kinds.http_connector.actor import HttpConnector
from orchestration.actors.kinds.remote_agent import cards, wire
from orchestration.actors.kinds.remote_agent.file import connector_of, remote_of
from orchestration.actors.kinds.tool_server.actor import quarantine
from orchestration.agents import reported
from orchestration.models import AgentRun

Json = Any
CHANGED: Final = "The agent is not the one that was chosen: its card has changed since."
UNSIGNED: Final = "The agent is not the one that was chosen: its card is not signed by the key that was pinned."
ELSEWHERE: Final = "The agent's card does not name this address for A2A 1.0 over HTTP+JSON."
OPEN: Final = frozenset({"TASK_STATE_SUBMITTED", "TASK_STATE_WORKING"})
DONE: Final = "TASK_STATE_COMPLETED"
ASKS: Final = frozenset({"TASK_STATE_INPUT_REQUIRED", "TASK_STATE_AUTH_REQUIRED"})
FIRST, AGAIN = 0.1, 5.0
"""Seconds after which it is looked how far it is: at first, and at most."""
_NAME: Final = re.compile(r"[A-Za-z0-9._-]{1,100}")


class _StillAtWork(Exception):
    """The task is not done yet."""

    def __init__(self, task: str) -> None:
        super().__init__(task)
        self.task = task


class RemoteAgentActor(HttpConnector):
    """An actor that gives a job to an agent outside, as its file says."""

    read = staticmethod(connector_of)

    def __init__(self, key: str, version: str, artefact: bytes | None) -> None:
        """Raises ActorError (not temporary) for a file that is not sound."""
        super().__init__(key, version, artefact)
        self.agent = remote_of(artefact or b"")

    def run(self, input: dict[str, Any], *, idempotency_key: str) -> Answer:
        """Look whether it is still that agent, tell it once, and look how far it is. Raises ActorError."""
        about = call.current()
        until = time.monotonic() + min(self.connector.timeout, about.limit.total_seconds())
        self._compare(about.actor, until)
        actor = about.actor or self.key
        before = AgentRun.objects.filter(actor=actor, reference=idempotency_key[:100], job=None).first()
        name = None if before is None or not before.memory else str(before.memory[0]["task"])
        if name is None:
            found = self._begun(input, idempotency_key, until)
        elif before is not None and before.stop_asked:
            wire.cancelled(self.agent, name, idempotency_key, until)
            raise ActorError("A person ended the run of the agent.", temporary=False)
        else:
            found = wire.task(self.agent, name, idempotency_key, until)
        return self._followed(actor, idempotency_key, found, until)

    def shown(self, input: Json, key: str) -> dict[str, Json]:
        """What it would be told."""
        return {"data": self.agent.data.filled({"input": input})}

    def _compare(self, actor: str, until: float) -> None:
        card = wire.card_of(self.agent, until)
        why = "" if cards.is_signed_by(card, self.agent.key) else UNSIGNED
        why = why or ("" if cards.pin(card) == self.agent.pin else CHANGED)
        if why:
            quarantine(actor, self.version, why)
            raise ActorError(why, temporary=False)
        if not any(_is_here(one, wire.address(self.agent)) for one in card.get("supportedInterfaces") or ()):
            raise ActorError(ELSEWHERE, temporary=False)

    def _followed(self, actor: str, key: str, task: Mapping[str, Json], until: float) -> Answer:
        """Looked at again within the time of the call; the next attempt goes on from there."""
        wait = FIRST
        while True:
            try:
                return self._settled(actor, key, task)
            except _StillAtWork as still:
                if time.monotonic() + wait + 1 > until:
                    raise ActorError("The agent is still at work.", temporary=True, after=AGAIN) from None
                time.sleep(wait)
                task, wait = wire.task(self.agent, still.task, key, until), min(wait * 2, AGAIN)

    def _begun(self, input: Json, key: str, until: float) -> Mapping[str, Json]:
        """The task that it makes of the message; an answer at once is a task that is done."""
        parts = [{"data": self.agent.data.filled({"input": input}), "mediaType": "application/json"}]
        found = wire.told(self.agent, {"messageId": key, "role": "ROLE_USER", "parts": parts}, key, until)
        task, message = found.get("task"), found.get("message")
        if isinstance(task, Mapping):
            return task
        if not isinstance(message, Mapping):
            raise ActorError(wire.NO_A2A, temporary=False)
        return {"id": "", "status": {"state": DONE}, "artifacts": [message]}

    def _settled(self, actor: str, key: str, task: Mapping[str, Json]) -> Answer:
        """The answer, where it is done; what stands in the control tower follows."""
        name, status = str(task.get("id", "")), task.get("status")
        state = str(status.get("state", "")) if isinstance(status, Mapping) else ""
        if state in OPEN and not _NAME.fullmatch(name):
            raise ActorError(wire.NO_A2A, temporary=False)
        outcome = "" if state in OPEN else "reached" if state == DONE else "asks" if state in ASKS else "given-up"
        reported.report(actor, key[:100], {
            "goal": self.agent.title, "state": AgentRun.State.ENDED if outcome else AgentRun.State.WORKING,
            "outcome": outcome, "memory": [{"task": name}] if name else [],
        })  # fmt: skip
        if state in OPEN:
            raise _StillAtWork(name)
        if state in ASKS:
            raise ActorError("The agent asks for something more than it was told.", temporary=False)
        if state != DONE:
            raise ActorError("The agent says that it could not do it.", temporary=False)
        return Answer(_given(task), None, {"task": name}, {"calls": 1})


def _is_here(one: Json, address: str) -> bool:
    if not isinstance(one, Mapping) or one.get("protocolBinding") != "HTTP+JSON":
        return False
    return str(one.get("protocolVersion", "")).startswith("1.") and str(one.get("url", "")).rstrip("/") == address


def _given(task: Mapping[str, Json]) -> dict[str, Json]:
    """The data of its artifacts, else their text under the name `text`."""
    artifacts = task.get("artifacts")
    parts = [
        part for one in (artifacts if isinstance(artifacts, list) else ()) if isinstance(one, Mapping)
        for part in (one.get("parts") or ()) if isinstance(part, Mapping)
    ]  # fmt: skip
    data = [part["data"] for part in parts if isinstance(part.get("data"), dict)]
    if data:
        return {name: value for one in data for name, value in one.items()}
    texts = [part["text"] for part in parts if isinstance(part.get("text"), str)]
    if not texts:
        raise ActorError("The agent gave neither data nor text.", temporary=False)
    return {"text": "\n".join(texts)}
