"""What do the repetitions of a plan item leave behind? (Flowable's `variableAggregation` of a repetition rule)

Each repetition has the variables that are gathered for itself. As it completes, its row is noted in the stage around
it, and when none is left that has begun, the rows become a list in the target variable, in the order of the
repetitions. An overview is that list while repetitions still run.
"""

from __future__ import annotations

from typing import Any

from orchestration.engine.cmmn import repetition
from orchestration.engine.cmmn.case_run import CaseRun
from orchestration.engine.cmmn.model import Node
from orchestration.engine.dialect import Aggregation
from orchestration.engine.scope import Scope
from orchestration.engine.state import Item

Json = Any
Rows = dict[int, list[Json]]
"""Number of a repetition -> one row for each aggregation of the rule."""


def keep(run: CaseRun, item: Item) -> None:
    """A repetition completes: what it gives is noted before it is gone."""
    node = run.node(item)
    if _aggregations(node):
        number = repetition.number(item, node)
        run.note(item.parent, _fact(node) + str(number), _rows(run, item, node))


def publish(run: CaseRun, node: Node, parent: int | None) -> None:
    """Write the lists that are due: all when no repetition is left, else those that give an overview."""
    if not _aggregations(node) or not run.is_active(parent):
        return
    kept, live = _kept(run, node, parent), _begun(run, node, parent)
    due = [(place, one) for place, one in enumerate(_aggregations(node)) if one.overview or not live]
    rows = {**kept, **{repetition.number(item, node): _rows(run, item, node) for item in live if due}}
    for place, one in due if rows else ():
        target = _target(run, one, parent)
        run.assign(parent, {target: [rows[number][place] for number in sorted(rows)]})
        if one.transient:
            run.passing[target] = None
    for number in kept if not live else ():
        run.note(parent, _fact(node) + str(number), None)


def show(run: CaseRun) -> None:
    """At rest: bring the overviews up to date."""
    for name in run.model.gathering:
        node = run.model.nodes[name]
        if any(one.overview for one in _aggregations(node)):
            for parent in {item.parent: None for item in run.open(name) if _has_begun(item)}:
                publish(run, node, parent)


def drop(run: CaseRun, item: Item) -> None:
    """An item ends before its time: what it would have left goes on without it, overviews inside of it are gone."""
    if _aggregations(run.node(item)):
        run.step.plan(publish, run, run.node(item), item.parent)
    for child in run.children(item.id):
        if _has_begun(child):
            overviews = [_target(run, one, item.parent) for one in _aggregations(run.node(child)) if one.overview]
            run.step.remove_variables(run.instance, overviews)


def _target(run: CaseRun, one: Aggregation, parent: int | None) -> str:
    return str(run.value(one.target, parent))


def _aggregations(node: Node) -> tuple[Aggregation, ...]:
    return () if node.repetition is None else node.repetition.gathers


def _fact(node: Node) -> str:
    return f"gathered:{node.id}:"


def _kept(run: CaseRun, node: Node, parent: int | None) -> Rows:
    holder = run.step.state.instances[run.instance] if parent is None else run.step.state.items[parent]
    start = _fact(node)
    noted = {fact: rows for fact, rows in holder.facts.items() if fact.startswith(start) and rows is not None}
    return {int(fact.removeprefix(start)): rows for fact, rows in noted.items()}


def _begun(run: CaseRun, node: Node, parent: int | None) -> list[Item]:
    return [item for item in run.open(node.id) if item.parent == parent and _has_begun(item)]


def _has_begun(item: Item) -> bool:
    return item.state not in ("available", "unavailable")


def _rows(run: CaseRun, item: Item, node: Node) -> list[Json]:
    """One object for each aggregation; a variable that is not there has no entry in it."""
    scope = Scope(run.step, run.instance, item.id)
    return [
        {
            str(run.value(entry.name, item.id)): run.value(entry.value, item.id)
            for entry in one.entries
            if entry.variable is None or entry.variable in scope
        }
        for one in _aggregations(node)
    ]
