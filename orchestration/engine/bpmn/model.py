"""What is a process, once its XML has been read?

Immutable values in the words of BPMN 2.0 (OMG formal/2011-01-03, chapter 10). Everything that a step asks again and
again is worked out here once: flows in and out of a node, boundary events of an activity, where a scope begins, and for
each inclusive join from which nodes a token can still reach it. Nodes are found by id in `ProcessModel.nodes`, whatever
sub-process they stand in, since ids are unique in a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from orchestration.engine.dialect import Extensions, Heard, Script, Transfer
from orchestration.engine.expressions import Formula
from orchestration.engine.registry import Names


@dataclass(frozen=True, slots=True)
class Flow:
    """A sequence flow (8.3.13). `condition` None: always. `taken`: set as a token takes it (`execution_listeners`)."""

    id: str
    name: str
    source: str
    target: str
    condition: Formula | None = None
    taken: tuple[Script, ...] = ()
    line: int = 0


@dataclass(frozen=True, slots=True)
class EventDefinition:
    """What an event waits for or throws (10.4.5). `reach`: how far a terminate event goes: "", "loop", "all".

    `kind`: message, timer, signal, error, escalation, conditional, link, compensation, cancel, terminate; variable
    (Flowable), with the kinds of `change` that count: create, update, delete, or all.
    `name`: message or signal name, error or escalation code, link name; None catches any. `schedule`: a timer's date,
    duration or cycle (ISO 8601) with `clock` telling which. `activity`: what a compensation event compensates.
    `correlation`: the key by which a message finds its instance. `heard`: what a message of Flowable's event registry
    must have in it, and what is taken of it. `message`: what an error that is thrown says;
    `code_variable`, `message_variable`: where an event that catches keeps the code and what was said;
    `passing`: only until the step is over.
    """

    kind: str
    name: Formula | None = None
    ref: str | None = None
    clock: str = ""
    schedule: Formula | None = None
    condition: Formula | None = None
    activity: str | None = None
    wait: bool = True
    local: bool = False
    reach: str = ""
    change: str = "all"
    correlation: tuple[Formula, ...] = ()
    heard: Heard | None = None
    message: Formula | None = None
    code_variable: str | None = None
    message_variable: str | None = None
    passing: bool = False
    line: int = 0


@dataclass(frozen=True, slots=True)
class Loop:
    """Standard loop or multi-instance (10.2.8). `kind`: standard, sequential, parallel.

    `outputs`: variables that collect what each instance gives, in order; `result`: its own variable for that;
    `gathered`: variables that each instance keeps for itself unless they are there already.
    `first`: the loop counter of the first one.
    """

    kind: str
    cardinality: Formula | None = None
    collection: Formula | None = None
    element: str | None = None
    index: str = "loopCounter"
    first: int = 0
    completion: Formula | None = None
    outputs: tuple[tuple[str | Formula, Formula | None], ...] = ()
    result: str | None = None
    gathered: tuple[str, ...] = ()
    condition: Formula | None = None
    test_before: bool = False
    maximum: Formula | None = None


@dataclass(frozen=True, slots=True)
class DataObject:
    """A data object or property with its first value (10.3.1); it becomes a variable of its scope."""

    name: str
    value: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A flow node. `scope`: the process or sub-process that it stands in directly; `title`: a name that is computed."""

    id: str
    name: str
    type: str
    scope: str
    line: int = 0
    incoming: tuple[Flow, ...] = ()
    outgoing: tuple[Flow, ...] = ()
    default: str | None = None
    title: Formula | None = None
    extensions: Extensions = field(default_factory=Extensions)
    inputs: tuple[Transfer, ...] = ()
    outputs: tuple[Transfer, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Event(Node):
    """A start, intermediate, boundary or end event (10.4). `parallel`: all its definitions must occur (multiple)."""

    definitions: tuple[EventDefinition, ...] = ()
    parallel: bool = False
    interrupting: bool = True
    attached_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway(Node):
    """`activation`: a complex gateway's condition; `instantiate`, `parallel`: of event-based ones (10.5)."""

    activation: Formula | None = None
    instantiate: bool = False
    parallel: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity(Node):
    """A task, call activity or sub-process. `boundaries`: its boundary events that catch; `handler`: what undoes it."""

    loop: Loop | None = None
    boundaries: tuple[Event, ...] = ()
    handler: str | None = None
    for_compensation: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Task(Activity):
    """`message`: what a send task throws or a receive task awaits; `decision`: the key of a business rule task's.

    `answer`: what a task that throws waits for before it goes on (Flowable's "triggerable").
    """

    message: EventDefinition | None = None
    answer: EventDefinition | None = None
    instantiate: bool = False
    script: Script | None = None
    decision: Formula | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallActivity(Activity):
    """`called`: the key of a process, or of a case when `kind` is "case"."""

    called: Formula
    kind: str = "process"


@dataclass(frozen=True, slots=True)
class Body:
    """What a process or sub-process holds directly.

    `starts`: where tokens begin when it is entered; `event_subprocesses`: with their start events; `links`: catching
    link events by name (10.4.5, link); `data`: variables that come into being with the scope.
    """

    nodes: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    event_subprocesses: tuple[tuple[str, Event], ...] = ()
    links: Mapping[str, str] = field(default_factory=dict)
    data: tuple[DataObject, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SubProcess(Activity):
    """`kind`: embedded, event, transaction, adHoc (10.2.5); `completion` and what follows: of ad-hoc ones."""

    kind: str = "embedded"
    body: Body = field(default_factory=Body)
    completion: Formula | None = None
    sequential: bool = False
    cancel_remaining: bool = True


@dataclass(frozen=True, slots=True)
class Starter:
    """A way in from outside: `at` a start event, or what stands for one, and what triggers it."""

    at: str
    kind: str
    name: str | None
    definition: EventDefinition


@dataclass(frozen=True, slots=True)
class ProcessModel:
    """One executable process, compiled.

    `starters`: its ways in by event. `reach`: inclusive (and complex) join -> incoming flow -> nodes from which a token
    can come along that flow without passing the join. `has_conditions`, `has_keys`: whether data may trigger
    an event, or change whose message is awaited; `has_handlers`: whether there are event sub-processes;
    `sub_processes`: the ids of all kinds of them.
    `retrievals`: message name -> how its correlation key is read from its payload, one expression for each
    property of the key (8.3.2). `initiator`: the variable that keeps who began it; `started`: what is set
    when it starts. `asked`: the parameters by which its events of a registry find it.
    """

    id: str
    name: str
    nodes: Mapping[str, Node]
    body: Body
    starters: tuple[Starter, ...] = ()
    reach: Mapping[str, Mapping[str, frozenset[str]]] = field(default_factory=dict)
    retrievals: Mapping[str, tuple[Formula, ...]] = field(default_factory=dict)
    asked: frozenset[Names] = frozenset()
    initiator: str | None = None
    started: tuple[Script, ...] = ()
    has_conditions: bool = False
    has_keys: bool = False
    has_handlers: bool = False
    sub_processes: tuple[str, ...] = ()
    line: int = 0
