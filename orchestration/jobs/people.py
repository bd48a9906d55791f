"""Whom among the people is a new task for, by the rules of its case type?

Assignment: the case type names a decision (DMN) in its manifest (`assignment`). It reads the case's data and, under
`task`, what is known of the task, and says how to choose somebody of those whom the task is offered to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from orchestration.casetypes.case_type import CaseType
from orchestration.engine.decisions import Facts, decide
from orchestration.engine.scope import AtRest, Scope
from orchestration.engine.state import ROOT, State

Json = Any
LEAST_LOADED: Final = "least loaded"
ROUND_ROBIN: Final = "round robin"
SAME_PERSON: Final = "same person"
NOBODY: Final = "nobody"
STRATEGIES: Final = (LEAST_LOADED, ROUND_ROBIN, SAME_PERSON, NOBODY)


@dataclass(frozen=True, slots=True)
class Advice:
    """What a rule says: how to choose, and among whom. `most`: open tasks that make somebody be passed over, 0: none.

    `group`, `skill`: empty where any will do; `level`: of the skill, at least.
    """

    strategy: str
    group: str
    skill: str
    level: int
    most: int
    rule: str


def advice(case_type: CaseType, state: State, item: int, task: Mapping[str, Json], now: datetime) -> Advice | None:
    """What the rules say of a task; None where none applies, or what it says cannot be understood."""
    model = case_type.library.decisions.get(case_type.assignment)
    if model is None:
        return None
    found = state.items.get(item)
    scope = Scope(AtRest(state), ROOT if found is None else found.instance, None if found is None else found.id)
    decided = decide(model, case_type.assignment, Facts({"task": dict(task)}, lambda: scope), now)
    row = decided.output[0] if isinstance(decided.output, list) and decided.output else decided.output
    if not isinstance(row, Mapping) or row.get("strategy") not in STRATEGIES[:-1]:
        return None
    hit = decided.hits[0] if decided.hits else {}
    return Advice(
        str(row["strategy"]), str(row.get("group") or ""), str(row.get("skill") or ""), _number(row.get("level")),
        _number(row.get("most")), f"rule {hit.get('rule')} of {hit.get('decision')} in {case_type.label}",
    )  # fmt: skip


def _number(value: Json) -> int:
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0
