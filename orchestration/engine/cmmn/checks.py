"""What is wrong with a case that could be read?

References that lead nowhere, sentries that can never hold, items that can never be reached, models that are not there:
each with the element, its line and a sentence. What only looks like a mistake is a warning.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from orchestration.engine.cmmn.index import Around, stages_around
from orchestration.engine.cmmn.lifecycle import EVENT_OR_MILESTONE, STAGE_OR_TASK
from orchestration.engine.cmmn.model import TASKS, CaseModel, Node, OnPart, Sentry
from orchestration.engine.cmmn.planning import discretionary_nodes
from orchestration.engine.cmmn.repetition import is_triggered
from orchestration.engine.compiled_models import CompiledModels, Fault
from orchestration.engine.pace import Clock

Found = tuple[Node, str, bool]

_NEVER_TRUE: Final = frozenset({"false", "null", "${false}"})
_WITHOUT_BEGINNING: Final = frozenset(
    {"create", "exit", "terminate", "parentSuspend", "parentResume", "parentTerminate"}
)
"""Transitions that an item may make before it ever begins."""


def check(case: CaseModel, models: CompiledModels, file: str) -> list[Fault]:
    """All faults of one compiled case, with what it refers to in other models."""
    found = [
        *_of_nodes(case, models),
        *_unreachable(case),
        *_reopened_twice(case),
        *_never_begun(case),
    ]
    return [Fault(node.id, sentence, node.line, file, severe) for node, sentence, severe in found]


def clocks(case: CaseModel) -> Iterator[Clock]:
    """The timers of a case's listeners."""
    return (Clock(node.id, node.line, node.timer.expression) for node in case.nodes.values() if node.timer is not None)


def _of_nodes(case: CaseModel, models: CompiledModels) -> Iterator[Found]:
    around, planned = stages_around(case.nodes, case.placed), discretionary_nodes(case)
    for node in case.nodes.values():
        yield from _of_node(case, node, models)
        yield from _plans(node, planned)
        yield from _controls(case, node, around)


def _of_node(case: CaseModel, node: Node, models: CompiledModels) -> Iterator[Found]:
    yield from _criteria(case, node)
    yield from _timer(case, node)
    yield from _called(node, models)
    if node.occurs and node.manual is not None:
        yield node, f"A {node.type} cannot be activated by hand.", True
    if node.capability is not None and not node.blocking:
        yield node, "Work for a machine actor is always waited for; isBlocking is not heeded.", False
    if node.is_stage and not node.children and not node.table:
        yield node, "The stage holds no plan items and completes at once.", False


def _controls(case: CaseModel, node: Node, around: Around) -> Iterator[Found]:
    """What may not stand together on one item."""
    if node.is_stage and node.definition in around(node.stage):
        yield node, "The stage contains itself, so beginning it would never end.", True
    offered = (case.nodes[offer.node] for offer in node.table if offer.node in case.nodes)
    if node.type == "humanTask" and any(other.definition == node.definition for other in offered):
        yield node, "The task offers itself on its own planning table.", True
    if node.is_listener and node.entry:
        yield node, f"A {node.type} takes no entry criteria.", not case.flowable
    if node.type in TASKS and node.exit and not node.blocking and node.blocking_condition is None:
        yield node, "The task is not waited for, so its exit criteria never hold while it is active.", False
    if node.repetition is not None and node.entry and not case.flowable and not is_triggered(node):
        yield node, "The repetition rule is never asked: no entry criterion waits for an event.", False


def _criteria(case: CaseModel, node: Node) -> Iterator[Found]:
    for criterion in (*node.entry, *node.exit):
        for part in criterion.sentry.on_parts:
            reason, severe = _never(case, part)
            if reason:
                yield node, f"The sentry {criterion.sentry.id!r} can never hold: {reason}", severe
            elif part.source == node.id and criterion.entry and node.repetition is None:
                yield node, f"The sentry {criterion.sentry.id!r} waits for the item that it guards.", False
        condition = criterion.sentry.condition
        if condition is not None and condition.text.strip() in _NEVER_TRUE:
            yield node, f"The condition of the sentry {criterion.sentry.id!r} is never true.", False
        if criterion.sentry.context is not None and criterion.sentry.context not in case.files:
            yield node, f"There is no case file item {criterion.sentry.context!r}.", True


