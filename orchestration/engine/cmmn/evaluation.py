"""How does a case come to rest after a change?

Evaluates if-parts and completion (CMMN 1.1, 8.5, 8.6.1). When nothing is left on the agenda, conditions that may have
changed are evaluated again, then stages complete from the inside out, then, in Flowable's models, listeners go that
nobody waits for any more. Each time something moves, the agenda is worked off before the next evaluation.
"""

from __future__ import annotations

from orchestration.engine.cmmn import aggregation, casefile, completion, items, listeners, sentries
from orchestration.engine.cmmn.case_run import CaseRun
from orchestration.engine.cmmn.model import Node
from orchestration.engine.cmmn.sentries import PLAN
from orchestration.engine.state import Item


def settle(run: CaseRun, changed: frozenset[str]) -> None:
    """One look; `changed` are the variables that were written since the last one."""
    if not run.is_active(None):
        return
    casefile.tell(run)
    _look_at_conditions(run, _touched(run, changed))
    if changed & run.model.completion_names:
        completion.look_everywhere(run)
    if not run.step.is_busy:
        aggregation.show(run)
    if not run.step.is_busy and not _complete_something(run):
        _look_at_conditions(run, dict.fromkeys(run.model.volatile))
        if not run.step.is_busy and run.model.flowable:
            _dismiss_orphans(run)
        if not run.step.is_busy:
            run.let_go()
    if run.step.is_busy:
        run.step.touch(run.instance)


def _touched(run: CaseRun, changed: frozenset[str]) -> dict[str, None]:
    return {name: None for variable in changed for name in run.model.watchers.get(variable, ())}


def _look_at_conditions(run: CaseRun, nodes: dict[str, None]) -> None:
    """Look again at the items of these nodes and at those that asked for it, oldest first."""
    numbers = {number for number in run.recheck if number == PLAN or run.item(number) is not None}
    run.recheck.clear()
    for name in nodes:
        if name == run.model.plan.id:
            numbers.add(PLAN)
        numbers.update(item.id for item in run.open(name))
    for number in sorted(numbers):
        if number == PLAN:
            sentries.look_again(run, None, run.model.plan)
        else:
            item = run.item(number)
            if item is not None:
                _look_at_item(run, item, run.node(item))


def _look_at_item(run: CaseRun, item: Item, node: Node) -> None:
    if item.state == "suspended" or not run.is_active(item.parent):
        return
    if node.available is not None:
        _look_at_listener(run, item, node)
    elif item.state == "available" and not node.entry and node.repetition is not None:
        items.enter(run, item, None)
    else:
        sentries.look_again(run, item, node)


def _look_at_listener(run: CaseRun, item: Item, node: Node) -> None:
    """A listener is there while its available condition holds. (Flowable, "Available condition")"""
    holds = node.listens != "reactivate" and run.value(node.available, item.id) is True
    if holds and item.state == "unavailable":
        run.change(item, "initiate")
        listeners.listen(run, run.step.state.items[item.id])
    elif not holds and item.state == "available":
        run.step.cancel_waits(item.id)
        run.change(run.step.state.items[item.id], "dismiss")


def _complete_something(run: CaseRun) -> bool:
    """Complete the innermost stage that may; what follows from it is seen at the next look."""
    found = completion.next_completable(run)
    if found is None:
        return False
    if found == PLAN:
        items.end_case(run, "completed")
    else:
        items.complete(run, run.step.state.items[found])
        run.step.touch(run.instance)
    return True


def _dismiss_orphans(run: CaseRun) -> None:
    for item in run.open_of(run.model.listeners):
        still = run.item(item.id)
        if still is not None and still.state in ("available", "unavailable") and listeners.is_orphan(run, still):
            items.end(run, still, "terminate")
