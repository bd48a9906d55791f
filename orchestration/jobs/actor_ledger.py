"""What is written down of each attempt at a job?

The actor ledger: one row for each attempt, also when it failed, came too late or never came back. It is part of the
statement that takes the result into the case.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from audit.db.sql import Part, cursor, together
from orchestration.actors import kinds
from orchestration.models import Job
from orchestration.privacy.pseudonyms import pseudonym


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of calling an actor: an answer, or an error that may be worth another try."""

    actor: str
    version: str
    latency_ms: float
    answer: kinds.Answer | None = None
    error: str = ""
    temporary: bool = False


ENTRY = """
called as (
    insert into orchestration_actorcall (instance_id, job_id, attempt, actor, version, capability, started, latency_ms,
                                         input_reference, output, confidence, detail, usage, outcome, error)
    values (%(instance)s, %(call_job)s, %(call_attempt)s, %(call_actor)s, %(call_version)s, %(call_capability)s,
            %(call_started)s, %(call_latency)s, %(call_input)s, %(call_output)s::jsonb, %(call_confidence)s,
            %(call_detail)s::jsonb, %(call_usage)s::jsonb, %(call_outcome)s, %(call_error)s))"""


def entry(job: Job, attempt: Attempt, started: datetime, outcome: str) -> Part:
    """What writes the row. `outcome`: done, refused, failed or lost."""
    answer = attempt.answer
    return ENTRY, {
        "instance": job.instance_id, "call_job": job.pk, "call_attempt": job.attempts, "call_actor": attempt.actor,
        "call_version": attempt.version, "call_capability": job.capability, "call_started": started,
        "call_latency": attempt.latency_ms, "call_input": reference(job),
        "call_output": None if answer is None else _json(answer.output),
        "call_detail": None if answer is None else _json(answer.detail),
        "call_usage": None if answer is None else _json(answer.usage),
        "call_confidence": None if answer is None else answer.confidence, "call_outcome": outcome,
        "call_error": attempt.error,
    }  # fmt: skip


def _json(value: dict[str, Any]) -> str:
    return orjson.dumps(value).decode()


def enter(job: Job, attempt: Attempt, started: datetime, outcome: str) -> None:
    """Write the row by itself, where no step goes with it."""
    with cursor() as plain:
        plain.execute(*together([entry(job, attempt, started, outcome)]))


def reference(job: Job) -> str:
    """Names what was sent without keeping it twice: the job's row has it, the digest shows that it is the same.

    Keyed: what was sent may be hidden from those who read this, and must not be found by trying.
    """
    return f"job {job.pk} hmac:{pseudonym('job input', bytes(job.input))[:16]}"