def _never(case: CaseModel, part: OnPart) -> tuple[str, bool]:
    """Why an on-part can never occur, and whether it refers to nothing; empty when it can."""
    if part.case_file:
        return ("", False) if part.source in case.files else (f"there is no case file item {part.source!r}.", True)
    source = case.nodes.get(part.source)
    if source is None:
        return f"there is no plan item {part.source!r}.", True
    if part.criterion is not None and all(part.criterion != exit.id for exit in source.exit):
        return f"{part.source!r} has no exit criterion {part.criterion!r}.", True
    table = EVENT_OR_MILESTONE if source.occurs else STAGE_OR_TASK
    possible = {"create", "parentResume", *(transition for transition, _ in table)}
    if part.event not in possible:
        return f"a {source.type} never makes the transition {part.event!r}.", False
    return "", False


def _timer(case: CaseModel, node: Node) -> Iterator[Found]:
    if node.timer is None or node.timer.trigger is None:
        return
    source, event, on_file = node.timer.trigger
    reason, severe = _never(case, OnPart("", source, event, on_file))
    if reason:
        yield node, f"The timer can never start: {reason}", severe


def _plans(node: Node, planned: frozenset[str]) -> Iterator[Found]:
    """What a machine's answer may plan has to stand on a planning table."""
    if node.extensions.plans is None:
        return
    if node.capability is None:
        yield node, "Only a task for a machine actor can name what its answer may plan.", True
    for name in node.extensions.plans.items:
        if name not in planned:
            yield node, f"There is no discretionary item {name!r} that its answer may plan.", True


def _called(node: Node, models: CompiledModels) -> Iterator[Found]:
    among = {"caseTask": models.cases, "processTask": models.processes, "decisionTask": models.decisions}
    known = among.get(node.type)
    if known is None or node.called is None or node.called.constant is None:
        return
    key = node.called.constant
    if key not in known:
        what = {"caseTask": "case", "processTask": "process", "decisionTask": "decision"}[node.type]
        yield node, f"There is no {what} {key!r} among the models.", True


def _unreachable(case: CaseModel) -> Iterator[Found]:
    """Plan items that no stage, planning table or plan model ever creates."""
    reached: set[str] = set()
    todo = [case.plan.id]
    while todo:
        name = todo.pop()
        if name not in reached and name in case.nodes:
            reached.add(name)
            node = case.nodes[name]
            todo.extend((*node.children, *(offer.node for offer in node.table)))
    for node in case.nodes.values():
        if node.id not in reached:
            yield node, "No stage that can begin ever creates this item.", False


def _reopened_twice(case: CaseModel) -> Iterator[Found]:
    """One listener opens a case again; a condition tells ways of doing so apart. (Flowable)"""
    listeners = [node for node in case.nodes.values() if node.listens == "reactivate"]
    for node in listeners[1:]:
        yield node, f"{listeners[0].id} reactivates the case already; only one listener can.", True


def _never_begun(case: CaseModel) -> Iterator[Found]:
    """Items that wait for one another, so that none of them ever begins."""
    begun = _ever_begun(case)
    for name, node in case.nodes.items():
        if name in begun:
            continue
        parts = [part for entry in node.entry for part in entry.sentry.on_parts]
        if all(not _never(case, part)[0] and part.source != name for part in parts):
            yield node, "It can never begin: it waits for what waits for it.", False


def _ever_begun(case: CaseModel) -> set[str]:
    """The items that may begin, each looked at once for every item that it waits for."""
    todo = [name for name, node in case.nodes.items() if not node.entry]
    waiting: dict[str, list[tuple[str, set[str]]]] = {}
    for name, node in case.nodes.items():
        for entry in node.entry:
            missing = _awaited(entry.sentry)
            for source in missing:
                waiting.setdefault(source, []).append((name, missing))
            if not missing:
                todo.append(name)
    begun: set[str] = set()
    while todo:
        source = todo.pop()
        for name, missing in () if source in begun else waiting.get(source, ()):
            missing.discard(source)
            if not missing:
                todo.append(name)
        begun.add(source)
    return begun


def _awaited(sentry: Sentry) -> set[str]:
    """The items that have to begin before the on-parts of a sentry can all occur."""
    parts = (part for part in sentry.on_parts if not part.case_file and part.event not in _WITHOUT_BEGINNING)
    return {part.source for part in parts}
