"""Which open tasks of people may an agent finish in their place?

Those that are offered to one of its roles and that nobody has taken, where the file of the agent grants it. Never one
that the model keeps for people (`personOnly`) or keeps anybody from, nor one that keeps whoever did it from another:
an agent, and who approves it, is neither of two persons. Never one whose form is signed, or in which people judge what
a machine said. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from orchestration.agents.grants import at_place
from orchestration.casetypes.case_type import CaseType, Form
from orchestration.casetypes.forms import FormField
from orchestration.view.models import FlowNode, PlanNode

Json = Any
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


def unanswered(form: Form, data: Mapping[str, Json], arguments: Mapping[str, Json]) -> str:
    """Which question of the form is not answered as it asks, or which argument it does not ask for; empty: none.

    `data`: what the task sees.
    """
    given = {one.path: at_place(arguments, one.path) for one in form.fields}
    strange = next(_strange(arguments, given.keys()), "")
    return strange or next((one.label for one in form.fields if _is_amiss(one, given, data)), "")


def _is_amiss(one: FormField, given: Mapping[str, Json], data: Mapping[str, Json]) -> bool:
    answer = given[one.path]
    if answer in (None, ""):
        return one.is_required(given)
    if one.initial is not None and one.is_fixed(given) and answer != at_place(data, one.initial):
        return True
    return bool(one.choices) and answer not in (*one.choices,)


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
    """The variables that change, each whole: the answers in their places, beside what else stands there."""
    changed: dict[str, Json] = {}
    for one in form.fields:
        if (value := at_place(arguments, one.path)) is not None:
            top, *below = one.path.split(".")
            changed[top] = _put(changed.get(top, data.get(top)), below, value)
    return changed


def _put(held: Json, names: Sequence[str], value: Json) -> Json:
    if not names:
        return value
    inside = held if isinstance(held, Mapping) else {}
    return {**inside, names[0]: _put(inside.get(names[0]), names[1:], value)}
