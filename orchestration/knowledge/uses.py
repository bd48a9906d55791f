"""Which answers were made from which pieces of the knowledge base? (derived answers)

A capability that is given `passages` and names its `sources` makes an answer of them; each passage is noted with the
job, in the transaction that takes its result into the case, and whether the answer names it. So it can be told of a
document that proves wrong which answers, of which cases, rest on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, LiteralString

import orjson

from audit.db.sql import Part
from orchestration.actors.capability import Capability
from orchestration.models import ActorCall, Job, KnowledgeDocument, KnowledgeUse

Json = Any
GIVEN: Final = "passages"
CITED: Final = "sources"
USED: Final = ("done", "suggested")
LARGEST: Final = 2**63 - 1
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


def noted(job: Job, capability: Capability, output: Json) -> Part | None:
    """What notes from which pieces an answer was made; goes with the step of its result."""
    if GIVEN not in _names(capability.input) or CITED not in _names(capability.output):
        return None
    asked = orjson.loads(bytes(job.input if job.changed_input is None else job.changed_input))
    cited = _whole(output.get(CITED)) if isinstance(output, Mapping) else []
    return NOTED, {
        "use_job": job.pk, "use_attempt": job.attempts, "use_given": list(_ids(asked.get(GIVEN))), "use_cited": cited,
    }  # fmt: skip


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
