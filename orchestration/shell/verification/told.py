"""Which rows should a case have, going by its history alone?

The fold of a case's events into the rows of every table that a step writes: what `row_changes` and `step_sql` made of
them, derived once more and compared afterwards. It holds what is open, and what has ended until that was compared, so
that a history of any length costs the memory of a short one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

import orjson

from audit.chain import GENESIS
from audit.reading import Row
from audit.sealed_values import read
from orchestration.engine import events as e
from orchestration.engine.apply import apply
from orchestration.engine.codec import decode_event
from orchestration.engine.state import ROOT, State
from orchestration.shell import haste
from orchestration.shell.row_changes import ENDED_EARLY, JOB_STATES, TASK_STATES, moment
from orchestration.shell.step_sql import NO_DUE_DATE, NORMAL_PRIORITY
from orchestration.shell.step_sql import _small as small
from orchestration.shell.step_sql import _text as storable
from orchestration.shell.verification.expected import ANY, Either, Listed, Offer, Rows

ENGINE: Final = "engine."
NUMBERED: Final = ("task", "job", "timer", "subscription", "incident")
"""Tables whose rows the engine numbers."""
ORDERED: Final = ("outbox", "call")
"""Tables whose rows stand in the order of what they tell of."""


@dataclass(slots=True)
class Told:
    """What the history of one case says, up to the event that was read last.

    `begun`, `stepped`, `last`: when the first event was, the engine's last one, and the last one. `erased`: events
    whose content an order has taken away. `partly_compared`: rows that ended were compared already, and are not held.
    `notes`: what other layers keep of what they listen to. `replaced`: digests of what an order has put in the place of
    contents, by the events that were read now. `version`: number of the version that the case follows. `step`: time and
    cause of the step of which events are being read.
    """

    instance: int
    sequence: int = 0
    digest: bytes = GENESIS
    state: State = field(default_factory=State)
    rows: dict[str, Rows] = field(default_factory=lambda: {name: Rows() for name in NUMBERED})
    lists: dict[str, Listed] = field(default_factory=lambda: {name: Listed() for name in ORDERED})
    offers: dict[int, Offer] = field(default_factory=dict)
    attempts: dict[int, int] = field(default_factory=dict)
    put_off: set[int] = field(default_factory=set)
    erased: set[int] = field(default_factory=set)
    definition: str = ""
    begun: datetime | None = None
    stepped: datetime | None = None
    last: datetime | None = None
    events: int = 0
    partly_compared: bool = False
    notes: dict[str, Any] = field(default_factory=dict)
    replaced: dict[int, str] = field(default_factory=dict)
    version: int = 0
    step: tuple[datetime, str] | None = None

    def read(self, row: Row) -> None:
        """Take one link in. Raises what reading a forged payload may raise (see `cases.BROKEN`)."""
        action, at, body = row[2], row[6], row[13]
        if self.step is not None and self.step != (at, row[5]):
            self.end_step()
        self.definition, self.last = row[7], at
        if self.events == 0:
            self.begun = at
        self.events += 1
        if body is None:
            return
        if action.startswith(ENGINE):
            event = decode_event(action[len(ENGINE) :], read(body))
            apply(self.state, event)
            self.stepped, self.step = at, (at, row[5])
            for fold in EVENTS.get(type(event), ()):
                fold(self, event, at)
        elif (heard := FACTS.get(action)) is not None:
            detail = read(body)
            for listen in heard:
                listen(self, detail, row)

    def end_step(self) -> None:
        """All events of a step were read: what came of it is looked at once, however many there were."""
        if self.step is not None:
            self.step = None
            for look in STEPS:
                look(self)

    def before(self, moment: datetime | None) -> bool:
        """Whether the case began before that."""
        return moment is not None and self.begun is not None and self.begun < moment

    def held(self) -> int:
        """How many ended rows are held."""
        ended = sum(len(rows.closed) for rows in self.rows.values())
        return ended + sum(len(listed.rows) for listed in self.lists.values())


Fold = Callable[[Told, Any, datetime], None]
Listen = Callable[[Told, Mapping[str, Any], Row], None]
EVENTS: dict[type, tuple[Fold, ...]] = {}
FACTS: dict[str, tuple[Listen, ...]] = {}
STEPS: list[Callable[[Told], None]] = []
"""What is made of each kind of event and fact, and of each step; casework adds what it keeps rows of."""


def on_event(fold: Fold, *kinds: type) -> None:
    for kind in kinds:
        EVENTS[kind] = (*EVENTS.get(kind, ()), fold)


def on_fact(listen: Listen, *actions: str) -> None:
    for action in actions:
        FACTS[action] = (*FACTS.get(action, ()), listen)


def on_step(look: Callable[[Told], None]) -> None:
    STEPS.append(look)


def canonical(value: Any) -> bytes:
    """JSON that is equal where the values are; to Python alone, true would equal 1."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


