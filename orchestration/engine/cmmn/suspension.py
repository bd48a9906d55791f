"""How does an item stand still, and how does it go on? (8.4.2: suspend, resume, parentSuspend, parentResume, fault)

What stands still because something around it does, remembers its state and gets it back. People's tasks are closed and
opened again, jobs are called off and asked for again, timers keep the moment at which they are due. A failure stays
where it happened (table 8.8, *fault*).
"""

from __future__ import annotations

from orchestration.engine import commands as c
from orchestration.engine import events as e
from orchestration.engine.cmmn import listeners, tasks
from orchestration.engine.cmmn.case_run import CaseRun
from orchestration.engine.cmmn.lifecycle import CASE
from orchestration.engine.cmmn.sentries import PLAN
from orchestration.engine.state import Item


def suspend(run: CaseRun, item: Item, transition: str) -> None:
    """The item by hand, or with its parent; and everything inside it."""
    before = item.state
    _stop_work(run, item, "suspended")
    if transition == "parentSuspend":
        run.note(item.id, "before", before)
    run.change(run.step.state.items[item.id], transition)
    _suspend_children(run, item.id)
    _tell_called(run, item, c.Suspend)


def _suspend_children(run: CaseRun, parent: int | None) -> None:
    """A failed child stays failed (table 8.9, note 1), but what is inside it stands still too."""
    for child in run.children(parent):
        if run.after(child, "parentSuspend") is not None:
            suspend(run, child, "parentSuspend")
        elif child.state == "failed":
            _suspend_children(run, child.id)


def resume(run: CaseRun, item: Item, transition: str) -> None:
    """The item and everything that was stopped with it, each into the state that it had."""
    before = item.facts.get("before")
    run.note(item.id, "before", None)
    target = before if transition == "parentResume" else None
    run.change(run.step.state.items[item.id], transition, target)
    _take_up_work(run, run.step.state.items[item.id])
    _resume_children(run, item.id)
    _tell_called(run, item, c.Resume)


def _resume_children(run: CaseRun, parent: int | None) -> None:
    for child in run.children(parent):
        if child.state == "suspended" and "before" in child.facts:
            resume(run, child, "parentResume")
        elif child.state == "failed":
            _resume_children(run, child.id)


def suspend_case(run: CaseRun, transition: str) -> None:
    """Suspended or failed: everything inside stands still."""
    _change_case(run, transition)
    _suspend_children(run, None)


def resume_case(run: CaseRun, transition: str) -> None:
    """Resumed, or reactivated after a failure."""
    _change_case(run, transition)
    _resume_children(run, None)
    run.dirty.add(None)
    run.recheck[PLAN] = None
    run.step.touch(run.instance)


def _change_case(run: CaseRun, transition: str) -> None:
    state = run.step.state.instances[run.instance].state
    run.step.emit(e.InstanceChanged(run.instance, transition, state, CASE[transition, state]))


def fail(run: CaseRun, item: Item, reason: str) -> None:
    """active -> failed; children keep their state (table 8.9), what was called stands still."""
    _stop_work(run, item, "failed")
    run.change(run.step.state.items[item.id], "fault", reason=reason)
    _tell_called(run, item, c.Suspend)


def reactivate(run: CaseRun, item: Item) -> None:
    """failed -> active; the work begins again, unless the stage around it stands still (table 8.9, note 1)."""
    run.change(item, "reactivate")
    if run.is_suspended(item.parent):
        suspend(run, run.step.state.items[item.id], "parentSuspend")
        return
    _take_up_work(run, run.step.state.items[item.id])
    _look_inside(run, item)
    _tell_called(run, item, c.Resume)


def _look_inside(run: CaseRun, stage: Item) -> None:
    """What could not enter while the stage around it had failed may do so now."""
    run.recheck.update(dict.fromkeys(child.id for child in run.children(stage.id)))


def _stop_work(run: CaseRun, item: Item, how: str) -> None:
    timer = next(iter(run.step.state.waits_of(item.id, "timer")), None)
    if timer is not None:
        run.note(item.id, "timer", {"due": timer.key, **(timer.facts or {})})
    run.step.cancel_waits(item.id, how)


def _take_up_work(run: CaseRun, item: Item) -> None:
    node = run.node(item)
    timer = item.facts.get("timer")
    if timer is not None:
        run.note(item.id, "timer", None)
        listeners.run_timer(run, item, node, listeners.times(timer["due"], timer))
    elif node.listens in ("signal", "event") and item.state == "available":
        listeners.listen(run, item)
    elif item.state == "active" and not node.is_stage and not run.step.state.called_by(item.id):
        tasks.begin(run, item, node)
    run.recheck[item.id] = None


def _tell_called(run: CaseRun, item: Item, command: type[c.Suspend] | type[c.Resume]) -> None:
    """What the item called stands still and goes on with it."""
    wanted = "active" if command is c.Suspend else "suspended"
    for called in run.step.state.called_by(item.id):
        if called.state == wanted:
            run.step.behaviour(called.id).command(run.step, command(instance=called.id), called.id, None)
