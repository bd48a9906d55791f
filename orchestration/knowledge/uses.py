"""Which answers were made from which pieces of the knowledge base? (derived answers)

A capability that is given `passages` and names its `sources` makes an answer of them, and so does an agent of those
that it has found; each passage is noted with the job, in the transaction that takes its result into the case, and
whether the answer names it. So it can be told of a document that proves wrong which answers, of which cases, rest on
it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, LiteralString

import orjson

from audit.db.sql import Part
from orchestration.actors.capability import Capability
from orchestration.actors.contract import Answer
from orchestration.models import ActorCall, AgentRun, Job, KnowledgeDocument, KnowledgeUse

Json = Any
GIVEN: Final = "passages"
CITED: Final = "sources"
USED: Final = ("done", "suggested")
LARGEST: Final = 2**63 - 1
RUN: Final = "run"
"""What an agent's answer tells of itself: which run it is of."""
CITATION: Final = re.compile(r"passage:(\d{1,18})")
"""As an agent names a piece."""
NOTED: Final[LiteralString] = """
used as (
    insert into orchestration_knowledgeuse (piece_id, job_id, attempt, cited)
    select p.id, %(use_job)s, %(use_attempt)s, p.id = any(%(use_cited)s::bigint[])
    from orchestration_knowledgepiece p where p.id = any(%(use_given)s::bigint[])
    on conflict do nothing)"""


@dataclass(frozen=True, slots=True)
class Use:
    """An answer that was made from a document. `cited`: it names the document as its source. `review`: the root case in
    which a person looks at it again since the document was withdrawn; 0: none."""

    instance: int
    at: datetime
    capability: str
    cited: bool
    review: int


def noted(job: Job, capability: Capability, answer: Answer) -> Part | None:
    """What notes from which pieces an answer was made; goes with the step of its result."""
    run = AgentRun.objects.filter(instance=job.instance_id, job=job.job).first() if RUN in answer.detail else None
    if run is not None:
        return _part(job, read_by(run), cited_by(run))
    if GIVEN not in _names(capability.input) or CITED not in _names(capability.output):
        return None
    asked = orjson.loads(bytes(job.input if job.changed_input is None else job.changed_input))
    return _part(job, list(_ids(asked.get(GIVEN))), _whole(answer.output.get(CITED)))


def _part(job: Job, given: list[int], cited: list[int]) -> Part:
    return NOTED, {"use_job": job.pk, "use_attempt": job.attempts, "use_given": given, "use_cited": cited}


def read_by(run: AgentRun) -> list[int]:
    """The pieces that an agent has found in this run: all that it wanted since may rest on them."""
    return _whole([one["passage"] for one in run.memory if "passage" in one])


def cited_by(run: AgentRun) -> list[int]:
    """Those that it names for what it found, or wanted."""
    laid = [one["evidence"] for one in run.laid_out.get("findings", ())]
    wanted = list(run.proposals.values_list("evidence", flat=True))
    found = (CITATION.fullmatch(one) for named in (*laid, *wanted) for one in named)
    return sorted({int(one[1]) for one in found if one})


def uses_of(document: KnowledgeDocument) -> list[Use]:
    """The answers that were made from a document, the latest first: one for each call that was used."""
    found: dict[tuple[int, int], tuple[bool, int]] = {}
    rows = KnowledgeUse.objects.filter(piece__document=document).values_list("job", "attempt", "cited", "review")
    for job, attempt, cited, review in rows:
        was_cited, _ = found.get((job, attempt), (False, 0))
        found[job, attempt] = was_cited or cited, review
    calls = ActorCall.objects.filter(job__in={job for job, _ in found}, outcome__in=USED).order_by("-started")
    made = calls.values_list("job", "attempt", "instance", "started", "capability")
    return [
        Use(instance, at, capability, *found[job, attempt])
        for job, attempt, instance, at, capability in made
        if (job, attempt) in found
    ]


def _names(schema: Mapping[str, Json] | None) -> Mapping[str, Json]:
    found: Mapping[str, Json] = (schema or {}).get("properties", {})
    return found


def _ids(passages: Json) -> Iterator[int]:
    for one in passages if isinstance(passages, list) else []:
        yield from _whole([one.get("id")] if isinstance(one, Mapping) else [])


def _whole(values: Json) -> list[int]:
    """Those that can be the number of a row."""
    return [one for one in values if type(one) is int and 0 < one <= LARGEST] if isinstance(values, list) else []
