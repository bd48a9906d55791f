"""Does a plan item come again? (5.4.11.3 and 8.6.4; Flowable's limit, counter and collection)

Without entry criteria the rule is asked when an instance ends; with them, each time an on-part lets one in (8.6.4), so
that a condition alone repeats nothing. These functions only answer; `items` acts.
"""

from __future__ import annotations

from typing import Any

from orchestration.engine.cmmn.case_run import CaseRun
from orchestration.engine.cmmn.model import Node, Repetition
from orchestration.engine.state import Item

Json = Any


WAITS = "waits"
"""The fact on an item that it is not the first: it waits for the next repetition."""


def is_awaited(item: Item) -> bool:
    return WAITS in item.facts


def is_triggered(node: Node) -> bool:
    """Whether an entry criterion of the node waits for an event."""
    return any(criterion.sentry.on_parts for criterion in node.entry)


def is_due(run: CaseRun, item: Item) -> bool:
    """Whether the rule asks for one more beside (or after) this instance."""
    rule = run.node(item).repetition
    if rule is None or not has_room(run, item, rule):
        return False
    return run.is_met(rule.rule, item.id)


def is_refused(run: CaseRun, item: Item) -> bool:
    """Whether the rule does not ask for this repetition any more: it is asked at the event that lets it in. (8.6.4)"""
    node = run.node(item)
    if node.repetition is None or run.model.flowable or not is_awaited(item):
        return False
    return not run.is_met(node.repetition.rule, item.id, counted(node, number(item, node) - 1))


def is_idle(run: CaseRun, item: Item) -> bool:
    """Whether no stage needs to wait for this repetition: in Flowable for none, else for none that is refused."""
    return is_awaited(item) and (run.model.flowable or is_refused(run, item))


def may_leave(run: CaseRun, item: Item) -> bool:
    """Whether exit criteria are for this instance: not before a repetition begins, in Flowable nor while disabled."""
    return not (is_awaited(item) and item.state == "available") and not (
        run.model.flowable and item.state == "disabled"
    )


def has_room(run: CaseRun, item: Item, rule: Repetition) -> bool:
    """Whether fewer other instances are open in the same stage than the limit allows."""
    if rule.limit is None:
        return True
    others = [each for each in run.open(item.node) if each.parent == item.parent and each.id != item.id]
    return len(others) < rule.limit


def follows(run: CaseRun, item: Item) -> int | None:
    """The number of the instance that comes after this one ends, when it has no entry criteria; else None."""
    node = run.node(item)
    if node.repetition is None or node.entry or node.repetition.collection is not None:
        return None
    return number(item, node) + 1 if is_due(run, item) else None


def outlives_exit(run: CaseRun, item: Item) -> int | None:
    """Flowable: a repeating item that leaves before it ever entered is waited for again; its number, else None."""
    node, rule = run.node(item), run.node(item).repetition
    if not run.model.flowable or rule is None or rule.collection is not None or not node.entry:
        return None
    fresh = item.state == "available" and not is_awaited(item)
    return number(item, node) if fresh and run.is_active(item.parent) else None


def number(item: Item, node: Node) -> int:
    """Which repetition this is, from 1."""
    counter = node.repetition.counter if node.repetition is not None else ""
    found = (item.local or {}).get(counter, 1)
    return found if isinstance(found, int) else 1


def counted(node: Node, number: int) -> dict[str, Json] | None:
    """The local variables that tell an instance which repetition it is."""
    return None if node.repetition is None else {node.repetition.counter: number}


def element(rule: Repetition, value: Json, index: int) -> dict[str, Json]:
    """The local variables of the instance for one element of a collection."""
    local: dict[str, Json] = {rule.counter: index + 1}
    if rule.element is not None:
        local[rule.element] = value
    if rule.index is not None:
        local[rule.index] = index
    return local
