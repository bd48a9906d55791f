"""Does a cycle come round faster than it may?

Said at deployment, where a cycle is written out (BPMN 10.4.5, CMMN 5.4.2): it will come round more slowly than its
model says (`Limits.least_period`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from orchestration.engine.compiled_models import Fault
from orchestration.engine.expressions import Formula
from orchestration.engine.limits import Limits
from orchestration.engine.timers import BadTimer, period

_SOME_DAY: Final = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Clock:
    """A timer as it stands in a model: the element that has it, and its line."""

    element: str
    line: int
    written: Formula


def hurried(clocks: Iterable[Clock], file: str, limits: Limits) -> list[Fault]:
    """A warning for each cycle that is faster than the limits allow."""
    found = ((clock, _sentence(clock.written, limits)) for clock in clocks)
    return [Fault(clock.element, said, clock.line, file, False) for clock, said in found if said]


def _sentence(written: Formula, limits: Limits) -> str:
    if written.names:
        return ""
    try:
        every = period(str(written.value({}, _SOME_DAY)), _SOME_DAY)
    except BadTimer:
        return ""
    if every is None or every >= limits.least_period:
        return ""
    least = limits.least_period.total_seconds()
    return f"It repeats every {every.total_seconds():g} seconds; here it will be once in {least:g} seconds at most."
