"""What is written down of each attempt at a job?

The actor ledger: one row for each attempt, also when it failed, came too late or never came back. It is part of the
statement that takes the result into the case.
"""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Any, Final, LiteralString

import orjson

from audit.db.sql import Part, do
from audit.sealed_values import matched, subject_with_key
from orchestration.jobs.attempt import Attempt
from orchestration.models import Job
from orchestration.privacy.pseudonyms import pseudonym

COUNTED: Final = frozenset({"label", "band"})
"""Outputs whose values drift is measured by: labels of a list, no fields of a case."""

ENTRY: LiteralString = """
called as (
    insert into orchestration_actorcall (instance_id, job_id, attempt, actor, version, capability, started, latency_ms,
                                         input_reference, output, confidence, detail, usage, outcome, error, asked_by,
                                         mode, queue_ms, cost, currency, output_digest, route, verdicts, case_type)
    values (%(instance)s, %(call_job)s, %(call_attempt)s, %(call_actor)s, %(call_version)s, %(call_capability)s,
            %(call_started)s, %(call_latency)s, %(call_input)s, %(call_output)s::jsonb, %(call_confidence)s,
            %(call_detail)s::jsonb, %(call_usage)s::jsonb, %(call_outcome)s, %(call_error)s, %(call_asked_by)s,
            %(call_mode)s, %(call_queue)s, %(call_cost)s, %(call_currency)s, %(call_digest)s, %(call_route)s::jsonb,
            %(call_verdicts)s::jsonb,
            coalesce((select d.key from orchestration_definition d
                      join orchestration_instance i on i.definition_id = d.id where i.id = %(instance)s), '')))"""


def entry(job: Job, attempt: Attempt, started: datetime, outcome: str) -> Part:
    """What writes the row. `outcome`: done, suggested, refused, failed, handed, contained or lost."""
    answer, choice = attempt.answer, attempt.choice
    detail = attempt.detail if answer is None else answer.detail
    output = None if answer is None else orjson.dumps(answer.output)
    subject = subject_with_key(job.instance_id)
    return ENTRY, {
        "instance": job.instance_id, "call_job": job.pk, "call_attempt": job.attempts, "call_actor": attempt.actor,
        "call_version": attempt.version, "call_capability": job.capability, "call_started": started,
        "call_latency": attempt.latency_ms, "call_input": reference(job),
        "call_output": None if answer is None else orjson.dumps(output_as_kept(subject, answer.output)).decode(),
        "call_detail": None if detail is None else _json(matched(subject, detail) if subject else detail),
        "call_usage": None if answer is None else _json(answer.usage),
        "call_confidence": None if answer is None else answer.confidence, "call_outcome": outcome,
        "call_error": attempt.error, "call_asked_by": job.asked_by, "call_mode": "" if choice is None else choice.mode,
        "call_queue": max((started - max(job.run_at, job.created)).total_seconds() * 1000, 0.0),
        "call_cost": attempt.cost, "call_currency": attempt.currency if attempt.cost is not None else "",
        "call_digest": "" if output is None else sha256(output).hexdigest(),
        "call_route": None if choice is None else _json(choice.told()),
        "call_verdicts": orjson.dumps([one.told() for one in attempt.verdicts]).decode() if attempt.verdicts else None,
    }  # fmt: skip


def output_as_kept(subject: str, output: Any) -> Any:
    """An answer as its row keeps it: each value sealed by itself, so that a person's word is held against it, but for
    labels, which are counted over many cases."""
    if not subject:
        return output
    if not isinstance(output, dict):
        return matched(subject, output)
    return {name: value if name in COUNTED else matched(subject, value) for name, value in output.items()}


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()


def enter(job: Job, attempt: Attempt, started: datetime, outcome: str) -> None:
    """Write the row by itself, where no step goes with it."""
    do([entry(job, attempt, started, outcome)])


def reference(job: Job) -> str:
    """Names what was sent without keeping it twice: the job's row has it, the digest shows that it is the same.

    Keyed: what was sent may be hidden from those who read this, and must not be found by trying.
    """
    sent = bytes(job.input if job.changed_input is None else job.changed_input)
    return f"job {job.pk} hmac:{pseudonym('job input', sent)[:16]}"
