"""How does an agent answer a job?

The kind `agent`: its artefact is a file with goal, tools, limits and what thinks for it (`docs/agents.md`). Its call is
a loop (`orchestration.agents.loop`): each of its actions is a command of its own, and the job ends with how it ended.
"""

from __future__ import annotations

from typing import Any

from orchestration.actors import call
from orchestration.actors.contract import ActorError, Answer
from orchestration.actors.kinds.agent.file import agent_of
from orchestration.actors.kinds.files import FileRefused
from orchestration.agents import loop, runs
from orchestration.agents.modelled import Modelled
from orchestration.agents.scripted import Scripted
from orchestration.agents.thoughts import Mind
from orchestration.ground import clock
from orchestration.models import AgentRun

Json = Any
_TEXT = {"type": "string"}


class AgentActor:
    """An agent, with the mind that its file names."""

    output_schema: dict[str, Json] = {
        "type": "object",
        "properties": {
            "outcome": {"enum": ["reached", "given-up", "asks", "stopped"]}, "why": _TEXT,
            "plan": {"type": "array"}, "proposal": {"type": "object"},
        },
    }  # fmt: skip

    def __init__(self, key: str, version: str, artefact: bytes | None) -> None:
        """Raises ActorError (not temporary) for a file that is not sound."""
        try:
            self.agent = agent_of(artefact or b"")
        except FileRefused as refused:
            raise ActorError(f"The agent's file is not sound: {refused}", temporary=False) from None
        self.key, self.version, self.capability = key, version, self.agent.capability
        self.input_schema: dict[str, Json] = {"type": "object"}
        modelled = None if self.agent.model is None else Modelled(self.agent, key, version)
        self.mind: Mind = modelled or Scripted(self.agent)
        self.canaries = () if modelled is None else modelled.actor.canaries

    def run(self, input: dict[str, Any], *, idempotency_key: str) -> Answer:
        """Work in rounds on the case of the call that is under way. Raises Waits, AsksPerson, ActorError."""
        about = call.current()
        if about.work is None:
            raise ActorError("An agent works on a case: it cannot be tried without one.", temporary=False)
        run = runs.opened(self.agent, about, about.work, input, clock.utc_now())
        if run.row.state == AgentRun.State.ENDED:
            return loop.ending(run)
        return loop.work(run, self.mind)
