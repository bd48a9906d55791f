"""What may somebody ask of a case?

A command is a wish: `execute` answers it with events, or with a `Rejection` that says why not. Items, jobs, timers and
incidents are named by their integer ids, which come from the counter of the root case and are never used twice; so a
command that comes a second time meets something that is gone and is refused. Variables are JSON objects.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

Json = Any
Variables = Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class StartCase:
    """Begin a root case of the model `key`. Only on an empty state. (CMMN 8.4.1 *create*)

    `by`: the name of who begins it, for a model that keeps it in a variable (Flowable's and Camunda 7's initiator).
    `reference`: what the event carried that begins it, where no second case may begin by the same (`beginnings`).
    """

    key: str
    variables: Variables = field(default_factory=dict)
    by: str | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class StartProcess:
    """Begin a root process. `at` names the start event that was triggered; None: the one without a trigger.

    `by`, `reference`: as for a case.
    """

    key: str
    variables: Variables = field(default_factory=dict)
    at: str | None = None
    by: str | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class CompleteTask:
    """A person has done the human (or user) task of this item."""

    item: int
    variables: Variables = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CompleteItem:
    """Complete a stage, a waiting task or, with `item` None, the instance itself by hand. (CMMN 8.4.2 *complete*)"""

    item: int | None = None
    variables: Variables = field(default_factory=dict)
    instance: int | None = None


@dataclass(frozen=True, slots=True)
class Trigger:
    """Go on from an item that waits for the outside: a generic task, a receive task, an ad-hoc activity."""

    item: int
    variables: Variables = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CompleteJob:
    """A machine actor has answered. `key` is the idempotency key under which it ran, kept in the history only."""

    job: int
    result: Json = None
    key: str = ""


ACTOR_FAILED: Final = "actor-failed"
"""The BPMN error code of a machine actor that has failed for good: a boundary event may lead on from there."""


@dataclass(frozen=True, slots=True)
class FailJob:
    """A machine actor has failed. With `retry` the job stays open and the shell runs it again; without, an incident.

    `code` is a BPMN error code: a boundary event may catch it, then there is no incident.
    """

    job: int
    error: str
    retry: bool = False
    code: str | None = None


@dataclass(frozen=True, slots=True)
class ResolveIncident:
    """A person decides: do it again, or go on with this output as if it had been done."""

    incident: int
    how: Literal["retry", "skip"] = "retry"
    output: Json = None


@dataclass(frozen=True, slots=True)
class AskPerson:
    """A person is to do what a machine was asked for: by this job, or by the one that ended in this incident.

    The machine's work is over; the item waits for a human task instead, whose result counts as the machine's would.
    `name`, `definition`, `form`: those of the task; `groups`: who may take it; `due`: ISO, when it should be done.
    """

    name: str
    definition: str
    form: str
    job: int | None = None
    incident: int | None = None
    groups: tuple[str, ...] = ()
    due: str | None = None


@dataclass(frozen=True, slots=True)
class RaiseIncident:
    """Something outside the models went wrong, and a person of this root case has to look at it."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class FireTimer:
    """The time of this timer has come. Refused while it has not (by `now`)."""

    timer: int


@dataclass(frozen=True, slots=True)
class OccurEvent:
    """A user or generic event listener happens, raised by somebody with these roles. (CMMN 8.4.3 *occur*)

    `roles` None: somebody whom no role restricts.
    """

    item: int
    variables: Variables = field(default_factory=dict)
    roles: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class PlanItem:
    """Plan the discretionary item `definition` (its id, or its definition's id) as a person with these roles.

    `roles` None: a person whom no role restricts. `parent`: the stage or human task whose planning table offers it;
    None: the only one that does. (CMMN 8.7)
    """

    definition: str
    roles: tuple[str, ...] | None = None
    parent: int | None = None
    instance: int | None = None


@dataclass(frozen=True, slots=True)
class StartItem:
    """enabled -> active, by hand. (CMMN 8.4.2 *manual start*)"""

    item: int


@dataclass(frozen=True, slots=True)
class Enable:
    """disabled -> enabled. (CMMN 8.4.2 *re-enable*)"""

    item: int


@dataclass(frozen=True, slots=True)
class Disable:
    """enabled -> disabled. (CMMN 8.4.2 *disable*)"""

    item: int


@dataclass(frozen=True, slots=True)
class Suspend:
    """Stop an item and all inside it, or, with `item` None, the instance (None: the root)."""

    item: int | None = None
    instance: int | None = None


@dataclass(frozen=True, slots=True)
class Resume:
    item: int | None = None
    instance: int | None = None


@dataclass(frozen=True, slots=True)
class Terminate:
    item: int | None = None
    instance: int | None = None


@dataclass(frozen=True, slots=True)
class FaultItem:
    """active -> failed, of an item or, with `item` None, of the case. (CMMN 8.4.2 and 8.4.1, *fault*)"""

    item: int | None = None
    reason: str = ""
    instance: int | None = None


@dataclass(frozen=True, slots=True)
class ReactivateItem:
    """failed -> active. (CMMN 8.4.2 *re-activate*)"""

    item: int


@dataclass(frozen=True, slots=True)
class ReactivateCase:
    """Reopen the root case that has ended, or go on with it where it was suspended. (CMMN 8.4.1 *re-activate*)

    The variables are known while it is reopened.
    """

    variables: Variables = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CloseCase:
    """Close the ended root case for good. (CMMN 8.4.1 *close*)"""


@dataclass(frozen=True, slots=True)
class SetVariables:
    """Write variables of an instance (None: the root), or of one item. Refused when nothing would change."""

    variables: Variables
    instance: int | None = None
    item: int | None = None


@dataclass(frozen=True, slots=True)
class CaseFile:
    """One transition of a case file item. `name` may be a path (`order/lines`). (CMMN 8.3)"""

    op: Literal["create", "update", "replace", "delete", "addChild", "removeChild", "addReference", "removeReference"]
    name: str
    value: Json = None
    instance: int | None = None


@dataclass(frozen=True, slots=True)
class ReceiveMessage:
    """A message arrives: at the activity `at`, or wherever its name and correlation key are awaited."""

    name: str
    at: str | None = None
    variables: Variables = field(default_factory=dict)
    correlation: str | None = None
    instance: int | None = None


@dataclass(frozen=True, slots=True)
class ReceiveSignal:
    """A signal arrives: everything in this root that waits for its name goes on."""

    name: str
    variables: Variables = field(default_factory=dict)


Command = (
    StartCase
    | StartProcess
    | CompleteTask
    | CompleteItem
    | Trigger
    | CompleteJob
    | FailJob
    | ResolveIncident
    | AskPerson
    | RaiseIncident
    | FireTimer
    | OccurEvent
    | PlanItem
    | StartItem
    | Enable
    | Disable
    | Suspend
    | Resume
    | Terminate
    | FaultItem
    | ReactivateItem
    | ReactivateCase
    | CloseCase
    | SetVariables
    | CaseFile
    | ReceiveMessage
    | ReceiveSignal
)
