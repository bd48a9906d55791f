"""What may a person do to a case by hand? (8.4, 8.7)

One function for each command that names an item or the case. Each asks the life cycle first and refuses with a
sentence; only then does anything happen.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from orchestration.engine import commands as c
from orchestration.engine import events as e
from orchestration.engine.cmmn import casefile, completion, items, planning, reactivation, suspension
from orchestration.engine.cmmn.case_run import CaseRun
from orchestration.engine.cmmn.lifecycle import CASE
from orchestration.engine.cmmn.model import TASKS
from orchestration.engine.state import Item
from orchestration.engine.step import CommandRejected


def complete(run: CaseRun, command: c.CompleteItem, item: Item | None) -> None:
    """A stage or the case when nothing in it is active or required any more (8.6.1); a task at any time."""
    if item is None:
        _case_may(run, "complete")
        if not completion.look(run, None).completable:
            raise CommandRejected("state", f"{run.model.name} has work that is active or required.")
        run.assign(None, command.variables)
        items.end_case(run, "completed")
        return
    run.must(item, "complete")
    if run.node(item).is_stage and not completion.look(run, item.id).completable:
        raise CommandRejected("state", f"{run.name(item)} has work that is active or required.")
    run.assign(item.id, command.variables)
    items.complete(run, run.step.state.items[item.id])


def trigger(run: CaseRun, command: c.Trigger, item: Item | None) -> None:
    """A task that waits for the outside goes on."""
    assert item is not None
    node = run.node(item)
    if node.type not in TASKS or run.step.state.waits_of(item.id, "task", "job"):
        raise CommandRejected("state", f"{run.name(item)} does not wait for a trigger.")
    run.must(item, "complete")
    run.assign(item.id, command.variables)
    items.complete(run, run.step.state.items[item.id])


def occur(run: CaseRun, command: c.OccurEvent, item: Item | None) -> None:
    """A user or generic event happens. (8.4.3)"""
    assert item is not None
    node = run.node(item)
    if not node.is_listener or node.type == "timerEventListener" or node.listens == "reactivate":
        raise CommandRejected("state", f"{run.name(item)} is no event that a person can raise.")
    if node.roles and command.roles is not None and node.roles.isdisjoint(command.roles):
        raise CommandRejected("role", f"{run.name(item)} is for {', '.join(sorted(node.roles))}.")
    run.must(item, "occur")
    run.assign(item.id, command.variables)
    items.finish(run, run.step.state.items[item.id], "occur")


def plan(run: CaseRun, command: c.PlanItem, item: Item | None) -> None:
    """Plan a discretionary item. (8.7)"""
    _case_may(run, "suspend")
    holder = None if item is None else item.id
    items.plan(run, planning.choose(run, command.definition, command.roles, holder), command.roles)


def start(run: CaseRun, command: c.StartItem, item: Item | None) -> None:
    assert item is not None
    run.must(item, "manualStart")
    items.start(run, item, "manualStart")


def enable(run: CaseRun, command: c.Enable, item: Item | None) -> None:
    assert item is not None
    run.change(item, "reenable")
    completion.require(run, run.step.state.items[item.id])


def disable(run: CaseRun, command: c.Disable, item: Item | None) -> None:
    assert item is not None
    run.change(item, "disable")


def suspend(run: CaseRun, command: c.Suspend, item: Item | None) -> None:
    if item is None:
        _case_may(run, "suspend")
        suspension.suspend_case(run, "suspend")
    else:
        run.must(item, "suspend")
        suspension.suspend(run, item, "suspend")


def resume(run: CaseRun, command: c.Resume, item: Item | None) -> None:
    if item is None:
        _case_may(run, "resume")
        suspension.resume_case(run, "resume")
        return
    run.must(item, "resume")
    if "before" in item.facts or not run.is_active(item.parent):
        raise CommandRejected("state", f"{run.name(item)} is suspended with what is around it; resume that.")
    suspension.resume(run, item, "resume")


def terminate(run: CaseRun, command: c.Terminate, item: Item | None) -> None:
    if item is None:
        _case_may(run, "terminate")
        items.end_case(run, "terminated")
    else:
        run.must(item, "terminate")
        items.finish(run, item, "terminate")


def fault(run: CaseRun, command: c.FaultItem, item: Item | None) -> None:
    """A task or a stage fails; what is inside is not touched (table 8.9). A case stands still, a called one is over."""
    if item is None and run.step.state.instances[run.instance].parent is not None:
        items.end_case(run, "failed")
        return
    if item is None:
        suspension.suspend_case(run, "fault")
        return
    run.must(item, "fault")
    suspension.fail(run, item, command.reason)


def reactivate_item(run: CaseRun, command: c.ReactivateItem, item: Item | None) -> None:
    assert item is not None
    run.must(item, "reactivate")
    suspension.reactivate(run, item)


def reactivate_case(run: CaseRun, command: c.ReactivateCase, item: Item | None) -> None:
    """Open an ended case again: the listener occurs, then the plan model begins anew. (table 8.6, *re-activate*)

    A case that has failed or was suspended goes on where it stood.
    """
    found = run.step.state.instances[run.instance]
    if found.state in ("failed", "suspended"):
        suspension.resume_case(run, "reactivate")
        run.step.set_variables(run.instance, command.variables)
        return
    target = CASE.get(("reactivate", found.state))
    listener = reactivation.listener_of(run)
    if target is None or (listener is None and run.model.flowable):
        raise CommandRejected("state", f"{run.model.name} is {found.state}, or its model has no reactivation listener.")
    run.step.emit(e.InstanceChanged(run.instance, "reactivate", found.state, target))
    run.note(None, reactivation.REACTIVATED, True)
    run.step.set_variables(run.instance, command.variables)
    if listener is not None:
        reactivation.must_be_open(run, listener)
    back = [] if listener is None else reactivation.woken_by(run, listener)
    for node in back:
        run.recheck[items.create(run, node, None).id] = None
    if listener is not None:
        items.finish(run, run.open_item(listener, None), "occur")
    items.open_children(run, run.model.plan, None, frozenset(node.id for node in (*back, listener) if node is not None))
    run.dirty.add(None)


def close_case(run: CaseRun, command: c.CloseCase, item: Item | None) -> None:
    state = run.step.state.instances[run.instance].state
    _case_may(run, "close")
    items.end_children(run, None)
    run.step.emit(e.InstanceChanged(run.instance, "close", state, "closed"))


def _case_may(run: CaseRun, transition: str) -> None:
    state = run.step.state.instances[run.instance].state
    if (transition, state) not in CASE:
        raise CommandRejected("suspended" if state == "suspended" else "state", f"{run.model.name} is {state}.")


def _while_active(handler: Callable[[CaseRun, Any, Item | None], None]) -> Callable[[CaseRun, Any, Item | None], None]:
    """Nothing moves in a case that is suspended."""

    def checked(run: CaseRun, command: Any, item: Item | None) -> None:
        if run.step.state.instances[run.instance].state == "suspended":
            raise CommandRejected("suspended", f"{run.model.name} is suspended.")
        handler(run, command, item)

    return checked


HANDLERS: Final[dict[type, Callable[[CaseRun, Any, Item | None], None]]] = {
    c.CompleteItem: _while_active(complete),
    c.Trigger: _while_active(trigger),
    c.OccurEvent: _while_active(occur),
    c.PlanItem: _while_active(plan),
    c.StartItem: _while_active(start),
    c.Enable: _while_active(enable),
    c.Disable: _while_active(disable),
    c.FaultItem: _while_active(fault),
    c.ReactivateItem: _while_active(reactivate_item),
    c.CaseFile: _while_active(casefile.change),
    c.Suspend: suspend,
    c.Resume: resume,
    c.Terminate: terminate,
    c.ReactivateCase: reactivate_case,
    c.CloseCase: close_case,
}
