"""Which open tasks of people may an agent finish in their place?

Those that are offered to one of its roles and that nobody has taken, where the file of the agent grants it. Never one
that the model keeps for people (`personOnly`) or keeps anybody from, nor one that keeps whoever did it from another:
an agent, and who approves it, is neither of two persons. Never one whose form is signed, or in which people judge what
a machine said. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from orchestration.agents.grants import at_place
from orchestration.casetypes.case_type import CaseType, Form
from orchestration.view.models import PlanNode

Json = Any
PERSON_ONLY: Final = "personOnly"
NO_FORM: Final = Form("", ())


def is_for_people(case_type: CaseType, node: PlanNode, form: str) -> bool:
    """Whether no agent may finish this task, whatever it is granted."""
    named = {node.id, node.definition}
    keeps = {step for bars in case_type.bars.values() for step in bars.steps}
    said = node.extensions.attributes.get(PERSON_ONLY) == "true"
    return said or not named.isdisjoint(case_type.bars.keys() | keeps) or _judges(case_type, form)


def _judges(case_type: CaseType, key: str) -> bool:
    form, first = case_type.forms.get(key, NO_FORM), case_type.asked_first
    asked = first is not None and any(one.path == first.question for one in form.fields)
    return bool(form.signs or form.judges or form.suggestion or asked)


def unanswered(form: Form, arguments: Mapping[str, Json]) -> str:
    """Which question of the form is not answered as it asks, or which argument it does not ask for; empty: none."""
    given = {one.path: at_place(arguments, one.path) for one in form.fields}
    asked = {one.path.partition(".")[0] for one in form.fields}
    strange = next((name for name in arguments if name not in asked), "")
    wrong = (
        one.label for one in form.fields
        if (given[one.path] in (None, "") and one.is_required(given))
        or (one.choices and given[one.path] not in (None, "", *one.choices))
    )  # fmt: skip
    return strange or next(wrong, "")
