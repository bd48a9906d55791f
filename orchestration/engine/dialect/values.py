"""What does an element say, whoever's words it uses? Frozen values that behaviours read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from orchestration.engine.expressions import Formula


@dataclass(frozen=True, slots=True)
class Transfer:
    """One value carried into or out of an activity: `source` is evaluated on the side it comes from.

    `own`: it becomes a variable of the activity itself. What the activity calls gets such a variable only where the
    model hands it on (Camunda 7's `inputParameter`, Zeebe's `ioMapping`, an `out` that is `local`).
    `of_own`: the source sees nothing but what is the activity's own (an `in` that is `local`).
    """

    source: Formula
    target: Formula
    own: bool = False
    of_own: bool = False

    def own_seen(self, own: Mapping[str, Any]) -> dict[str, Any]:
        """What a source that is bound to the activity's own variables reads: null where they have it not."""
        return {name: own.get(name) for name in self.source.names} if self.of_own else {}


@dataclass(frozen=True, slots=True)
class Heard:
    """An event of Flowable's event registry that an element waits for: a message that reaches all whom it fits.

    `matching`: correlation parameter -> the value that the event must have there. `taken`: what of its content becomes
    variables, and nothing else does; `passing` of them are gone when the step is over. `unique`: while a case lives
    that such an event began, another event with the same values begins none. `by_hand`: it begins nothing by itself.
    """

    name: Formula
    matching: tuple[tuple[str, Formula], ...] = ()
    taken: tuple[Transfer, ...] = ()
    passing: frozenset[str] = frozenset()
    unique: bool = False
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """An event of the event registry that a task sends. `channel`: the key of the channel that it names, if any."""

    name: Formula
    given: tuple[Transfer, ...] = ()
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Assignment:
    """One step of a script: a variable set to a value; a `local` name lives only while the script runs.

    With `throws` the value is null, or what is thrown then, and the script ends: {code, message, type}; a code is that
    of a BPMN error.
    """

    variable: str
    value: Formula
    local: bool = False
    throws: bool = False


@dataclass(frozen=True, slots=True)
class Script:
    """What a script or an expression does that is run for its effect: assignments in order, then perhaps a result."""

    assignments: tuple[Assignment, ...] = ()
    result: Formula | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """What is set when a plan item or case goes from one state to another (Flowable's life-cycle listeners).

    An empty state is any. `here`: names that the item keeps for itself.
    """

    source: str
    target: str
    script: Script
    here: frozenset[str] = frozenset()

    def fits(self, before: str, after: str) -> bool:
        return self.source in ("", before) and self.target in ("", after)


@dataclass(frozen=True, slots=True)
class Gathered:
    """One entry of what each repetition gives: its name, its value, the variable that it is read from, if from one."""

    name: Formula
    value: Formula
    variable: str | None = None


@dataclass(frozen=True, slots=True)
class Aggregation:
    """Flowable's `variableAggregation`: a list in the variable `target`, with an object for each repetition.

    `overview`: it is there while repetitions still run. `transient`: it lives for a single step.
    """

    target: Formula
    entries: tuple[Gathered, ...] = ()
    overview: bool = False
    transient: bool = False


@dataclass(frozen=True, slots=True)
class Plans:
    """What the answer to a machine's task may add to the plan: `value`, over `result`, names some of `items`."""

    items: tuple[str, ...]
    value: Formula


@dataclass(frozen=True, slots=True)
class Extensions:
    """All that vendors' extensions say about one element.

    `inherit_variables`: what is called gets all that the activity sees, `inherit_own`: all that is the activity's own.
    `return_all`: all that it has comes back. `first_index`: the loop counter of a loop's first instance (Zeebe counts
    from 1). `collected`: variables that gather what each instance of a loop gives; `gathered`: those of an instance
    that are read for it. `decision_form`: how a decision's output is written (`decisions.shaped`). `skip`: under which
    condition the work is left out. `listeners`: what is set at which moment (`listeners`).
    `moved`: what is set at which change of state. `named`: variables that keep the "id", "name" or "assignee" of a
    task, or the id of what is "called". `heard`, `sent`: events of Flowable's event registry.
    """

    assignee: Formula | None = None
    candidate_users: tuple[Formula, ...] = ()
    candidate_groups: tuple[Formula, ...] = ()
    form: Formula | None = None
    due: Formula | None = None
    priority: Formula | None = None
    capability: Formula | None = None
    expression: Script | None = None
    result_variable: str | None = None
    decision_form: str | None = None
    skip: Formula | None = None
    inputs: tuple[Transfer, ...] = ()
    outputs: tuple[Transfer, ...] = ()
    inherit_variables: bool = False
    inherit_own: bool = False
    return_all: bool = False
    business_key: Formula | None = None
    collection: Formula | None = None
    element_variable: str | None = None
    element_index_variable: str | None = None
    first_index: int = 0
    collected: tuple[tuple[str | Formula, Formula | None], ...] = ()
    gathered: tuple[str, ...] = ()
    plans: Plans | None = None
    listeners: tuple[tuple[str, Script], ...] = ()
    moved: tuple[Moved, ...] = ()
    named: tuple[tuple[str, Formula], ...] = ()
    heard: Heard | None = None
    sent: Sent | None = None
    fields: Mapping[str, Formula] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)
