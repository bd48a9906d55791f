"""Which answers were made from which pieces of the knowledge base? (derived answers)

A capability that is given `passages` and names its `sources` makes an answer of them; each passage is noted with the
job, in the transaction that takes its result into the case, and whether the answer names it. So it can be told of a
document that proves wrong which answers, of which cases, rest on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson

from orchestration.actors.capability import Capability
from orchestration.models import ActorCall, Job, KnowledgeDocument, KnowledgePiece, KnowledgeUse

Json = Any
GIVEN: Final = "passages"
CITED: Final = "sources"
USED: Final = ("done", "suggested")


@dataclass(frozen=True, slots=True)
class Use:
    """An answer that was made from a document. `cited`: it names the document as its source."""

    instance: int
    at: datetime
    capability: str
    cited: bool


def note(job: Job, capability: Capability, output: Json) -> None:
    """Note from which pieces an answer was made; goes in the transaction of its result."""
    if GIVEN not in _names(capability.input) or CITED not in _names(capability.output):
        return
    asked = orjson.loads(bytes(job.input if job.changed_input is None else job.changed_input))
    given = set(_ids(asked.get(GIVEN)))
    cited = set(_whole(output.get(CITED))) if isinstance(output, Mapping) else set()
    known = KnowledgePiece.objects.filter(pk__in=given).values_list("pk", flat=True)
    KnowledgeUse.objects.bulk_create(
        [KnowledgeUse(piece_id=pk, job=job, attempt=job.attempts, cited=pk in cited) for pk in known],
        ignore_conflicts=True,
    )


def uses_of(document: KnowledgeDocument) -> list[Use]:
    """The answers that were made from a document, the latest first: one for each call that was used."""
    found: dict[tuple[int, int], bool] = {}
    for job, attempt, cited in KnowledgeUse.objects.filter(piece__document=document).values_list(
        "job", "attempt", "cited"
    ):
        found[job, attempt] = found.get((job, attempt), False) or cited
    calls = ActorCall.objects.filter(job__in={job for job, _ in found}, outcome__in=USED).order_by("-started")
    rows = calls.values_list("job", "attempt", "instance", "started", "capability")
    return [
        Use(instance, at, capability, found[job, attempt])
        for job, attempt, instance, at, capability in rows
        if (job, attempt) in found
    ]


def _names(schema: Mapping[str, Json] | None) -> Mapping[str, Json]:
    found: Mapping[str, Json] = (schema or {}).get("properties", {})
    return found


def _ids(passages: Json) -> Iterator[int]:
    for one in passages if isinstance(passages, list) else []:
        yield from _whole([one.get("id")] if isinstance(one, Mapping) else [])


def _whole(values: Json) -> list[int]:
    return [one for one in values if isinstance(one, int)] if isinstance(values, list) else []