# --- tasks: definition, name, form, state, assignee, priority, due, created, ended, claimed, own priority
TASK_STATE, TASK_ASSIGNEE, TASK_PRIORITY, TASK_DUE, TASK_ENDED, TASK_CLAIMED, TASK_OWN = 3, 4, 5, 6, 8, 9, 10


def _task_opened(told: Told, event: e.TaskOpened, at: datetime) -> None:
    rows = told.rows["task"]
    row = rows.row(event.item)
    if row is None:
        assignee = Either((None, event.assignee)) if event.assignee else None
        row = [
            event.definition, storable(event.name, 300), storable(event.form or "", 100), "open", assignee,
            small(event.priority, NORMAL_PRIORITY), moment(event.due, NO_DUE_DATE), at, None, None, None,
        ]  # fmt: skip
    row[TASK_STATE], row[TASK_ENDED] = "open", None
    rows.closed.pop(event.item, None)
    rows.open[event.item] = row
    people = (*event.candidate_users, *([event.assignee] if event.assignee else ()))
    told.offers[event.item] = Offer(
        tuple(storable(group) for group in event.candidate_groups),
        tuple(dict.fromkeys(storable(name) for name in people)),
        bool(event.candidate_users),
    )


def _task_closed(told: Told, event: e.TaskClosed, at: datetime) -> None:
    rows = told.rows["task"]
    if event.how != "suspended":
        told.offers.pop(event.item, None)
    if (row := rows.row(event.item)) is None:
        return
    row[TASK_STATE], row[TASK_ENDED] = TASK_STATES.get(event.how, "terminated"), at
    if event.how != "suspended":  # it comes back under its number
        rows.close(event.item, row)


def _suspended_ended(told: Told, event: e.ItemChanged | e.InstanceEnded, at: datetime) -> None:
    """What was suspended and is ended with what is around it; rows of long ago stayed as they were."""
    if isinstance(event, e.ItemChanged):
        ended = [event.item] if event.source == "suspended" and event.target in ENDED_EARLY else []
    else:
        ended = list(told.rows["task"].open) if event.parent is None and event.state in ENDED_EARLY else []
    for item in ended:
        row = told.rows["task"].open.get(item)
        if row is not None and row[TASK_STATE] == "suspended":
            told.offers.pop(item, None)
            row[TASK_STATE], row[TASK_ENDED] = Either(("terminated", "suspended")), Either((row[TASK_ENDED], at))
            told.rows["task"].close(item, row)


def _task_taken(told: Told, detail: Mapping[str, Any], link: Row) -> None:
    if (row := told.rows["task"].open.get(detail["item"])) is not None:
        row[TASK_ASSIGNEE] = link[3].removeprefix("person:")
        row[TASK_CLAIMED:TASK_OWN] = [Either((None, link[6]))]  # none where it was not taken before it was done


def _task_given_back(told: Told, detail: Mapping[str, Any], link: Row) -> None:
    if (row := told.rows["task"].open.get(detail["item"])) is not None:
        row[TASK_ASSIGNEE] = None
        row[TASK_CLAIMED:TASK_OWN] = [None]


def _task_assigned(told: Told, detail: Mapping[str, Any], link: Row) -> None:
    """`offered`: that it was not offered to them before; `withdrawn`: what a gift gave that is undone."""
    item, to, taken = detail["item"], detail["to"], detail.get("withdrawn") or {}
    if (row := told.rows["task"].open.get(item)) is not None:
        row[TASK_ASSIGNEE] = to or None
        row[TASK_CLAIMED:TASK_OWN] = [None]
    if (offer := told.offers.get(item)) is not None:
        left = [name for name in offer.people if not taken.get("offer") or name != taken["from"]]
        told.offers[item] = replace(offer, people=(*left, to) if detail.get("offered") else tuple(left))


def _task_hurried(told: Told, detail: Mapping[str, Any], link: Row) -> None:
    if (row := told.rows["task"].open.get(detail["item"])) is not None:
        _rank(row, detail["priority"], detail.get("own"))


