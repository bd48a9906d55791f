"""Which models may a case use?

A `CompiledModels` holds the compiled, immutable models of one version by key. It knows nothing of
how they were read (`compile_models.build` does that), so that behaviours can use it without knowing one another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a model cannot be deployed (or, with `severe` False, what its author should look at)."""

    element: str
    sentence: str
    line: int = 0
    file: str = ""
    severe: bool = True


@dataclass(frozen=True, slots=True)
class CompiledModels:
    """Models by key: case id, process id, id or name of a decision or decision service.

    `decisions` leads to the DMN model that has it.
    """

    cases: Mapping[str, Any] = field(default_factory=dict)
    processes: Mapping[str, Any] = field(default_factory=dict)
    decisions: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[Fault, ...] = ()
