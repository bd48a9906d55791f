"""How does an event change the state?

`apply` is the only place where a state changes, and it decides nothing: an event carries all that is needed. `replay`
of a root case's events therefore gives exactly the state that was stored. Events without an entry here are facts for
the history.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from orchestration.engine import events as e
from orchestration.engine.state import ENDED, Instance, Item, State, Wait
from orchestration.engine.variables import Variables


def apply(state: State, event: e.Event) -> State:
    """Change `state`, a working copy, by one event, and return it."""
    change = _CHANGES.get(type(event))
    if change is not None:
        change(state, event)
    return state


def replay(events: Iterable[e.Event], state: State | None = None) -> State:
    """The state after these events, from the empty state or from a given one (which is not changed)."""
    result = State() if state is None else state.working()
    for event in events:
        apply(result, event)
    return result


def _number(state: State, used: int) -> None:
    if used >= state.next_id:
        state.next_id = used + 1


def _instance_started(state: State, event: e.InstanceStarted) -> None:
    _number(state, event.instance)
    state.instances[event.instance] = Instance(
        event.instance, event.kind, event.key, event.parent, "active", Variables(event.variables)
    )
    state.owned.add(event.instance)
    if event.parent is None:
        state.data_changed = True
    elif event.parent in state.items:
        state.own_item(event.parent).called.add(event.instance)


def _instance_changed(state: State, event: e.InstanceChanged) -> None:
    state.own_instance(event.instance).state = event.target


def _instance_ended(state: State, event: e.InstanceEnded) -> None:
    if event.parent is None:
        state.own_instance(event.instance).state = event.state
    else:
        state.instances.pop(event.instance)
        if event.parent in state.items:
            state.own_item(event.parent).called.discard(event.instance)


def _item_opened(state: State, event: e.ItemOpened) -> None:
    _number(state, event.item)
    state.items[event.item] = Item(
        event.item,
        event.instance,
        event.parent,
        event.node,
        event.state,
        None if event.local is None else dict(event.local),
        dict(event.facts or {}),
    )
    state.owned.add(event.item)
    _holder(state, event.instance, event.parent).children.add(event.item)


def _item_changed(state: State, event: e.ItemChanged) -> None:
    if event.target in ENDED:
        gone = state.items[event.item]
        state.items.pop(event.item)
        _holder(state, gone.instance, gone.parent).children.discard(event.item)
        for wait in gone.waits:
            state.waits.pop(wait)
    else:
        state.own_item(event.item).state = event.target


def _fact_set(state: State, event: e.FactSet) -> None:
    facts = _holder(state, event.instance, event.item).facts
    if event.value is None:
        facts.pop(event.fact, None)
    else:
        facts[event.fact] = event.value


def _variables_changed(state: State, event: e.VariablesChanged) -> None:
    if event.item is not None:
        item = state.own_item(event.item)
        item.local = {**(item.local or {}), **event.changes}
        for name in event.removed:
            item.local.pop(name, None)
        return
    instance = state.own_instance(event.instance)
    instance.variables = instance.variables.written(event.changes, event.removed)
    if instance.parent is None:
        state.data_changed = True


def _task_opened(state: State, event: e.TaskOpened) -> None:
    facts = None if event.in_place_of is None else {"in_place_of": event.in_place_of}
    _wait(state, Wait(event.item, event.instance, event.item, "task", facts=facts))


def _task_closed(state: State, event: e.TaskClosed) -> None:
    _unwait(state, event.item)


def _job_requested(state: State, event: e.JobRequested) -> None:
    _wait(state, Wait(event.job, event.instance, event.item, "job", event.capability))


def _job_closed(state: State, event: e.JobClosed) -> None:
    _unwait(state, event.job)


def _timer_scheduled(state: State, event: e.TimerScheduled) -> None:
    _wait(
        state,
        Wait(event.timer, event.instance, event.item, "timer", event.node, event.node, event.due, event.facts),
    )


def _timer_gone(state: State, event: e.TimerCancelled | e.TimerFired) -> None:
    _unwait(state, event.timer)


def _subscription_opened(state: State, event: e.SubscriptionOpened) -> None:
    _wait(
        state,
        Wait(event.subscription, event.instance, event.item, event.kind, event.name, event.node, event.correlation),
    )


def _subscription_closed(state: State, event: e.SubscriptionClosed) -> None:
    _unwait(state, event.subscription)


def _incident_raised(state: State, event: e.IncidentRaised) -> None:
    facts = None if event.job is None else {"job": event.job}
    _wait(state, Wait(event.incident, event.instance, event.item, "incident", event.code, facts=facts))


def _incident_resolved(state: State, event: e.IncidentResolved) -> None:
    _unwait(state, event.incident)


def _wait(state: State, wait: Wait) -> None:
    _number(state, wait.id)
    state.waits[wait.id] = wait
    _holder(state, wait.instance, wait.item).waits.add(wait.id)


def _unwait(state: State, wait: int) -> None:
    gone = state.waits.pop(wait)
    if gone is not None:
        _holder(state, gone.instance, gone.item).waits.discard(wait)


def _holder(state: State, instance: int, item: int | None) -> Item | Instance:
    return state.own_instance(instance) if item is None else state.own_item(item)


_CHANGES: dict[type, Callable[[State, Any], None]] = {
    e.InstanceStarted: _instance_started,
    e.InstanceChanged: _instance_changed,
    e.InstanceEnded: _instance_ended,
    e.ItemOpened: _item_opened,
    e.ItemChanged: _item_changed,
    e.FactSet: _fact_set,
    e.VariablesChanged: _variables_changed,
    e.TaskOpened: _task_opened,
    e.TaskClosed: _task_closed,
    e.JobRequested: _job_requested,
    e.JobClosed: _job_closed,
    e.TimerScheduled: _timer_scheduled,
    e.TimerCancelled: _timer_gone,
    e.TimerFired: _timer_gone,
    e.SubscriptionOpened: _subscription_opened,
    e.SubscriptionClosed: _subscription_closed,
    e.IncidentRaised: _incident_raised,
    e.IncidentResolved: _incident_resolved,
}
