"""By which central rule does a group approve in cases of a type already, so that a unit asks for no less?"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group

from casework.studio.rule_versions import newest_types
from orchestration.casetypes.approval_chains import BETWEEN
from orchestration.casetypes.case_type import CaseType
from orchestration.view.asked_approvals import asked_approval


def central_chain(subject: str) -> dict[str, Any]:
    """The amount from which the group of a subject (`case type: group`) approves by the rules, by what they are called;
    infinite where it never does. Empty where there is no such group, or no such case type with an approval chain."""
    name = subject.partition(BETWEEN)[2]
    case_type = _case_type(subject)
    asked = None if case_type is None else asked_approval(case_type, name)
    if case_type is None or asked is None or not Group.objects.filter(name=name).exists():
        return {}
    rule = f", rule “{asked.rule}”" if asked.rule else ""
    return {f"the decision “{asked.decision}” of {case_type.name}{rule}": asked.amount}


def no_amount(subject: str, amount: float) -> str:
    """Why an amount cannot be asked for: cases of this type have none; "": it can."""
    case_type = _case_type(subject)
    if case_type is None or case_type.chain is None or case_type.chain.amount or not amount:
        return ""
    return "Cases of this type have no amount: write 0, and the group approves in each."


def _case_type(subject: str) -> CaseType | None:
    key = subject.partition(BETWEEN)[0]
    return next((one for _, one in newest_types() if one.key == key), None)
