"""What has happened in a case?

An event is a fact in the past tense and carries everything that `apply` needs; all fields are JSON-able, times are ISO
texts in UTC. Replaying a root case's events gives its state. The shell turns some of them into rows (tasks, jobs,
timers, subscriptions, outbox); the history reads all of them in plain words, which is why the names of elements are in.

Common fields: `instance` the case or process (its id), `item` the plan item or activity in it, `node` the id of the
plan item or flow node in the model, `definition` the id of its definition (BPMN: as `node`), `name` for people.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Json = Any


@dataclass(frozen=True, slots=True)
class InstanceStarted:
    """`kind` "case" or "process"; `parent` the item that called it, None for the root."""

    instance: int
    kind: str
    key: str
    name: str
    parent: int | None
    variables: dict[str, Json]


@dataclass(frozen=True, slots=True)
class InstanceChanged:
    """An instance was suspended, resumed, or (root) reactivated. States as in CMMN 8.4.1."""

    instance: int
    transition: str
    source: str
    target: str


@dataclass(frozen=True, slots=True)
class InstanceEnded:
    """`state` completed, terminated or failed. A called instance leaves the state; the root stays, with its data."""

    instance: int
    key: str
    state: str
    parent: int | None


@dataclass(frozen=True, slots=True)
class ItemOpened:
    """A plan item or activity came into being, in its first state. `parent`: the stage or scope item around it."""

    instance: int
    item: int
    parent: int | None
    node: str
    definition: str
    name: str
    type: str
    state: str
    local: dict[str, Json] | None = None
    facts: dict[str, Json] | None = None


@dataclass(frozen=True, slots=True)
class ItemChanged:
    """A transition by the life-cycle table. Into completed, terminated or closed: the item leaves the state."""

    instance: int
    item: int
    transition: str
    source: str
    target: str
    definition: str
    name: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ElementPassed:
    """The flow went through an element that waits for nothing (gateway, start, throw). A fact for the history."""

    instance: int
    node: str
    name: str
    type: str
    taken: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FactSet:
    """A behaviour notes a small fact on an item (None: on the instance): an on-part seen, a token at a join, a counter.

    `value` None forgets it.
    """

    instance: int
    item: int | None
    fact: str
    value: Json


@dataclass(frozen=True, slots=True)
class VariablesChanged:
    """`changes` were written and `removed` were deleted, in the instance, or local to `item`."""

    instance: int
    item: int | None
    changes: dict[str, Json]
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseFileChanged:
    """A case file item made a transition of CMMN 8.3; its content came with the `VariablesChanged` before it."""

    instance: int
    name: str
    transition: str
    definition: str


@dataclass(frozen=True, slots=True)
class TaskOpened:
    """A person is wanted. The task is named by its item. `in_place_of`: the machine whose work it is ("job")."""

    instance: int
    item: int
    name: str
    definition: str
    form: str | None = None
    assignee: str | None = None
    candidate_groups: tuple[str, ...] = ()
    due: str | None = None
    priority: int | None = None
    candidate_users: tuple[str, ...] = ()
    in_place_of: str | None = None


@dataclass(frozen=True, slots=True)
class TaskClosed:
    """`how` completed, terminated, suspended, failed."""

    instance: int
    item: int
    how: str


@dataclass(frozen=True, slots=True)
class JobRequested:
    """A machine actor with this capability is wanted, with this input."""

    instance: int
    item: int
    job: int
    capability: str
    input: dict[str, Json]
    retries: int
    definition: str
    name: str


@dataclass(frozen=True, slots=True)
class JobFailed:
    """An attempt failed. With `retry` the job is still open."""

    instance: int
    item: int
    job: int
    error: str
    retry: bool
    code: str | None = None


@dataclass(frozen=True, slots=True)
class JobClosed:
    """`how` completed, failed, terminated, handed (to a person). `key`: that of the attempt that answered."""

    instance: int
    item: int
    job: int
    how: str
    result: Json = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class TimerScheduled:
    """`facts` belong to the behaviour: what is left of a cycle, for instance."""

    instance: int
    item: int | None
    timer: int
    due: str
    node: str
    facts: dict[str, Json] | None = None


@dataclass(frozen=True, slots=True)
class TimerCancelled:
    instance: int
    item: int | None
    timer: int


@dataclass(frozen=True, slots=True)
class TimerFired:
    instance: int
    item: int | None
    timer: int


@dataclass(frozen=True, slots=True)
class SubscriptionOpened:
    """`kind` message, signal, conditional, ...; `node` the element that waits; `correlation` the key or None."""

    instance: int
    item: int | None
    subscription: int
    kind: str
    name: str
    node: str
    correlation: str | None = None


@dataclass(frozen=True, slots=True)
class SubscriptionClosed:
    instance: int
    item: int | None
    subscription: int
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class MessageThrown:
    """`delivered`: the subscription inside this root that took it; None: the shell looks for one in other roots.

    `thread` and `hops`: the chain of messages between cases that led to it (`chain`).
    """

    instance: int
    item: int | None
    name: str
    variables: dict[str, Json]
    correlation: str | None = None
    delivered: int | None = None
    thread: int | None = None
    hops: int = 0


@dataclass(frozen=True, slots=True)
class SignalThrown:
    """Everything inside this root that waited has it already; the shell brings it to the other roots.

    `reach` "instance": for this root only, nothing to deliver.
    """

    instance: int
    item: int | None
    name: str
    variables: dict[str, Json]
    reach: str = "global"
    thread: int | None = None
    hops: int = 0


@dataclass(frozen=True, slots=True)
class SignalReceived:
    """A signal or message from outside reached this subscription. A fact for the history."""

    instance: int
    item: int | None
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class DecisionEvaluated:
    """`hits` the rules that fired (ids or numbers), `problems` sentences about what came out null and why."""

    instance: int
    item: int | None
    decision: str
    inputs: dict[str, Json]
    hits: tuple[Json, ...]
    output: Json
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DecisionTightened:
    """The part of the organisation to which the case belongs asks for more than a decision gave (`approval_chains`).

    `rules`: what it asks for beside, an object each; `output`: what goes on into the case. A fact for the history.
    """

    instance: int
    item: int | None
    decision: str
    rules: tuple[Json, ...]
    output: Json


@dataclass(frozen=True, slots=True)
class IncidentRaised:
    """A person is needed: a job failed for good, or the model cannot go on. `item` None: the command as a whole."""

    instance: int
    item: int | None
    incident: int
    code: str
    message: str
    job: int | None = None


@dataclass(frozen=True, slots=True)
class IncidentResolved:
    instance: int
    item: int | None
    incident: int
    how: str


@dataclass(frozen=True, slots=True)
class MilestoneReached:
    instance: int
    item: int
    definition: str
    name: str


@dataclass(frozen=True, slots=True)
class ItemPlanned:
    """A discretionary item was planned; the `ItemOpened` that follows is its instance. (CMMN 8.7)"""

    instance: int
    parent: int | None
    node: str
    definition: str
    name: str
    roles: tuple[str, ...] | None = field(default=None)


@dataclass(frozen=True, slots=True)
class PlanRefused:
    """What a machine's answer wanted to add to the plan was not added. `item`: the task that it answered.

    `definition` is what it named, `name` what people call that, where there is such a thing. A fact for the history.
    """

    instance: int
    item: int
    definition: str
    name: str
    reason: str


Event = (
    InstanceStarted
    | InstanceChanged
    | InstanceEnded
    | ItemOpened
    | ItemChanged
    | ElementPassed
    | FactSet
    | VariablesChanged
    | CaseFileChanged
    | TaskOpened
    | TaskClosed
    | JobRequested
    | JobFailed
    | JobClosed
    | TimerScheduled
    | TimerCancelled
    | TimerFired
    | SubscriptionOpened
    | SubscriptionClosed
    | MessageThrown
    | SignalThrown
    | SignalReceived
    | DecisionEvaluated
    | DecisionTightened
    | IncidentRaised
    | IncidentResolved
    | MilestoneReached
    | ItemPlanned
    | PlanRefused
)
