"""What came of one attempt at a job?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from orchestration.actors.contract import Answer
from orchestration.actors.handoff import Verdict
from orchestration.actors.routing import Candidate, Choice

SENT: Final = "sent"
"""In the detail of a call: the digest of the words that left for it."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """An answer, or an error that may be worth another try. `chosen` is None where nobody was called.

    `person`: why a person is to look at it, or do it; with an answer that is their suggestion. `code`: the BPMN error
    that the other side's answer stands for. `after`: seconds that it asked to wait. `faulty`: the actor itself could
    not answer for the moment, so that its circuit breaker counts it. `waits`: the actor
    waits until a person has decided something. `detail`: what the ledger keeps of a call without an answer.
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
    detail: dict[str, Any] | None = None


def kept_back(attempt: Attempt, answer: Answer) -> Attempt:
    """The attempt whose answer is not taken over: which words left for it stays known."""
    sent = {SENT: answer.detail[SENT]} if SENT in answer.detail else None
    return replace(attempt, answer=None, detail=sent)
