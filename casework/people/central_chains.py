"""From which amount do the rules of a case type ask a group to approve already?

Asked of the decision itself: at each amount that stands in its tables, just below it and just above, with nothing else
known of the case. So what a unit asks for is held against what the rules do, however they are written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import inf
from typing import Any, Final

from django.contrib.auth.models import Group

from casework.studio.rule_versions import newest_types
from orchestration.casetypes.approval_chains import BETWEEN
from orchestration.casetypes.case_type import CaseType
from orchestration.engine.approval_chains import ChainRule
from orchestration.engine.decisions import decide
from orchestration.ground import clock

NUMBER: Final = re.compile(r"\d+(?:\.\d+)?")
CENT: Final = 0.01


@dataclass(frozen=True, slots=True)
class _Of:
    """A case of which nothing is known but its amount."""

    rule: ChainRule
    amount: float

    def json_or_null(self, name: str) -> Any:
        return self.amount if name == self.rule.amount else None


def central_chain(subject: str) -> dict[str, Any]:
    """The amount from which the group of a subject (`case type: group`) approves by the rules, by what they are called;
    infinite where it never does. None where there is no such group, or no such case type with an approval chain."""
    key, _, name = subject.partition(BETWEEN)
    case_type = next((one for _, one in newest_types() if one.key == key and one.chain is not None), None)
    if case_type is None or not Group.objects.filter(name=name).exists():
        return {}
    least = min((amount for amount in _amounts(case_type) if name in asked_at(case_type, amount)), default=inf)
    rule = asked_at(case_type, least).get(name, "") if least < inf else ""
    named = f", rule “{rule}”" if rule else ""
    return {f"the decision “{_name(case_type)}” of {case_type.name}{named}": _plain(least)}


def asked_at(case_type: CaseType, amount: float) -> Mapping[str, str]:
    """The groups that approve at an amount by the rules of a case type, each with the id of the rule that asks them."""
    rule = case_type.chain
    assert rule is not None
    now: datetime = clock.utc_now()
    verdict = decide(case_type.library.decisions[rule.decision], rule.decision, _Of(rule, amount), now)
    rows = verdict.output if isinstance(verdict.output, list) else []
    names = (rule.decision, _name(case_type))
    hits = [str(hit.get("id") or hit.get("rule")) for hit in verdict.hits if hit.get("decision") in names]
    ids = hits if len(hits) == len(rows) else [""] * len(rows)
    return {row["group"]: id for row, id in zip(rows, ids, strict=True) if isinstance(row, Mapping) and "group" in row}


def _amounts(case_type: CaseType) -> Iterator[float]:
    yield 0.0
    for name, text in case_type.files.items():
        if name.endswith(".dmn"):
            for found in NUMBER.findall(text):
                yield from (max(0.0, float(found) + step) for step in (-CENT, 0, CENT))


def _name(case_type: CaseType) -> str:
    rule = case_type.chain
    assert rule is not None
    model = case_type.library.decisions[rule.decision]
    part = model.decisions.get(rule.decision)
    return str(part.node.name) if part is not None else rule.decision


def _plain(amount: float) -> float:
    return int(amount) if amount < inf and amount == int(amount) else amount
