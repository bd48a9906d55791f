"""Which rows does a step open and close?

Pure: folds the events of one step into their net effect. What was opened and closed in the same step is written once,
in its final state, so that each table is written by one statement however long the step was.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from orchestration.engine import events as e

ENDED_EARLY = ("terminated", "closed")
"""States of a case that was ended while tasks of it may have been suspended."""


@dataclass(slots=True)
class OpenedTask:
    event: e.TaskOpened
    state: str = "open"


@dataclass(slots=True)
class OpenedJob:
    event: e.JobRequested
    state: str = "waiting"


@dataclass(slots=True)
class OpenedIncident:
    event: e.IncidentRaised
    resolution: str | None = None


@dataclass(slots=True)
class Effects:
    """By the engine's number of each task (its item), job, timer, subscription and incident.

    `goes_on`: something that was suspended does, and its tasks with it. `left_suspended`: items that were ended while
    they were suspended; no event closes their tasks once more.
    """

    tasks: dict[int, OpenedTask] = field(default_factory=dict)
    tasks_closed: dict[int, str] = field(default_factory=dict)
    jobs: dict[int, OpenedJob] = field(default_factory=dict)
    jobs_closed: dict[int, str] = field(default_factory=dict)
    jobs_failed: dict[int, e.JobFailed] = field(default_factory=dict)
    timers: dict[int, e.TimerScheduled] = field(default_factory=dict)
    timers_gone: list[int] = field(default_factory=list)
    subscriptions: dict[int, e.SubscriptionOpened] = field(default_factory=dict)
    subscriptions_gone: list[int] = field(default_factory=list)
    incidents: dict[int, OpenedIncident] = field(default_factory=dict)
    incidents_resolved: dict[int, str] = field(default_factory=dict)
    thrown: list[e.MessageThrown | e.SignalThrown] = field(default_factory=list)
    goes_on: bool = False
    left_suspended: list[int] = field(default_factory=list)
    ended: str | None = None

    @property
    def ends_suspended(self) -> bool:
        """Whether the step may have ended tasks that were suspended."""
        return bool(self.left_suspended) or self.ended in ENDED_EARLY

    def nudges(self) -> list[int]:
        """The jobs that a worker should look at now."""
        return [number for number, job in self.jobs.items() if job.state == "waiting"]


TASK_STATES = {"completed": "completed", "suspended": "suspended"}
MOVED = (e.ItemChanged, e.InstanceChanged)
JOB_STATES = {"completed": "done", "failed": "incident", "handed": "handed"}


def effects(events: Iterable[e.Event]) -> Effects:
    """The net effect of one step's events."""
    found = Effects()
    for event in events:
        _fold(found, event)
        if isinstance(event, MOVED) and event.source == "suspended":
            _leave_suspension(found, event)
    return found


def _leave_suspension(found: Effects, event: e.ItemChanged | e.InstanceChanged) -> None:
    if event.target not in ENDED_EARLY:
        found.goes_on = True
    elif isinstance(event, e.ItemChanged):
        found.left_suspended.append(event.item)


def _fold(found: Effects, event: e.Event) -> None:
    match event:
        case e.TaskOpened():
            found.tasks[event.item] = OpenedTask(event)
            found.tasks_closed.pop(event.item, None)
        case e.TaskClosed():
            state = TASK_STATES.get(event.how, "terminated")
            _close(found.tasks, found.tasks_closed, event.item, state)
        case e.JobRequested():
            found.jobs[event.job] = OpenedJob(event)
        case e.JobClosed():
            _close(found.jobs, found.jobs_closed, event.job, JOB_STATES.get(event.how, "cancelled"))
        case e.JobFailed():
            found.jobs_failed[event.job] = event
        case e.TimerScheduled():
            found.timers[event.timer] = event
        case e.TimerCancelled() | e.TimerFired():
            _gone(found.timers, found.timers_gone, event.timer)
        case e.SubscriptionOpened():
            found.subscriptions[event.subscription] = event
        case e.SubscriptionClosed():
            _gone(found.subscriptions, found.subscriptions_gone, event.subscription)
        case e.IncidentRaised():
            found.incidents[event.incident] = OpenedIncident(event)
        case e.IncidentResolved():
            if event.incident in found.incidents:
                found.incidents[event.incident].resolution = event.how
            else:
                found.incidents_resolved[event.incident] = event.how
        case e.MessageThrown(delivered=None) | e.SignalThrown(reach="global"):
            found.thrown.append(event)
        case e.InstanceEnded(parent=None):
            found.ended = event.state
        case e.InstanceChanged(instance=1, transition="reactivate"):
            found.ended = None
        case _:
            pass


def _close(opened: dict[int, Any], closed: dict[int, str], number: int, state: str) -> None:
    if number in opened:
        opened[number].state = state
    else:
        closed[number] = state


def _gone(opened: dict[int, Any], gone: list[int], number: int) -> None:
    if opened.pop(number, None) is None:
        gone.append(number)


def moment(text: str | None, otherwise: datetime) -> datetime:
    """An event's ISO time as an aware datetime."""
    return otherwise if text is None else datetime.fromisoformat(text)
