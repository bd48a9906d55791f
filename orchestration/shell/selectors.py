"""What does a case hold right now, as the engine sees it?

Reads of the state document and the data, in clear: whoever shows them masks them first.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from audit.models import AuditEvent
from audit.sealed_values import opened
from audit.selectors import AT_ONCE, entries_of
from orchestration.engine.apply import apply
from orchestration.engine.codec import decode, decode_event
from orchestration.engine.state import Item, State
from orchestration.models import Instance

STATE = ("items", "data", "status", "head_sequence")
"""What is read together, so that a state and the number of its last event belong to one moment."""


def state_of(instance: Instance) -> State:
    """The stored state, decoded; read now, in one statement, where the row came without it (`Instance.light`).

    Raises KeyFault where its key is gone.
    """
    if instance.get_deferred_fields() & {"items", "data"}:
        instance.refresh_from_db(fields=STATE)
    return decode(opened(bytes(instance.items)), opened(bytes(instance.data)))


ENGINE = "engine."


def state_before(instance: int, sequence: int) -> State:
    """The state before this event, from the history alone (replay). What was erased from it is not in it."""
    state, after = State(), 0
    while entries := entries_of(instance, after=after, until=sequence - 1):
        for entry in entries:
            if entry.action.startswith(ENGINE) and not entry.detail.get("erased"):
                apply(state, decode_event(entry.action.removeprefix(ENGINE), entry.detail))
        after = entries[-1].sequence
        if len(entries) < AT_ONCE:
            break
    return state


def completion_of(instance: int, item: int, at: datetime) -> int | None:
    """The event with which an item was completed at this moment; None where the history has none."""
    changes = AuditEvent.objects.filter(chain=instance, action="engine.ItemChanged", at=at)
    numbers = list(changes.order_by("sequence").values_list("sequence", flat=True))
    found = entries_of(instance, after=2**31 - 1, also=numbers) if numbers else []
    done = (one for one in found if (one.detail.get("item"), one.detail.get("target")) == (item, "completed"))
    return next((one.sequence for one in done), None)


def data_of(instance: Instance) -> dict[str, Any]:
    """The case's data, in clear."""
    return dict(state_of(instance).root.variables)


def visible(state: State, item: int | None) -> dict[str, Any]:
    """What an item of a part sees: the data of its case or process, and its own over it; else the root's data.

    What a machine is given has the names of its contract, under which the case holds nothing or something else: whoever
    does its work by hand, or decides how it goes on after it failed, sees it by the contract, beside the data.
    """
    found = state.items.get(item or 0)
    if found is None:
        return dict(state.root.variables)
    layers = [dict(state.instances[found.instance].variables)]
    around: list[dict[str, Any]] = []
    while found is not None:
        if found.id != item or not _is_for_a_machine(state, found):
            around.append(dict(found.local or {}))
        found = None if found.parent is None else state.items[found.parent]
    return {name: value for layer in (*layers, *reversed(around)) for name, value in layer.items()}


def _is_for_a_machine(state: State, item: Item) -> bool:
    """Whether a machine's work stands there that failed, or that a person does."""
    facts = [state.waits[wait].facts or {} for wait in item.waits]
    return any(each.get("in_place_of") or each.get("job") for each in facts)


def open_item(state: State, node: str) -> Item | None:
    """The active item of this plan item or flow node, if there is one."""
    return next((item for item in state.items.values() if item.node == node and item.state == "active"), None)
