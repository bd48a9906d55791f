"""What must be remembered of completed work, so that it can be undone?

BPMN 2.0, 10.6 and 13.5.5. When an activity completes that has a compensation handler, or a sub-process in which
something was done that can be undone, its scope keeps an entry (`undo:<number>` in its facts, numbered as things were
completed): which node, its own data as it was, and what was remembered inside it. Entries go when their scope ends or
they are used.
"""

from __future__ import annotations

from typing import Any, Final

from orchestration.engine.bpmn.items import facts_of, note
from orchestration.engine.bpmn.model import Activity, Event, SubProcess
from orchestration.engine.state import Item
from orchestration.engine.step import Step

Json = Any
Entry = dict[str, Json]

UNDO: Final = "undo:"


def remember(step: Step, item: Item, node: Activity) -> None:
    """Keep what is needed to undo this item, which is about to complete."""
    if node.for_compensation or "undoing" in item.facts:
        return
    inside = entries(step, item.instance, item.id)
    undone = node.handler is not None or _undoes_itself(node)
    if not inside and ("loop" in item.facts or not undone):
        return
    entry: Entry = {"node": node.id}
    if item.local:
        entry["local"] = item.local
    if inside:
        entry["inside"] = {str(number): each for number, each in inside.items()}
    number = max(entries(step, item.instance, item.parent), default=0) + 1
    note(step, item.instance, item.parent, f"{UNDO}{number}", entry)


def _undoes_itself(node: Activity) -> bool:
    """Whether the sub-process has a compensation event sub-process of its own (10.6.2)."""
    return isinstance(node, SubProcess) and undoing_start(node) is not None


def undoing_start(node: SubProcess) -> Event | None:
    """Where the compensation event sub-process in it begins."""
    for _, start in node.body.event_subprocesses:
        if any(definition.kind == "compensation" for definition in start.definitions):
            return start
    return None


def entries(step: Step, instance: int, scope: int | None) -> dict[int, Entry]:
    """What is remembered in the scope by its number; what completed later has a higher one."""
    facts = facts_of(step, instance, scope)
    return {int(name[len(UNDO) :]): entry for name, entry in facts.items() if name.startswith(UNDO)}


def forget(step: Step, instance: int, scope: int | None, number: int) -> None:
    note(step, instance, scope, f"{UNDO}{number}", None)