def _tasks_hastened(told: Told, detail: Mapping[str, Any], link: Row) -> None:
    """Open tasks follow their case; what the same step has suspended does when it goes on."""
    for row in told.rows["task"].open.values():
        if row[TASK_STATE] == "open" or row[TASK_ENDED] != link[6]:
            own = row[TASK_OWN] if len(row) > TASK_OWN else None
            _rank(row, *haste.followed(row[TASK_PRIORITY], own, urgent=detail["urgent"]))


def _rank(row: list[Any], priority: int, own: int | None) -> None:
    row[TASK_PRIORITY] = priority
    row.extend([ANY] * (TASK_OWN - len(row)))  # rows kept by an earlier version end before
    row[TASK_OWN:] = [own]


def _task_put_off(told: Told, detail: Mapping[str, Any], link: Row) -> None:
    if (row := told.rows["task"].open.get(detail["item"])) is not None:
        row[TASK_DUE] = moment(detail["due"], NO_DUE_DATE)


# --- jobs: item, definition, name, capability, input, state, most attempts, attempts, last error, created, ended
JOB_STATE, JOB_ATTEMPTS, JOB_ERROR, JOB_CREATED, JOB_ENDED = 5, 7, 8, 9, 10


def _job_requested(told: Told, event: e.JobRequested, at: datetime) -> None:
    told.rows["job"].open[event.job] = [
        event.item, event.definition, storable(event.name, 300), storable(event.capability, 200),
        canonical(event.input), "waiting", max(1, small(event.retries, 1)), Either((0, 1)), "", at, None,
    ]  # fmt: skip


def _job_failed(told: Told, event: e.JobFailed, at: datetime) -> None:
    row = told.rows["job"].row(event.job)
    if row is not None:  # what opens and fails in one step is written without its error; a step is known by its time
        error = storable(event.error)
        before = row[JOB_ERROR].choices if isinstance(row[JOB_ERROR], Either) else (row[JOB_ERROR],)
        row[JOB_ERROR] = error if row[JOB_CREATED] != at else Either((*before, error))


def _job_closed(told: Told, event: e.JobClosed, at: datetime) -> None:
    rows = told.rows["job"]
    if (row := rows.row(event.job)) is None:
        return
    row[JOB_STATE], row[JOB_ENDED] = JOB_STATES.get(event.how, "cancelled"), at
    rows.close(event.job, row)
    calls = told.lists["call"].rows
    if calls and event.how == "completed" and calls[-1][CALL_JOB] == event.job and calls[-1][CALL_AT] == at:
        calls[-1][CALL_OUTCOME], calls[-1][CALL_OUTPUT] = "done", canonical(event.result)


# --- timers: node, due
TIMER_DUE = 1


def _timer_scheduled(told: Told, event: e.TimerScheduled, at: datetime) -> None:
    told.rows["timer"].open[event.timer] = [event.node, moment(event.due, NO_DUE_DATE)]


def _timer_gone(told: Told, event: e.TimerCancelled | e.TimerFired, at: datetime) -> None:
    told.rows["timer"].open.pop(event.timer, None)


def _refused(told: Told, detail: Mapping[str, Any], link: Row) -> None:
    """A timer whose firing was refused is asked again later; an answer that came too late is kept in the ledger."""
    if detail.get("command") == "FireTimer" and "timer" in detail:
        told.put_off.add(detail["timer"])
    calls = told.lists["call"].rows
    if calls and calls[-1][CALL_AT] == link[6] and calls[-1][CALL_OUTPUT] != b"null":
        calls[-1][CALL_OUTCOME] = "refused"


# --- subscriptions: item, node, kind, name, correlation
def _subscribed(told: Told, event: e.SubscriptionOpened, at: datetime) -> None:
    told.rows["subscription"].open[event.subscription] = [
        event.item, event.node, event.kind, storable(event.name, 200), storable(event.correlation, 200),
    ]  # fmt: skip


def _unsubscribed(told: Told, event: e.SubscriptionClosed, at: datetime) -> None:
    told.rows["subscription"].open.pop(event.subscription, None)


# --- incidents: item, job, code, message, opened, resolved, resolution
INCIDENT_RESOLVED, INCIDENT_HOW = 5, 6


