"""When does a sentry hold, and what happens then?

An on-part is noted on the item that its criterion guards and stays noted until the item has entered. A sentry holds
when all its on-parts have occurred and its condition is true (8.5). In Flowable's models a condition that was once
true is remembered too by default, and with `onEvent` nothing is remembered beyond the step.
"""

from __future__ import annotations

from collections.abc import Iterable

from orchestration.engine.cmmn import items, repetition, stage_reach
from orchestration.engine.cmmn.case_run import CaseRun, Lineage
from orchestration.engine.cmmn.model import Criterion, Node, Reaction
from orchestration.engine.state import Item

IF_PART = -1
"""Stands for the if-part among the numbers of a sentry's parts."""

NO_PART = -2

PLAN = 0
"""Stands for the case plan model among the numbers of items to look at."""


def react(run: CaseRun, reactions: Iterable[Reaction], lineage: Lineage, criterion: str) -> None:
    """A transition occurred: note the on-parts that waited for it, and fire the criteria that now hold."""
    for reaction in reactions:
        part = reaction.criterion.sentry.on_parts[reaction.part]
        if part.criterion is not None and part.criterion != criterion:
            continue
        if reaction.node == run.model.plan.id:
            _note(run, None, reaction)
            continue
        found = run.open(reaction.node)
        for item in found:
            if part.case_file or run.related(lineage, item):
                _note(run, item, reaction)
        node = run.model.nodes[reaction.node]
        if not found and reaction.criterion.entry and stage_reach.is_possible(run, node):
            _reach_into(run, node, reaction)


def _reach_into(run: CaseRun, node: Node, reaction: Reaction) -> None:
    """The event comes from outside of a stage that has not begun. (`stage_reach`)"""
    if not holds(run, None, reaction.criterion, reaction.part):
        mark(run, None, reaction.criterion, reaction.part)
        return
    run.note(None, _fact(reaction.criterion), None)
    item = items.reach_into(run, node)
    if item is not None:
        run.step.plan(fire, run, item.id, reaction.criterion)


def _note(run: CaseRun, item: Item | None, reaction: Reaction) -> None:
    criterion = reaction.criterion
    if item is not None and not _concerns(run, item, criterion):
        return
    number = None if item is None else item.id
    if holds(run, item, criterion, reaction.part):
        run.step.plan(fire, run, number, criterion, reaction.part)
    else:
        mark(run, item, criterion, reaction.part)


def _concerns(run: CaseRun, item: Item, criterion: Criterion) -> bool:
    return item.state in ("available", "suspended") if criterion.entry else repetition.may_leave(run, item)


def mark(run: CaseRun, item: Item | None, criterion: Criterion, part: int) -> None:
    """Remember that a part of the sentry is satisfied for this item (None: the case plan model)."""
    sentry = criterion.sentry
    number = None if item is None else item.id
    if sentry.mode == "onEvent":
        run.momentary.setdefault((number, criterion.id), set()).add(part)
    else:
        run.note(number, _fact(criterion), sorted({*seen(run, item, criterion), part}))


def seen(run: CaseRun, item: Item | None, criterion: Criterion) -> frozenset[int]:
    """The parts of the sentry that are satisfied for this item."""
    if criterion.sentry.mode == "onEvent":
        return frozenset(run.momentary.get((None if item is None else item.id, criterion.id), ()))
    holder = run.step.state.instances[run.instance] if item is None else run.step.state.items[item.id]
    return frozenset(holder.facts.get(_fact(criterion), ()))


def holds(run: CaseRun, item: Item | None, criterion: Criterion, now: int = NO_PART) -> bool:
    """Whether the sentry holds for this item, with the part that occurs just now.

    A condition that is to be remembered is noted here.
    """
    sentry = criterion.sentry
    parts = seen(run, item, criterion) | {now}
    complete = parts.issuperset(range(len(sentry.on_parts)))
    if sentry.condition is None:
        return complete and bool(sentry.on_parts)
    if sentry.remembers and sentry.on_parts:
        if IF_PART not in parts:
            if not _is_true(run, item, criterion):
                return False
            if not complete:
                mark(run, item, criterion, IF_PART)
        return complete
    return complete and _is_true(run, item, criterion)


def _is_true(run: CaseRun, item: Item | None, criterion: Criterion) -> bool:
    sentry = criterion.sentry
    return run.value(sentry.condition, None if item is None else item.id, run.terms(sentry.context)) is True


def fire(run: CaseRun, number: int | None, criterion: Criterion, part: int = NO_PART) -> None:
    """A criterion holds: enter or exit, unless the item has moved on in the meantime."""
    if number is None:
        if run.is_active(None):
            items.exit_case(run, criterion)
        return
    item = run.item(number)
    if item is None:
        return
    if not criterion.entry:
        items.exit_by(run, item, criterion)
    elif item.state == "available" and run.is_active(item.parent) and items.enter(run, item, criterion):
        return
    if part != NO_PART and run.item(number) is not None and _is_kept(item, criterion):
        mark(run, run.step.state.items[number], criterion, part)


def _is_kept(item: Item, criterion: Criterion) -> bool:
    """Whether a part is remembered though the item did not move: it stands still, or the sentry has more parts."""
    sentry = criterion.sentry
    return item.state == "suspended" or len(sentry.on_parts) > 1 or sentry.condition is not None


def look_again(run: CaseRun, item: Item | None, node: Node) -> None:
    """Conditions may have changed: fire the first criterion of each kind that holds by its condition."""
    leaving = node.exit if item is None or repetition.may_leave(run, item) else ()
    for criteria in (_entering(run, item, node), leaving):
        for criterion in criteria:
            may = criterion.sentry.condition is not None or seen(run, item, criterion)
            if may and holds(run, item, criterion):
                run.step.plan(fire, run, None if item is None else item.id, criterion)
                break


def _entering(run: CaseRun, item: Item | None, node: Node) -> Iterable[Criterion]:
    """The entry criteria that may let the item in; the next repetition enters by an event only. (8.6.4)"""
    if item is None or item.state != "available":
        return ()
    if repetition.is_awaited(item) and not run.model.flowable:
        return (criterion for criterion in node.entry if criterion.sentry.on_parts)
    return node.entry


def has_conditions(node: Node) -> bool:
    return any(criterion.sentry.condition is not None for criterion in (*node.entry, *node.exit))


def _fact(criterion: Criterion) -> str:
    return f"on:{criterion.id}"
