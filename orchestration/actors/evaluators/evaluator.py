"""What is an evaluator?

It scores an answer afterwards, from 0 to 1, and never stops anything: beside guardrails the second word for quality.
A value like a guardrail: a name, a JSON Schema of its parameters, a pure function. One file each, listed in `registry`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

Json = Any
Parameters = Mapping[str, Json]

SETTLED: Final = "settled"
JUDGED: Final = "judged"
"""When it is asked: once the job has its result, or once a person has said what they think of it."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A score from 0 to 1, and why in words; the words name counts, never the data."""

    score: float
    note: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """An answer that is over. `verdict`, `right`: what a person said of it, and what they gave in its place. `cost`:
    None where nobody knows; `rounds`: how often it was asked until its answer had its form, 0 where nobody counts.
    `lot`: from 0 up to 1, drawn once for each call: below the share of a sample it is in the sample."""

    given: Json
    output: Json
    verdict: str = ""
    right: Json = None
    cost: Decimal | None = None
    rounds: int = 0
    lot: float = 0.0


@dataclass(frozen=True, slots=True)
class Evaluator:
    """`score` gives None where this evaluator has nothing to say of a result. `sample`: the share of the calls that it
    is asked of, where a file names no other."""

    name: str
    about: str
    score: Callable[[Result, Parameters], Scored | None]
    when: str = SETTLED
    parameters: Mapping[str, Json] = field(default_factory=lambda: {"type": "null"})
    normal: Callable[[Json], Parameters] = lambda given: given or {}
    sample: float = 1.0
