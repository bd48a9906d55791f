"""How is completed work undone?

BPMN 2.0, 10.6 and 13.5.5. Whoever throws compensation becomes a scope with a queue of what to undo. Handlers run one
after another, the latest work first; the throwing event waits for them. A sub-process without a handler of its own is
opened again with the data that it had, and undoes what was done inside it, or runs its compensation event sub-process.
When the queue is empty and nothing runs for it, `advance` lets the thrower go on.
"""

from __future__ import annotations

from typing import Any, cast

from orchestration.engine.bpmn import activities, compensation_log, tokens
from orchestration.engine.bpmn.compensation_log import Entry
from orchestration.engine.bpmn.items import close_item, interrupt, node_of, note, open_item, process
from orchestration.engine.bpmn.model import Activity, Event, EventDefinition, Node, SubProcess
from orchestration.engine.state import Item
from orchestration.engine.step import Step

Json = Any


def throw(step: Step, instance: int, scope: int | None, node: Event, definition: EventDefinition) -> bool:
    """A token throws compensation; it rests at the event until all is undone. False: it does not wait.

    An activity that is named is looked for in the thrower's scope first, then further out.
    """
    at = _undone_scope(step, instance, scope)
    queue = _take(step, instance, at, definition.activity)
    while not queue and definition.activity is not None and at is not None:
        at = step.state.items[at].parent
        queue = _take(step, instance, at, definition.activity)
    if not queue:
        return False
    facts = {"queue": queue, "at": at, "wait": definition.wait}
    open_item(step, instance, scope, node, facts=facts)
    return definition.wait


def _undone_scope(step: Step, instance: int, scope: int | None) -> int | None:
    """The scope whose work is undone: that of the thrower, or, in an event sub-process, the one around it (10.6.2)."""
    while scope is not None:
        item = step.state.items[scope]
        node = node_of(step, item)
        if isinstance(node, SubProcess) and node.kind != "event":
            return scope
        scope = item.parent
    return scope


def _take(step: Step, instance: int, scope: int | None, activity: str | None) -> list[Entry]:
    """What is remembered in the scope (of one activity, where one is named), the latest last; it is forgotten there."""
    found = compensation_log.entries(step, instance, scope)
    chosen = {number: entry for number, entry in found.items() if activity is None or entry["node"] == activity}
    for number in chosen:
        compensation_log.forget(step, instance, scope, number)
    return [chosen[number] for number in sorted(chosen)]


def cancel(step: Step, transaction: int) -> None:
    """A transaction was cancelled: nothing goes on in it, and what completed in it is undone (10.2.5, 13.5.3).

    In a loop all its instances are cancelled, and those that had completed are undone.
    """
    item = step.state.items[transaction]
    together = [item]
    done: list[Entry] = []
    if activities.is_instance(step, item):
        together = step.state.children(item.instance, item.parent)
        done = [{**entry, "at": item.parent} for entry in _take(step, item.instance, item.parent, None)]
        step.cancel_waits(item.parent)
    for each in together:
        interrupt(step, each.instance, each.id, "the transaction was cancelled")
        step.cancel_waits(each.id)
        queue = _take(step, each.instance, each.id, None)
        note(step, each.instance, each.id, "queue", [*done, *queue] if each.id == transaction else queue)
        note(step, each.instance, each.id, "cancelled", True)


def advance(step: Step, instance: int) -> bool:
    """Where something is being undone and nothing runs for it: the next handler, or the end. Whether any did."""
    waiting = step.state.items_with(instance, "queue")
    if not waiting:
        return False
    busy = {item.facts["undoing"] for item in step.state.items.mentioning("undoing") if "undoing" in item.facts}
    ready = [item for item in waiting if item.id not in busy]
    for item in ready:
        step.plan(_next, step, item.id)
    return bool(ready)


def _next(step: Step, thrower: int) -> None:
    if thrower not in step.state.items:
        return
    item = step.state.items[thrower]
    queue = item.facts["queue"]
    if not queue:
        return _finish(step, item)
    note(step, item.instance, thrower, "queue", queue[:-1])
    _undo(step, item, queue[-1])
    return None


def _undo(step: Step, thrower: Item, entry: Entry) -> None:
    """Run what undoes one entry, in the scope where it was done."""
    own = "reopened" in thrower.facts or "cancelled" in thrower.facts
    scope = entry.get("at", thrower.id if own else thrower.facts.get("at"))
    nodes = process(step, thrower.instance).nodes
    node = cast(Activity, nodes[entry["node"]])
    step.touch(thrower.instance)
    if node.handler is not None and not _is_frame(entry, node):
        handler = cast(Activity, nodes[node.handler])
        activities.start(step, thrower.instance, scope, handler, {"undoing": thrower.id}, entry.get("local"))
        return
    _reopen(step, thrower, scope, node, entry)


def _reopen(step: Step, thrower: Item, scope: int | None, node: Activity, entry: Entry) -> None:
    """A completed sub-process with the data it had (or the frame of a loop), to undo what was done inside it."""
    inside: dict[str, Entry] = entry.get("inside", {})
    own = compensation_log.undoing_start(node) if isinstance(node, SubProcess) and not _is_frame(entry, node) else None
    facts: dict[str, Json] = {"undoing": thrower.id, "reopened": True, "queue": []}
    if own is not None:
        facts |= {f"{compensation_log.UNDO}{number}": each for number, each in inside.items()}
    else:
        facts["queue"] = [inside[number] for number in sorted(inside, key=int)]
    item = open_item(step, thrower.instance, scope, node, entry.get("local"), facts)
    if own is not None:
        handler = cast(SubProcess, process(step, thrower.instance).nodes[own.scope])
        inner = open_item(step, thrower.instance, item, handler, facts={"undoing": item})
        tokens.begin(step, thrower.instance, inner, own.id)


def _is_frame(entry: Entry, node: Activity) -> bool:
    """Whether the entry is of a whole loop: then what is inside are its instances."""
    inside = entry.get("inside", {}).values()
    return node.loop is not None and bool(inside) and all(each["node"] == node.id for each in inside)


def _finish(step: Step, item: Item) -> None:
    """All is undone: the thrower goes on."""
    node = node_of(step, item)
    if "cancelled" in item.facts:
        return _leave_cancelled(step, item, cast(SubProcess, node))
    close_item(step, item.id)
    if "reopened" not in item.facts and item.facts.get("wait"):
        tokens.leave(step, item.instance, item.parent, node)
    return None


def _leave_cancelled(step: Step, item: Item, node: SubProcess) -> None:
    """The transaction ends (of a loop, with the last instance); its cancel boundary event takes the token on."""
    reason = "the transaction was cancelled"
    whole = cast(int, item.parent) if activities.is_instance(step, item) else item.id
    if whole != item.id and len(step.state.items[whole].children) > 1:
        close_item(step, item.id, "terminated", "cancel", reason)
        return
    found = close_item(step, whole, "terminated", "cancel", reason)
    boundary = _cancel_boundary(node)
    if boundary is not None:
        tokens.resume(step, found.instance, found.parent, boundary)


def _cancel_boundary(node: SubProcess) -> Node | None:
    for event in node.boundaries:
        if any(definition.kind == "cancel" for definition in event.definitions):
            return event
    return None
