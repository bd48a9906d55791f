"""What did machines answer in a case?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from casework.cases.read.actor_trace import case_calls
from casework.cases.read.case_view import Look
from casework.cases.read.timeline import actor_name
from casework.cases.read.values import codes_in_words
from orchestration.models import ActorCall

Json = Any


@dataclass(frozen=True, slots=True)
class Result:
    """What a machine answered, with its confidence and its version. `who`: "Intent model (AI)", "ERP, reading"."""

    who: str
    capability: str
    actor: str
    version: str
    at: datetime
    latency_ms: float
    confidence: float | None
    answer: str
    alternatives: tuple[tuple[str, float], ...]


def results(seen: Look, calls: Sequence[ActorCall] | None = None) -> tuple[Result, ...]:
    """What machines answered in this case, the newest first. `calls`: where they were read already."""
    answered = (call for call in (case_calls(seen) if calls is None else calls) if call.output is not None)
    told = (call for call in answered if not _is_withheld(seen, call))
    called = codes_in_words(seen.case_type)
    return tuple(_result(seen, call, called) for call in islice(told, 20))


def _is_withheld(seen: Look, call: ActorCall) -> bool:
    """Whether an answer holds what nobody is told for now."""
    return bool(seen.case_type.classification.withheld) and seen.view.payload(call.output) != call.output


def _result(seen: Look, call: ActorCall, called: Mapping[str, str]) -> Result:
    """`called`: of what a machine may answer, in the case type's words."""
    output: Mapping[str, Json] = seen.view.payload(call.output)
    answer, others = str(output.get("label", output.get("band", ""))), output.get("alternatives", ())
    readings = ((str(each.get("label", "")), float(each.get("confidence", 0))) for each in others)
    return Result(
        who=actor_name(f"model:{call.actor}", seen.names),
        capability=call.capability, actor=call.actor, version=call.version, at=call.started,
        latency_ms=call.latency_ms, confidence=call.confidence, answer=called.get(answer, answer),
        alternatives=tuple((called.get(label, label), sure) for label, sure in readings),
    )  # fmt: skip
