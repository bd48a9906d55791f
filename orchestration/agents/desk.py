"""Which open tasks of people may an agent finish in their place?

Those that are offered to one of its roles and that nobody has taken, where the file of the agent grants it. Never one
that the model keeps for people (`personOnly`) or keeps anybody from, nor one that keeps whoever did it from another:
an agent, and who approves it, is neither of two persons. Never one whose form is signed, or in which people judge what
a machine said. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from orchestration.casetypes.case_type import CaseType, Form
from orchestration.casetypes.form_answers import (
    at_path,
    filled,
    form_errors,
    placeholder_errors,
    with_least,
    with_value,
)
from orchestration.casetypes.forms import FormField
from orchestration.casetypes.justification import justified
from orchestration.view.models import FlowNode, PlanNode

Json = Any
Asks = Mapping[str, Any] | str | None
PERSON_ONLY: Final = "personOnly"
NO_FORM: Final = Form("", ())


def is_for_people(case_type: CaseType, node: PlanNode | FlowNode, form: str) -> bool:
    """Whether no agent may finish this task, whatever it is granted."""
    named = {node.id, getattr(node, "definition", node.id)}
    keeps = {step for bars in case_type.bars.values() for step in bars.steps}
    said = node.extensions.attributes.get(PERSON_ONLY) == "true"
    return said or not named.isdisjoint(case_type.bars.keys() | keeps) or _judges(case_type, form)


def _judges(case_type: CaseType, key: str) -> bool:
    form, first = case_type.forms.get(key, NO_FORM), case_type.asked_first
    asked = first is not None and any(one.path == first.question for one in form.fields)
    return bool(form.signs or form.judges or form.suggestion or asked)


def asked_in(case_type: CaseType, form: str, asks: Asks) -> Form:
    """What people are asked there: with what the unit of the case asks for (`asks`), in letters that anybody sees."""
    return with_least(justified(case_type.forms.get(form, NO_FORM), case_type, asks), case_type.schema)


def unanswered(form: Form, data: Mapping[str, Json], arguments: Mapping[str, Json]) -> str:
    """Which question of the form is not answered as it asks, or which argument it does not ask for; empty: none.

    `data`: what the task sees.
    """
    given = _given(form, arguments)
    if strange := next(_strange(arguments, given.keys()), ""):
        return strange
    amiss = {*form_errors(form, given), *placeholder_errors(form, given, data)}
    return next((one.label for one in form.fields if one.path in amiss or _is_moved(one, given, data)), "")


def _given(form: Form, arguments: Mapping[str, Json]) -> dict[str, Json]:
    return {one.path: at_path(arguments, one.path) for one in form.fields}


def _is_moved(one: FormField, given: Mapping[str, Json], data: Mapping[str, Json]) -> bool:
    """Whether it is another value than the one that must stand."""
    answer = given[one.path]
    stands = one.initial is None or not one.is_fixed(given) or answer == at_path(data, one.initial)
    return answer not in (None, "") and not stands


def _strange(value: Json, asked: Collection[str], at: str = "") -> Iterator[str]:
    """The dotted places of what is answered and not asked for."""
    if at in asked:
        return
    if isinstance(value, Mapping) and (not at or any(place.startswith(f"{at}.") for place in asked)):
        for name, below in value.items():
            yield from _strange(below, asked, f"{at}.{name}" if at else name)
    else:
        yield at


def put_into(data: Mapping[str, Json], form: Form, arguments: Mapping[str, Json]) -> dict[str, Json]:
    """The variables that change, each whole: the answers in their places as a person's are kept, beside what else
    stands there."""
    given = _given(form, arguments)
    changed: dict[str, Json] = {}
    for path, value in (given | filled(form, given, data)).items():
        if value is not None:
            top, *below = path.split(".")
            changed[top] = with_value(changed.get(top, data.get(top)), below, value)
    return changed
