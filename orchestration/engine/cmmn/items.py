"""How does a plan item come to life, and how does it end?

The transitions of stages, tasks, milestones and listeners (8.4), each with what follows from it: children are created
and ended with their stage, work begins and is called off, a repetition follows.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from orchestration.engine import events as e
from orchestration.engine.cmmn import (
    aggregation,
    completion,
    listeners,
    planning,
    reactivation,
    repetition,
    stage_reach,
    tasks,
)
from orchestration.engine.cmmn.case_run import CaseRun
from orchestration.engine.cmmn.model import Criterion, Node, Repetition
from orchestration.engine.state import Item
from orchestration.engine.step import ModelFault

Json = Any


def open_children(run: CaseRun, node: Node, parent: int | None, but: frozenset[str] = frozenset()) -> None:
    """A stage (None: the case) became active: its plan items are created, then each is taken up. (8.7)

    In a case that was reactivated, Flowable's reactivation rules may leave items out or activate them at once.
    """
    opened = []
    for child in _without_fragments(run, node):
        kind = reactivation.kind(run, child, parent)
        if child.id not in but and kind != "ignore":
            opened.append((create(run, child, parent), kind))
    for item, kind in opened:
        run.step.plan(activate_now if kind == "activate" else take_up, run, item.id)


def plan(run: CaseRun, offer: planning.Offer, roles: tuple[str, ...] | None) -> None:
    """Somebody with these roles takes up an offer: what was planned becomes an ordinary item of the stage. (8.7)"""
    run.step.emit(planning.planned(run, offer, roles))
    if offer.node.type == "planFragment":
        open_children(run, offer.node, offer.stage)
    else:
        run.step.plan(take_up, run, create(run, offer.node, offer.stage).id)


def _without_fragments(run: CaseRun, node: Node) -> Iterator[Node]:
    """The plan items of a stage; a plan fragment is none itself, its items stand in the stage. (5.4.4)"""
    for child in (run.model.nodes[name] for name in node.children):
        if child.type == "planFragment":
            yield from _without_fragments(run, child)
        else:
            yield child


def activate_now(run: CaseRun, number: int) -> None:
    """Active whatever it would wait for; a repetition rule is heeded as when a criterion lets it in."""
    item = run.item(number)
    if item is not None and item.state == "available" and not enter(run, item, None):
        activate(run, item)


def create(run: CaseRun, node: Node, parent: int | None, local: dict[str, Json] | None = None) -> Item:
    """A listener with an available condition waits for that first, one for reactivation until the case has ended."""
    hidden = node.available is not None or node.listens == "reactivate"
    state = "unavailable" if hidden else "available"
    item = run.open_item(node, parent, local, state)
    completion.require(run, item)
    return item


def take_up(run: CaseRun, number: int) -> None:
    """An item was created: what waits for nothing goes on."""
    item = run.item(number)
    if item is None or item.state not in ("available", "unavailable"):
        return
    node = run.node(item)
    if node.is_listener:
        if item.state == "unavailable":
            run.recheck[number] = None
        else:
            listeners.listen(run, item)
    elif node.entry or (node.repetition is not None and node.repetition.collection is not None):
        run.recheck[number] = None
        run.step.touch(run.instance)
    else:
        activate(run, item)


def enter(run: CaseRun, item: Item, criterion: Criterion | None) -> bool:
    """An entry criterion holds (None: there is none): see to repetition, then activate. (8.5, 8.6.4)

    False: a repetition rule that gates the entry does not let it in now, or it is a listener, which nothing lets in.
    """
    node = run.node(item)
    if node.is_listener:
        return False
    reason = "" if criterion is None else criterion.id
    if node.repetition is not None and node.repetition.collection is not None:
        spread(run, item, node, node.repetition)
        return True
    if node.repetition is not None and node.entry:
        again = repetition.is_due(run, item)
        if repetition.is_refused(run, item) or (node.repetition.gates_entry and not again):
            return False
        if again and (repetition.is_triggered(node) or run.model.flowable):
            wait_again(run, node, item.parent, repetition.number(item, node) + 1)
    _forget(run, item, node)
    activate(run, run.step.state.items[item.id], reason)
    return True


def wait_again(run: CaseRun, node: Node, parent: int | None, number: int) -> None:
    """The instance for the next repetition, which waits for an entry criterion."""
    item = create(run, node, parent, repetition.counted(node, number))
    run.note(item.id, repetition.WAITS, True)
    run.recheck[item.id] = None


def come_again(run: CaseRun, node: Node, parent: int | None, number: int) -> None:
    """The next repetition of an item without entry criteria."""
    if run.is_active(parent):
        take_up(run, create(run, node, parent, repetition.counted(node, number)).id)


def spread(run: CaseRun, item: Item, node: Node, rule: Repetition) -> None:
    """One instance for each element of the collection; the item itself waits for the next event, or is done."""
    triggered = repetition.is_triggered(node)
    elements = run.value(rule.collection, item.id)
    if elements is None and not triggered:
        return
    if elements is not None and not isinstance(elements, list):
        raise ModelFault(f"{run.name(item)} repeats over something that is no list.", item.id)
    _forget(run, item, node)
    for index, value in enumerate(elements or ()):
        activate(run, create(run, node, item.parent, repetition.element(rule, value, index)))
    if triggered:
        run.note(item.id, repetition.WAITS, True)
    else:
        end(run, run.step.state.items[item.id], "terminate", target="terminated")


def look_for_room(run: CaseRun, node: Node) -> None:
    """An instance ended that counted towards a limit: those that wait may come in."""
    for item in run.open(node.id):
        if item.state == "available":
            run.recheck[item.id] = None


def _forget(run: CaseRun, item: Item, node: Node) -> None:
    for criterion in node.entry:
        run.note(item.id, f"on:{criterion.id}", None)
        run.momentary.pop((item.id, criterion.id), None)


def activate(run: CaseRun, item: Item, reason: str = "") -> None:
    """available -> active, or enabled when it is to be started by hand; a milestone occurs. (8.4.2, 8.4.3)"""
    node = run.node(item)
    if node.type == "milestone":
        reach(run, item, reason)
    elif run.holds(node.manual, item):
        run.change(item, "enable", reason=reason)
        completion.require(run, run.step.state.items[item.id])
    else:
        start(run, item, "start", reason)


def start(run: CaseRun, item: Item, transition: str, reason: str = "") -> None:
    """Into active, and the work begins."""
    run.change(item, transition, reason=reason)
    node = run.node(item)
    if node.exit:
        run.recheck[item.id] = None
    begin(run, run.step.state.items[item.id])


def begin(run: CaseRun, item: Item) -> None:
    node = run.node(item)
    if node.type == "stage":
        open_children(run, node, item.id)
    elif tasks.begin(run, item, node):
        complete(run, run.step.state.items[item.id])


def reach(run: CaseRun, item: Item, reason: str = "") -> None:
    """A milestone occurs."""
    node = run.node(item)
    run.step.emit(e.MilestoneReached(run.instance, item.id, node.definition, run.title(node, item.id)))
    variable = run.value(node.milestone_variable, item.id)
    if variable:
        run.step.set_variables(run.instance, {str(variable): True})
    finish(run, run.step.state.items[item.id], "occur", reason)


def complete(run: CaseRun, item: Item) -> None:
    """active -> completed."""
    finish(run, item, "complete")


def finish(run: CaseRun, item: Item, transition: str, reason: str = "", target: str | None = None) -> None:
    """The item ends of itself or by hand; what repeats without an entry criterion comes again. (8.6.4)"""
    node, parent = run.node(item), item.parent
    again = repetition.follows(run, item)
    limited = node.repetition is not None and node.repetition.limit is not None
    end(run, item, transition, reason, target)
    if run.is_active(parent):
        if again is not None:
            run.step.plan(come_again, run, node, parent, again)
        elif limited:
            look_for_room(run, node)
        if again is None:
            aggregation.publish(run, node, parent)


def end(run: CaseRun, item: Item, transition: str, reason: str = "", target: str | None = None) -> None:
    """Into completed or terminated, with everything inside and everything that it waits for."""
    if target is None:
        run.must(item, transition)
    after = target or run.after(item, transition) or "terminated"
    if after != "completed":
        aggregation.drop(run, item)
    end_children(run, item.id, after == "completed")
    if after != "completed" or tasks.is_blocking(run, item, run.node(item)):
        run.step.terminate_called(item.id)
    run.step.cancel_waits(item.id, after)
    if after == "completed":
        completion.remember(run, item)
        aggregation.keep(run, item)
    run.change(run.step.state.items[item.id], transition, target, reason)


def end_children(run: CaseRun, parent: int | None, completed: bool = False) -> None:
    """The children of a stage (None: of the case) leave with it. (table 8.9; table 8.11, *parentTerminate*)"""
    for child in run.children(parent):
        node = run.node(child)
        page = completed and node.page and child.state == "active"
        end(run, child, "complete" if page else "parentTerminate" if node.occurs else "exit")


def exit_by(run: CaseRun, item: Item, criterion: Criterion) -> None:
    """An exit criterion holds. Flowable's exit types spare instances that have not begun; stages may complete by it."""
    node = run.node(item)
    if run.after(item, "exit") is None or _is_spared(run, item, criterion):
        return
    if node.is_stage and criterion.exit_event in ("complete", "forceComplete"):
        if criterion.exit_event == "complete" and not completion.look(run, item.id).completable:
            raise run.step.cannot(f"{run.name(item)} cannot complete yet, but an exit criterion asks it to.", item.id)
        finish(run, item, "complete", criterion.id, target="completed")
    elif criterion.exit_type != "default" and item.state != "available":
        finish(run, item, "exit", criterion.id)
    else:
        again = repetition.outlives_exit(run, item)
        end(run, item, "exit", criterion.id)
        if again is not None:
            wait_again(run, node, item.parent, again)


