"""Which models may a case use?

A `CompiledModels` holds the compiled, immutable models of one version by key. It knows nothing of
how they were read (`compile_models.build` does that), so that behaviours can use it without knowing one another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from orchestration.engine import registry
from orchestration.engine.feel.problems import bounded
from orchestration.engine.registry import Channel, EventType


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a model cannot be deployed (or, with `severe` False, what its author should look at)."""

    element: str
    sentence: str
    line: int = 0
    file: str = ""
    severe: bool = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "element", bounded(self.element))
        object.__setattr__(self, "sentence", bounded(self.sentence))


@dataclass(frozen=True, slots=True)
class CompiledModels:
    """Models by key: case id, process id, id or name of a decision or decision service.

    `decisions` leads to the DMN model that has it. `events`, `channels`: what the files of an event registry describe.
    """

    cases: Mapping[str, Any] = field(default_factory=dict)
    processes: Mapping[str, Any] = field(default_factory=dict)
    decisions: Mapping[str, Any] = field(default_factory=dict)
    events: Mapping[str, EventType] = field(default_factory=dict)
    channels: Mapping[str, Channel] = field(default_factory=dict)
    warnings: tuple[Fault, ...] = ()

    def content(self, event: str, payload: Mapping[str, Any]) -> Mapping[str, Any]:
        """What is taken of a message: for an event that a file describes, its fields in their types."""
        described = self.events.get(event)
        return payload if described is None else described.carried(payload)

    def event_keys(self, payload: Mapping[str, Any]) -> frozenset[str]:
        """The keys of all whom an event with this content is for, in any of the models."""
        asked = {names for models in (self.cases, self.processes) for model in models.values() for names in model.asked}
        return registry.keys(asked, payload) if asked else frozenset()
