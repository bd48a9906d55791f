"""What came of one attempt at a job?"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from orchestration.actors.contract import Answer
from orchestration.actors.handoff import Verdict
from orchestration.actors.routing import Candidate, Choice


@dataclass(frozen=True, slots=True)
class Attempt:
    """An answer, or an error that may be worth another try. `chosen` is None where nobody was called.

    `person`: why a person is to look at it, or do it; with an answer that is their suggestion. `code`: the BPMN error
    that the other side's answer stands for. `after`: seconds that it asked to wait. `faulty`: the actor itself could
    not answer for the moment, so that its circuit breaker counts it. `waits`: the actor
    waits until a person has decided something.
    """

    actor: str
    version: str
    latency_ms: float
    answer: Answer | None = None
    error: str = ""
    temporary: bool = False
    code: str | None = None
    after: float | None = None
    faulty: bool = False
    person: str = ""
    chosen: Candidate | None = None
    choice: Choice | None = None
    verdicts: tuple[Verdict, ...] = ()
    cost: Decimal | None = None
    currency: str = ""
    waits: bool = False
