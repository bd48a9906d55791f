"""Where do the variables of a process live, and what goes in and out of an activity?

A variable belongs to the innermost scope that has it: an activity's own (inputs, loop counter, element of a
collection), a sub-process's data objects, else the process instance (BPMN 2.0, 10.3.1 and 10.3.2).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from orchestration.engine.bpmn.model import Body, Node
from orchestration.engine.dialect import Heard, Transfer
from orchestration.engine.state import Item
from orchestration.engine.step import Step

Json = Any


def assign(step: Step, instance: int, item: int | None, values: Mapping[str, Json]) -> None:
    """Write each variable where it lives as seen from the item; a new one becomes the instance's."""
    holders: dict[int | None, dict[str, Json]] = {}
    for name, value in values.items():
        holders.setdefault(_holder(step, item, name), {})[name] = value
    for holder, changes in holders.items():
        step.set_variables(instance, changes, holder)


def _holder(step: Step, item: int | None, name: str) -> int | None:
    while item is not None:
        found = step.state.items[item]
        if found.local is not None and name in found.local:
            return item
        item = found.parent
    return None


def transferred(
    step: Step,
    transfers: Sequence[Transfer],
    instance: int,
    item: int | None,
    extra: Mapping[str, Json] | None = None,
) -> dict[str, Json]:
    """The values of mappings, by their target, as seen from an item and what is known in addition."""
    found: dict[str, Json] = {}
    own = (step.state.items[item].local if item is not None else None) or {}
    for transfer in transfers:
        target = step.evaluate(transfer.target, instance, item, extra)
        found[str(target)] = step.evaluate(transfer.source, instance, item, transfer.own_seen(own) or extra)
    return found


def mapped(step: Step, transfers: Sequence[Transfer], item: Item) -> dict[str, Json]:
    """What mappings give to an item's work, by their target. What they gave the item as it was opened is not made anew:
    one that is named like what it is made from (`customer` from `customer.name`) hides that from the item by now."""
    found: dict[str, Json] = {}
    own = item.local or {}
    for transfer in transfers:
        target = str(step.evaluate(transfer.target, item.instance, item.id))
        found[target] = own[target] if target in own else step.evaluate(transfer.source, item.instance, item.id)
    return found


def taken(step: Step, heard: Heard, instance: int, item: int | None, content: Mapping[str, Json]) -> dict[str, Json]:
    """What of an event of a registry becomes variables; what it does not carry leaves them as they are."""
    there = [one for one in heard.taken if one.source.names <= content.keys()]
    step.passing.setdefault(instance, {}).update(dict.fromkeys(heard.passing))
    return transferred(step, there, instance, item, content)


def visible(step: Step, instance: int, item: int | None) -> dict[str, Json]:
    """All variables that an item sees."""
    layers: list[Mapping[str, Json]] = [step.state.instances[instance].variables]
    while item is not None:
        found = step.state.items[item]
        if found.local:
            layers.insert(1, found.local)
        item = found.parent
    return {name: value for layer in layers for name, value in layer.items()}


def handed_over(step: Step, node: Node, instance: int, item: int | None) -> dict[str, Json]:
    """What a call gets of the variables that its item sees: all, its own, or what is mapped."""
    given: dict[str, Json] = {}
    if node.extensions.inherit_variables:
        given = visible(step, instance, item)
    elif node.extensions.inherit_own and item is not None:
        given = dict(step.state.items[item].local or {})
    return given | transferred(step, [one for one in node.inputs if not one.own], instance, item)


def returned(
    step: Step, node: Node, instance: int, at: int | None, around: int | None, values: Mapping[str, Json]
) -> None:
    """What the work of a node gives back: through its output mappings where it has some, else each value by its name.

    `at` is the item that did it, and `around` the scope that gets what is mapped: as its own, where Flowable's
    `useLocalScopeForOutParameters` says so.
    """
    stored = node.extensions.result_variable
    if stored is not None and node.extensions.attributes.get("storeResultVariableAsTransient") == "true":
        step.passing.setdefault(instance, {})[stored] = None
    if node.extensions.heard is not None:
        assign(step, instance, around, taken(step, node.extensions.heard, instance, at, values))
    elif node.outputs:
        kept = transferred(step, [one for one in node.outputs if one.own], instance, at, values)
        mapped = dict(values) if node.extensions.return_all else {}
        mapped |= transferred(step, [one for one in node.outputs if not one.own], instance, at, {**values, **kept})
        if node.extensions.attributes.get("useLocalScopeForOutParameters") == "true":
            step.set_variables(instance, mapped, around)
        else:
            assign(step, instance, around, mapped)
    elif values:
        assign(step, instance, at, values)


def results(node: Node, result: Json) -> dict[str, Json]:
    """A result as variables: under the result variable where the model names one, else an object's own names.

    Output mappings see an object's names, and the whole as `result`.
    """
    name = node.extensions.result_variable
    if node.outputs:
        return {**(result if isinstance(result, Mapping) else {}), "result": result}
    if name is not None:
        return {name: result}
    return dict(result) if isinstance(result, Mapping) else {}


def initial(body: Body) -> dict[str, Json]:
    """The data objects of a scope with their first values."""
    return {data.name: data.value for data in body.data}
