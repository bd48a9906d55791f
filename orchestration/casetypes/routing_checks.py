"""Can what the table of a case type's routing says of work be done: in time, and by people who are there?

What its cells say as constants is looked at before a version holds: a deadline that cannot be read would stop every
new case. What they read from the case shows when a job is routed (`orchestration.jobs.choosing`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any, Final

from orchestration.engine.dmn import DecisionModel
from orchestration.engine.feel import FeelSyntaxError, compile_expression
from orchestration.engine.timers import BadTimer, later

Json = Any
DEADLINE: Final = "deadline"
GROUP: Final = "group"


def routing_faults(model: DecisionModel, decision: str, groups: Collection[str], now: datetime) -> Iterator[str]:
    """What is wrong with this decision's constants, in sentences. `groups`: those that the case type has roles for."""
    for rule, output, value in _constants(model, decision):
        if output == DEADLINE and (wrong := _deadline_fault(value, now)):
            yield f"The deadline of rule {rule} of {decision!r}: {wrong}"
        if output == GROUP and value and value not in groups:
            yield f"The group of rule {rule} of {decision!r}: the manifest's roles have no group {value!r}."


def _deadline_fault(value: Json, now: datetime) -> str:
    try:
        ahead = not value or later(now, str(value)) > now
    except (BadTimer, OverflowError) as wrong:
        return str(wrong)
    return "" if ahead else f"{value!r} is over before the work has begun; give a duration such as PT5M."


def _constants(model: DecisionModel, decision: str) -> Iterator[tuple[int, str, Json]]:
    """(Number of the rule, name of the output, its value) of each cell that is the same whatever the case holds."""
    tables = (one.table for read in model.readings if read.node.element.id == decision for one in read.tables)
    for table in tables:
        for number, rule in enumerate(table.rules, 1):
            for clause, cell in zip(table.outputs, rule.outputs, strict=True):
                yield from ((number, clause.name, value) for value in _constant(cell.text))


def _constant(text: str) -> list[Json]:
    """The value of a cell, as a list; of a list each value; none where it reads something, or is no FEEL."""
    try:
        compiled = compile_expression(text)
    except FeelSyntaxError:
        return []
    if compiled.names:
        return []
    value = compiled.evaluate({}).value
    return list(value) if isinstance(value, list | tuple) else [value]
