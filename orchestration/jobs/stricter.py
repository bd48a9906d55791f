"""How sure has an answer to be by the part of the organisation to which its case belongs?

Whoever keeps that hangs in here; what a capability asks for itself stands in its guardrails. A worker here reads it
with its claim of the job; of a job that was fetched from outside it is asked when the answer is there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, LiteralString

from orchestration.actors.contract import Answer
from orchestration.models import Job

with_every_answer: Final[list[Callable[[int, str], float]]] = []
"""(root instance, capability) -> from 0 to 1; 0: it asks for nothing."""
with_every_claim: Final[list[LiteralString]] = []
"""The same as expressions of SQL over `orchestration_job`."""


def expression() -> LiteralString:
    """The greatest of those expressions, for the statement that claims a job."""
    return f"greatest({', '.join(['0', *with_every_claim])})"


def not_sure_enough(job: Job, answer: Answer) -> str:
    """Why a person has to look at an answer; "": it is sure enough."""
    wanted = job.__dict__.get("least_sure")
    if wanted is None:
        wanted = max((asks(job.instance_id, job.capability) for asks in with_every_answer), default=0.0)
    if not wanted:
        return ""
    if answer.confidence is None:
        return f"The actor does not say how sure it is; the business unit asks for at least {wanted:g}."
    if answer.confidence < wanted:
        return f"The actor is sure by {answer.confidence:.3g}; the business unit asks for at least {wanted:g}."
    return ""
