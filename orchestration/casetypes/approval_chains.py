"""What does a unit ask of the approval chain of one case type, as the engine takes it?

Whoever keeps units reads it with the lock of a case (`step_sql.read_beside`, under `CHAIN`): an object with the `key`
and `name` of the unit, in `asks` amounts by `subject`, and in `words` how many letters of a justification.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import orjson

from orchestration.casetypes.case_type import CaseType
from orchestration.engine.approval_chains import Beside

CHAIN: Final = "approvals of the unit"
WORDS: Final = "words"
BETWEEN: Final = ": "


def subject_of(case_type: str, group: str) -> str:
    """How a rule of a unit names whom it asks in which cases."""
    return f"{case_type}{BETWEEN}{group}"


def beside_of(case_type: CaseType, asks: Mapping[str, Any] | str | None) -> Beside | None:
    """For one case; None where its type declares no chain. Without a unit's rules, what one added before
    stays. `asks`: as JSON, or read already."""
    if case_type.chain is None:
        return None
    told = orjson.loads(asks) if isinstance(asks, str) else asks or {}
    begins = subject_of(case_type.key, "")
    amounts = (told.get("asks") or {}).items()
    groups = {subject.removeprefix(begins): float(least) for subject, least in amounts if subject.startswith(begins)}
    return Beside(case_type.chain, told.get("key", ""), told.get("name", ""), groups)
