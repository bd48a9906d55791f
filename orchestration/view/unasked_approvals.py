"""Whom would a part of the organisation have approve a case that is being approved without them?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orchestration.casetypes.approval_chains import beside_of
from orchestration.casetypes.case_type import CaseType
from orchestration.engine.approval_chains import ChainRule, unasked
from orchestration.engine.state import INSTANCE_ENDED, State


def unasked_groups(case_type: CaseType, state: State, asks: Mapping[str, Any] | None) -> list[str]:
    """The groups; none where no approval is under way. `asks`: what the part asks for, as in `beside_of`."""
    beside = beside_of(case_type, asks)
    return unasked(beside, state.root.variables) if beside and _is_under_way(beside.rule, state) else []


def _is_under_way(rule: ChainRule, state: State) -> bool:
    """Of a case type that does not say in which tasks its chain approves: as long as anything is."""
    if not rule.tasks:
        return state.root.state not in INSTANCE_ENDED
    return any(item.node in rule.tasks for item in state.items.values())