def _incident_raised(told: Told, event: e.IncidentRaised, at: datetime) -> None:
    told.rows["incident"].open[event.incident] = [
        event.item, event.job, event.code, storable(event.message), at, None, "",
    ]  # fmt: skip


def _incident_resolved(told: Told, event: e.IncidentResolved, at: datetime) -> None:
    rows = told.rows["incident"]
    if (row := rows.row(event.incident)) is not None:
        row[INCIDENT_RESOLVED], row[INCIDENT_HOW] = at, event.how
        rows.close(event.incident, row)


# --- the outbox: kind, name, correlation, variables, created, source (of what no case sent), thread, hops
def _thrown(told: Told, event: e.MessageThrown | e.SignalThrown, at: datetime) -> None:
    match event:
        case e.MessageThrown(delivered=None):
            row = ["message", storable(event.name, 200), storable(event.correlation, 200)]
        case e.SignalThrown(reach="global"):
            row = ["signal", storable(event.name, 200), None]
        case _:
            return
    told.lists["outbox"].rows.append([*row, canonical(event.variables), at, "", event.thread, event.hops])


# --- the ledger: job, attempt, actor, version, capability, latency, input, confidence, error, outcome, output, route,
# verdicts, mode, case type
NO_ANSWER, ANSWERED = ("failed", "contained"), ("done", "refused", "suggested", "contained")
CALL_JOB, CALL_OUTCOME, CALL_OUTPUT, CALL_AT = 0, 9, 10, 15


def _called(told: Told, detail: Mapping[str, Any], link: Row) -> None:
    failed = link[2] == "actor.failed"
    told.attempts[detail["job"]] = detail["attempt"]
    if (job := told.rows["job"].row(detail["job"])) is not None:
        job[JOB_ATTEMPTS] = Either((detail["attempt"], detail["attempt"] + 1))
    told.lists["call"].rows.append([
        detail["job"], detail["attempt"], detail["actor"], detail["version"], detail["capability"],
        detail["latency_ms"], detail["input"], detail.get("confidence"), detail.get("error", ""),
        Either(NO_ANSWER if failed else ANSWERED), b"null" if failed else ANY, canonical(detail.get("route")),
        canonical(detail.get("verdicts")), (detail.get("route") or {}).get("mode", ""),
        Either(("", link[7].rpartition(" v")[0])), link[6],
    ])  # fmt: skip


def _held(told: Told, detail: Mapping[str, Any], link: Row) -> None:
    """An attempt that was held back counts as none."""
    told.attempts[detail["job"]] = detail["attempt"] - 1
    if (job := told.rows["job"].row(detail["job"])) is not None:
        job[JOB_ATTEMPTS] = Either((detail["attempt"] - 1, detail["attempt"]))


def _erased(told: Told, detail: Mapping[str, Any], link: Row) -> None:
    told.erased.update(detail.get("sequences", ()), range(1, detail.get("upto", 0) + 1))


def _replaced(told: Told, detail: Mapping[str, Any], link: Row) -> None:
    told.replaced |= {int(number): digest for number, digest in detail["contents"].items()}


def root_state(told: Told) -> str | None:
    """How far the root is; None where the history does not say how it began."""
    root = told.state.instances.get(ROOT)
    return None if root is None else root.state


on_event(_task_opened, e.TaskOpened)
on_event(_task_closed, e.TaskClosed)
on_event(_suspended_ended, e.ItemChanged, e.InstanceEnded)
on_event(_job_requested, e.JobRequested)
on_event(_job_failed, e.JobFailed)
on_event(_job_closed, e.JobClosed)
on_event(_timer_scheduled, e.TimerScheduled)
on_event(_timer_gone, e.TimerCancelled, e.TimerFired)
on_event(_subscribed, e.SubscriptionOpened)
on_event(_unsubscribed, e.SubscriptionClosed)
on_event(_incident_raised, e.IncidentRaised)
on_event(_incident_resolved, e.IncidentResolved)
on_event(_thrown, e.MessageThrown, e.SignalThrown)
on_fact(_task_taken, "task.claimed")
on_fact(_task_given_back, "task.released")
on_fact(_task_assigned, "task.assigned")
on_fact(_task_hurried, "task.priority")
on_fact(_tasks_hastened, haste.TOLD)
on_fact(_task_put_off, "task.due")
on_fact(_called, "actor.called", "actor.failed")
on_fact(_held, "work.held")
on_fact(_refused, "command.refused")
on_fact(_erased, "content.erased")
on_fact(_replaced, "content.replaced")
