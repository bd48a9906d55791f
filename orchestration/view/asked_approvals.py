"""From which amount do the rules of a case type ask a group to approve?

Asked of the decision itself: at each amount that stands in its tables, just below it and just above, in a case that is
ordinary otherwise, as its type says (`ChainRule.ordinary`). So what else is asked for is held against what the rules
do, however they are written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import inf
from typing import Any, Final

from orchestration.casetypes.case_type import CaseType
from orchestration.casetypes.form_answers import with_value
from orchestration.engine.approval_chains import ChainRule
from orchestration.engine.decisions import decide
from orchestration.ground import clock

NUMBER: Final = re.compile(r"\d+(?:\.\d+)?")
CENT: Final = 0.01


@dataclass(frozen=True, slots=True)
class Asked:
    """`amount`: the least at which a group approves; infinite where it never does. `decision`: what the decision that
    asks it is called; `rule`: the id of its rule."""

    amount: float
    decision: str
    rule: str = ""


@dataclass(frozen=True, slots=True)
class _Of:
    """An ordinary case of an amount."""

    rule: ChainRule
    amount: float

    def json_or_null(self, name: str) -> Any:
        ordinary = self.rule.ordinary.get(name)
        first, *below = self.rule.amount.split(".")
        return with_value(ordinary, below, self.amount) if name == first else ordinary


def asked_approval(case_type: CaseType, group: str) -> Asked | None:
    """From when on a group approves by the rules; None: the case type declares no approval chain."""
    rule = case_type.chain
    if rule is None:
        return None
    found = {amount: _groups_at(case_type, rule, amount) for amount in sorted(set(_amounts(case_type)))}
    least = next((amount for amount, groups in found.items() if group in groups), inf)
    return Asked(_plain(least), _name(case_type, rule), found[least][group] if least < inf else "")


def _groups_at(case_type: CaseType, rule: ChainRule, amount: float) -> Mapping[str, str]:
    """The groups that approve at an amount, each with the id of the rule that asks it."""
    verdict = decide(case_type.library.decisions[rule.decision], rule.decision, _Of(rule, amount), clock.utc_now())
    rows = verdict.output if isinstance(verdict.output, list) else []
    names = (rule.decision, _name(case_type, rule))
    hits = [str(hit.get("id") or hit.get("rule")) for hit in verdict.hits if hit.get("decision") in names]
    ids = hits if len(hits) == len(rows) else [""] * len(rows)
    return {row["group"]: id for row, id in zip(rows, ids, strict=True) if isinstance(row, Mapping) and "group" in row}


def _amounts(case_type: CaseType) -> Iterator[float]:
    yield 0.0
    for name, text in case_type.files.items():
        if name.endswith(".dmn"):
            for found in NUMBER.findall(text):
                yield from (max(0.0, float(found) + step) for step in (-CENT, 0, CENT))


def _name(case_type: CaseType, rule: ChainRule) -> str:
    part = case_type.library.decisions[rule.decision].decisions.get(rule.decision)
    return str(part.node.name) if part is not None else rule.decision


def _plain(amount: float) -> float:
    return int(amount) if amount < inf and amount == int(amount) else amount
