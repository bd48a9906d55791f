"""What does an agent see when it thinks, and what may come of it?

The port between the loop and what thinks for an agent, rules or a language model: `View` in, `Thought` out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol

from orchestration.agents.bounds import Most

Json = Any


@dataclass(frozen=True, slots=True)
class Shown:
    """A tool as a mind sees it: its key, its name and what it may choose (JSON Schemas)."""

    key: str
    name: str
    chooses: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Did:
    """What the agent wanted before in this run, and what became of it."""

    tool: str
    outcome: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """`case`: what passed the guardrails on the way to it. `found`: passages of the knowledge base that it has read."""

    goal: str
    case: Mapping[str, Json]
    tools: tuple[Shown, ...]
    past: tuple[Did, ...] = ()
    found: tuple[Mapping[str, Json], ...] = ()


@dataclass(frozen=True, slots=True)
class Intention:
    """A step of the plan: which tool, and what for."""

    tool: str
    why: str


@dataclass(frozen=True, slots=True)
class Propose:
    """The agent wants to use a tool. `evidence`: fields of what it was given, or `passage:ID`."""

    tool: str
    reason: str
    evidence: tuple[str, ...] = ()
    arguments: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that an agent found. `evidence`: as of a proposal."""

    says: str
    evidence: tuple[str, ...]

    def told(self) -> dict[str, Any]:
        return {"says": self.says, "evidence": list(self.evidence)}


@dataclass(frozen=True, slots=True)
class End:
    """The agent is done. `how`: reached, given-up or asks (a person). `findings`: what it lays before whoever decides,
    and `answer`: what it would decide, one of those that its file allows; empty: it says nothing of that."""

    how: str
    reason: str
    answer: str = ""
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Thought:
    """The plan as it is now, the one thing that the agent wants next, and what thinking of it came to."""

    plan: tuple[Intention, ...]
    move: Propose | End
    tokens: int = 0
    cost: Decimal = Decimal(0)


class Mind(Protocol):
    """Whatever thinks for an agent."""

    def most(self, view: View) -> Most:
        """The most that thinking about this could come to."""
        ...

    def think(self, view: View, key: str) -> Thought:
        """One thought, under an idempotency key. Raises ActorError."""
        ...
