"""What does the business unit of a case ask of those who work on it, beside what its case type asks?

Whose approval (`approval`), and which answers in how many words (`justification`).
"""

from __future__ import annotations

from typing import Any, Final, LiteralString

from casework.access.unit_models import BusinessUnit
from orchestration.casetypes.approval_chains import CHAIN, WORDS
from orchestration.shell.step_sql import read_beside

APPROVAL: Final = "approval"
JUSTIFICATION: Final = "justification"
_KINDS: Final = {"asks": APPROVAL, WORDS: JUSTIFICATION}
_BESIDE: Final[LiteralString] = """
select jsonb_build_object(
    'key', b.key, 'name', b.name, 'asks', b.policy->'approval', 'words', b.policy->'justification')
from casework_case k join casework_businessunit b on b.id = k.unit_id
where k.instance_id = %(instance)s and jsonb_exists_any(b.policy, array['approval', 'justification'])"""
"""Read in the statement that locks a case: no statement more."""


def asks_of(unit: BusinessUnit | None) -> dict[str, Any] | None:
    """The same of a unit that was read already."""
    found = {} if unit is None else {name: unit.policy.get(kind) for name, kind in _KINDS.items()}
    return {"key": unit.key, "name": unit.name, **found} if unit is not None and any(found.values()) else None


def hang_in() -> None:
    read_beside[CHAIN] = _BESIDE
