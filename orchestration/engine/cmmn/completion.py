"""May a stage or a case complete, and does it by itself? (8.6.1, table 8.12)

With autoComplete: no active child, and every required child disabled, completed, terminated or failed. Without: every
child so, and nothing left that may be planned; or by hand, under the first condition. Flowable adds rules by which a
child does not count.
"""

from __future__ import annotations

from dataclasses import dataclass

from orchestration.engine import events as e
from orchestration.engine.cmmn import planning, repetition
from orchestration.engine.cmmn.case_run import CaseRun
from orchestration.engine.cmmn.model import Node
from orchestration.engine.state import Item

REQUIRED = "required"
"""The fact on an item that its required rule was true."""


@dataclass(frozen=True, slots=True)
class Look:
    """`completable`: may complete by hand. `complete`: completes by itself."""

    completable: bool
    complete: bool


_NO = Look(False, False)


def look(run: CaseRun, parent: int | None) -> Look:
    """How a stage (None: the case) stands."""
    stage = run.model.plan if parent is None else run.node(run.step.state.items[parent])
    automatic = stage.auto_complete
    if stage.auto_complete_condition is not None:
        automatic = run.value(stage.auto_complete_condition, parent) is True
    complete = True
    for child in run.step.state.each_child(run.instance, parent):
        node = run.node(child)
        weight = _weight(run, child, node)
        if weight == "holds":
            return _NO
        complete = complete and (automatic or weight != "waits")
    if complete and not automatic and planning.offers_in(run, parent):
        complete = False
    return Look(True, complete)


def _weight(run: CaseRun, child: Item, node: Node) -> str:
    """ "holds" the stage open, "waits" (holds it unless it completes automatically), or "nothing"."""
    state, rule = child.state, node.parent_completion
    if rule == "ignore" or state in ("disabled", "failed"):
        return "nothing"
    before = rule.startswith("ignoreAfterFirstCompletion") and was_completed(run, child)
    if before and (rule == "ignoreAfterFirstCompletion" or state in ("available", "enabled")):
        return "nothing"
    if state == "active":
        return "holds"
    if is_required(run, child) and not (repetition.is_awaited(child) and was_completed(run, child)):
        return "holds"
    if rule == "ignoreIfAvailableOrEnabled" and state in ("available", "enabled"):
        return "nothing"
    if state == "available" and (rule == "ignoreIfAvailable" or run.holds(node.neutral, child)):
        return "nothing"
    if state == "unavailable" or (state == "available" and repetition.is_idle(run, child)):
        return "nothing"
    return "waits"


def is_required(run: CaseRun, child: Item) -> bool:
    """Whether the required rule held on creation or enabling; in Flowable's models, whether it does now."""
    rule = run.node(child).required
    if rule is None or rule.condition is None or run.model.flowable:
        return run.holds(rule, child)
    return child.facts.get(REQUIRED) is True


def require(run: CaseRun, item: Item) -> None:
    """Ask the required rule: on *create*, and on *enable* and *re-enable* while it was false. (8.6.3, table 8.8)"""
    rule = run.node(item).required
    if rule is not None and rule.condition is not None and not run.model.flowable and run.holds(rule, item):
        run.note(item.id, REQUIRED, True)


def was_completed(run: CaseRun, child: Item) -> bool:
    """Whether an earlier instance of the same plan item was completed in this stage."""
    return child.node in _completed(run, child.parent)


def _completed(run: CaseRun, holder: int | None) -> tuple[str, ...]:
    state = run.step.state
    facts = state.instances[run.instance].facts if holder is None else state.items[holder].facts
    return tuple(facts.get("completed", ()))


def completed_everywhere(run: CaseRun) -> list[str]:
    """The ids of plan items, and of their definitions, of which an instance was completed in this case."""
    known = _completed(run, None)
    return list(dict.fromkeys([*known, *(run.model.nodes[name].definition for name in known)]))


def remember(run: CaseRun, item: Item) -> None:
    """Note that the item was completed, where the model asks for it: in its stage and in the case."""
    if not run.model.keeps_completed:
        return
    for holder in dict.fromkeys((item.parent, None)):
        known = _completed(run, holder)
        if item.node not in known:
            run.step.emit(e.FactSet(run.instance, holder, "completed", [*known, item.node]))


def next_completable(run: CaseRun) -> int | None:
    """The innermost stage that completes by itself, 0 for the case, None when there is none."""
    while run.dirty:
        parent = max(run.dirty, key=lambda number: number or 0)
        run.dirty.discard(parent)
        if run.is_active(parent) and look(run, parent).complete:
            return parent or 0
    return None


def look_everywhere(run: CaseRun) -> None:
    """What completion depends on has changed: every open stage is to be looked at."""
    run.dirty.add(None)
    run.dirty.update(item.id for item in run.open_of(run.model.stages))
