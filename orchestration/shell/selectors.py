"""What does a case hold right now, as the engine sees it?

Reads of the state document and the data, in clear: whoever shows them masks them first.
"""

from __future__ import annotations

from typing import Any

from orchestration.engine.codec import decode
from orchestration.engine.state import Item, State
from orchestration.models import Instance

STATE = ("items", "data", "status", "head_sequence")
"""What is read together, so that a state and the number of its last event belong to one moment."""


def state_of(instance: Instance) -> State:
    """The stored state, decoded; read now, in one statement, where the row came without it (`Instance.light`)."""
    if instance.get_deferred_fields() & {"items", "data"}:
        instance.refresh_from_db(fields=STATE)
    return decode(bytes(instance.items), bytes(instance.data))


def data_of(instance: Instance) -> dict[str, Any]:
    """The case's data, in clear."""
    return dict(state_of(instance).root.variables)


def visible(state: State, item: int | None) -> dict[str, Any]:
    """What an item of a part sees: the data of its case or process, and its own over it; else the root's data."""
    found = state.items.get(item or 0)
    if found is None:
        return dict(state.root.variables)
    layers = [dict(state.instances[found.instance].variables)]
    around: list[dict[str, Any]] = []
    while found is not None:
        around.append(dict(found.local or {}))
        found = None if found.parent is None else state.items[found.parent]
    return {name: value for layer in (*layers, *reversed(around)) for name, value in layer.items()}


def open_item(state: State, node: str) -> Item | None:
    """The active item of this plan item or flow node, if there is one."""
    return next((item for item in state.items.values() if item.node == node and item.state == "active"), None)
