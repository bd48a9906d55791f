"""Which fields may a sender give? Those that the case type's manifest takes in; the others come of work."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from casework.intake.rows import REFERENCE
from orchestration.casetypes.case_type import Intake

NOT_TAKEN_IN = "This field is not known, or is not for a sender to give."


def field_errors(data: Mapping[str, Any], intake: Intake) -> dict[str, str]:
    """For each dotted path of `data` that nobody may send in, why."""
    taken_in = set(intake.columns.values()) - {REFERENCE}
    return {path: NOT_TAKEN_IN for path in _leaves(data, "") if path not in taken_in}


def _leaves(data: Mapping[str, Any], prefix: str) -> Iterator[str]:
    for name, value in data.items():
        if isinstance(value, Mapping) and value:
            yield from _leaves(value, f"{prefix}{name}.")
        else:
            yield prefix + name
