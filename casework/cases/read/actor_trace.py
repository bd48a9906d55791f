"""What did each machine actor work with, and what came of it?

By reference: which fields it read and the event of the history that wrote each, which version of its model and of the
rules, the event of its answer, what that wrote and what it added to the plan. Nothing is copied: what the references
lead to is masked where it is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.db.models import F

from casework.cases.read.case_view import Look
from casework.cases.read.decisions import titles
from casework.cases.read.execution_tree import Node
from orchestration.models import ActorCall

Json = Any
CALLS: Final = 60


@dataclass(frozen=True, slots=True)
class Reference:
    """What something is called, and the event to read; `sequence` 0: further back than the page looks."""

    label: str
    sequence: int


@dataclass(frozen=True, slots=True)
class Memory:
    """One piece of machine work. `rules`: the version of the case type that was in force; `outcome` in words."""

    job: int
    name: str
    part: str
    capability: str
    actor: str
    version: str
    rules: str
    asked: Reference
    at: datetime
    given: tuple[Reference, ...]
    answers: tuple[Reference, ...]
    wrote: tuple[Reference, ...]
    planned: tuple[Reference, ...]
    refused: tuple[Reference, ...]
    ledger: Ledger | None = None


@dataclass(frozen=True, slots=True)
class Ledger:
    """What the ledger has of its last call. `cost`: "unknown" where nobody knows it; `verdicts` of the guardrails."""

    mode: str
    queue_ms: float | None
    cost: str
    rule: str
    passed: tuple[str, ...]
    verdicts: tuple[str, ...]


def case_calls(seen: Look) -> list[ActorCall]:
    """The newest calls of a case, with the engine's `number` of each one's job. Answers to questions are not shown."""
    calls = ActorCall.objects.filter(instance=seen.case.instance_id, job__job__gt=0).annotate(number=F("job__job"))
    return list(calls.order_by("-started", "-pk")[:CALLS])


def _ledger(seen: Look, call: ActorCall) -> Ledger:
    route: Mapping[str, Json] = call.route or {}
    said = (f"{one.get('guardrail')}: {one.get('sentence') or one.get('outcome')}" for one in call.verdicts or ())
    return Ledger(
        call.mode, call.queue_ms, "unknown" if call.cost is None else f"{call.cost.normalize():f} {call.currency}",
        seen.view.text(str(route.get("rule", ""))),
        tuple(seen.view.text(f"{key}: {why}") for key, why in route.get("passed", {}).items()),
        tuple(seen.view.text(one) for one in said),
    )  # fmt: skip


def memories(seen: Look, calls: Sequence[ActorCall]) -> tuple[Memory, ...]:
    """The newest first. `calls`: those of the case (`case_calls`)."""
    named = titles(seen.case_type)
    last = {vars(call)["number"]: call for call in reversed(calls)}
    return tuple(
        replace(_memory(seen, int(number), job, named), ledger=_ledger(seen, last[int(number)]))
        if int(number) in last else _memory(seen, int(number), job, named)
        for number, job in reversed(seen.past["jobs"].items())
    )  # fmt: skip


def _memory(seen: Look, number: int, job: Mapping[str, Json], named: Mapping[str, str]) -> Memory:
    calls = job["calls"]
    _, _, actor, version, _ = calls[-1] if calls else ("", 0, "", "", "")
    return Memory(
        job=number, name=seen.view.text(job["name"]), part=seen.view.text(seen.running.around(job["item"])),
        capability=job["capability"], actor=actor, version=version, rules=job["rules"],
        asked=Reference("asked", job["asked"]), at=datetime.fromisoformat(job["at"]),
        given=tuple(_given(seen.running.node(job["item"]), job["given"], named)),
        answers=tuple(Reference("answered" if call[0] == "actor.called" else "failed", call[1]) for call in calls),
        wrote=tuple(Reference(named.get(f"/{name}", name), at) for names, at in job["wrote"] for name in names),
        planned=tuple(Reference(seen.view.text(name), at) for name, at in job["planned"]),
        refused=tuple(Reference(seen.view.text(name), at) for name, at in job["refused"]),
    )  # fmt: skip


def _given(node: Node | None, writers: Mapping[str, int], named: Mapping[str, str]) -> Iterator[Reference]:
    """The variables that the inputs of the task read, each with the event that wrote it."""
    if node is None:
        return
    inputs = getattr(node, "inputs", ()) or node.extensions.inputs
    sources = [transfer.source for transfer in inputs] + list(node.extensions.fields.values())
    for name in dict.fromkeys(name for source in sources for name in sorted(source.names)):
        yield Reference(named.get(f"/{name}", name), writers.get(name, 0))
