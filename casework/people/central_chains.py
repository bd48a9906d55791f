"""By which central rule does a group approve in cases of a type already, so that a unit asks for no less?"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group

from casework.studio.rule_versions import newest_types
from orchestration.casetypes.approval_chains import BETWEEN
from orchestration.view.asked_approvals import asked_approval


def central_chain(subject: str) -> dict[str, Any]:
    """The amount from which the group of a subject (`case type: group`) approves by the rules, by what they are called;
    infinite where it never does. Empty where there is no such group, or no such case type with an approval chain."""
    key, _, name = subject.partition(BETWEEN)
    case_type = next((one for _, one in newest_types() if one.key == key), None)
    asked = None if case_type is None else asked_approval(case_type, name)
    if case_type is None or asked is None or not Group.objects.filter(name=name).exists():
        return {}
    rule = f", rule “{asked.rule}”" if asked.rule else ""
    return {f"the decision “{asked.decision}” of {case_type.name}{rule}": asked.amount}
