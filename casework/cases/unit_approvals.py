"""Whose approval does the business unit of a case ask for, beside what the rules of its case type ask?"""

from __future__ import annotations

from typing import Any, Final, LiteralString

from casework.access.unit_models import BusinessUnit
from orchestration.casetypes.approval_chains import CHAIN
from orchestration.shell.step_sql import read_beside

KIND: Final = "approval"
_BESIDE: Final[LiteralString] = """
select jsonb_build_object('key', b.key, 'name', b.name, 'asks', b.policy->'approval') from casework_case k
join casework_businessunit b on b.id = k.unit_id
where k.instance_id = %(instance)s and b.policy ? 'approval'"""
"""Read in the statement that locks a case: no statement more."""


def asks_of(unit: BusinessUnit | None) -> dict[str, Any] | None:
    """The same of the unit to which a case will belong that begins now."""
    asks = {} if unit is None else unit.policy.get(KIND)
    return {"key": unit.key, "name": unit.name, "asks": asks} if unit is not None and asks else None


def hang_in() -> None:
    read_beside[CHAIN] = _BESIDE