def _is_spared(run: CaseRun, item: Item, criterion: Criterion) -> bool:
    if not repetition.may_leave(run, item):
        return True
    spared = {"activeInstances": ("available", "enabled"), "activeAndEnabledInstances": ("available",)}
    return not run.node(item).is_stage and item.state in spared.get(criterion.exit_type, ())


def exit_case(run: CaseRun, criterion: Criterion) -> None:
    """An exit criterion of the case plan model holds. (table 8.6, *terminate*)"""
    if criterion.exit_event == "complete" and not completion.look(run, None).completable:
        raise run.step.cannot("The case cannot complete yet, but an exit criterion asks it to.")
    completed = criterion.exit_event in ("complete", "forceComplete")
    end_case(run, "completed" if completed else "terminated")


def end_case(run: CaseRun, state: str) -> None:
    """Everything inside ends, then the case."""
    end_children(run, None, state == "completed")
    run.set_by(run.model.moved, None, "active", state)
    run.let_go()
    run.step.end_instance(run.instance, state)


def reach_into(run: CaseRun, node: Node) -> Item | None:
    """Begin the stages around an item for an event from outside; the item, or None when a stage cannot begin.

    In Flowable's models what is not there (any more) is created.
    """
    parent: int | None = None
    for holder in stage_reach.around(run, node):
        stage = stage_reach.ready(run, holder) or _made_anew(run, holder, parent)
        if stage is None:
            return None
        parent = stage.id
        if stage.state != "active":
            start(run, stage, "start" if stage.state == "available" else "manualStart")
    return next(iter(run.open(node.id)), None) or _made_anew(run, node, parent)


def _made_anew(run: CaseRun, node: Node, parent: int | None) -> Item | None:
    return create(run, node, parent) if run.model.flowable else None
