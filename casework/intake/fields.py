"""Which fields may a sender give? Those that the case type's manifest takes in; the others come of work."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from casework.intake.rows import REFERENCE
from orchestration.casetypes.case_type import Intake

_NAME: Final = re.compile(r"[A-Za-z][A-Za-z_-]{0,39}")

NOT_TAKEN_IN = "This field is not known, or is not for a sender to give."


def field_errors(data: Mapping[str, Any], intake: Intake) -> dict[str, str]:
    """For each dotted path of `data` that nobody may send in, why."""
    taken_in = set(intake.columns.values()) - {REFERENCE}
    return {_named(path): NOT_TAKEN_IN for path in _leaves(data, "") if path not in taken_in}


def _named(path: str) -> str:
    """A name that may be a misspelt field; what was sent in place of one may be personal data and is not repeated."""
    return ".".join(name if _NAME.fullmatch(name) else "?" for name in path.split("."))


def _leaves(data: Mapping[str, Any], prefix: str) -> Iterator[str]:
    for name, value in data.items():
        if isinstance(value, Mapping) and value:
            yield from _leaves(value, f"{prefix}{name}.")
        else:
            yield prefix + name
