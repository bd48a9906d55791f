"""What does a case model say, ready to be run?

Frozen values compiled from the XML of CMMN 1.1, chapter 5. A plan item and its definition are one `Node` here, and so
are discretionary items and the case plan model itself. What an event touches is looked up, not searched: `reactions`
by source and transition, `watchers` by variable name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from orchestration.engine.dialect import Aggregation, Extensions, Heard, Moved, Script, Transfer
from orchestration.engine.expressions import Formula
from orchestration.engine.registry import Names

LISTENERS: Final = frozenset({"eventListener", "userEventListener", "timerEventListener"})
TASKS: Final = frozenset({"task", "humanTask", "processTask", "caseTask", "decisionTask"})
OCCURRING: Final = LISTENERS | {"milestone"}
"""Types with the short life cycle of 8.4.3."""

ENGINE_NAMES: Final = frozenset(
    (
        *("stageCompletable", "caseCompletable", "completedPlanItems"),
        *("planItemInstances", "caseInstance", "planItemInstance", "task"),
    )
)
"""Names that an expression reads from the engine, not from variables."""


@dataclass(frozen=True, slots=True)
class OnPart:
    """5.4.6. `source` a plan item or case file item; `criterion` the exit criterion that must be the reason."""

    id: str
    source: str
    event: str
    case_file: bool = False
    criterion: str | None = None


@dataclass(frozen=True, slots=True)
class Sentry:
    """5.4.6, 8.5. `mode`: default, or onEvent (Flowable: nothing is remembered beyond the step).

    `remembers`: a condition that was once true counts as true (Flowable's documented default, for its models).
    `context`: the case file item in whose terms the condition speaks.
    """

    id: str
    on_parts: tuple[OnPart, ...]
    condition: Formula | None
    mode: str = "default"
    context: str | None = None
    remembers: bool = False


@dataclass(frozen=True, slots=True)
class Criterion:
    """5.4.5. `exit_type` and `exit_event` are Flowable's: which instances are ended, and how a stage ends."""

    id: str
    sentry: Sentry
    entry: bool
    exit_type: str = "default"
    exit_event: str = "exit"


@dataclass(frozen=True, slots=True)
class Rule:
    """5.4.11: a rule of an item control, or an applicability rule (5.4.9). Without a condition it holds.

    `context`: the case file item in whose terms the condition speaks. `name`: what people call it.
    """

    condition: Formula | None = None
    context: str | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Repetition:
    """5.4.11.3, with Flowable's counter, limit and collection, and what it gathers of the repetitions.

    `gates_entry`: while the rule is false, an item with entry criteria does not start (Flowable, for its models).
    """

    rule: Rule = field(default_factory=Rule)
    counter: str = "repetitionCounter"
    limit: int | None = None
    collection: Formula | None = None
    element: str | None = None
    index: str | None = None
    gates_entry: bool = False
    gathers: tuple[Aggregation, ...] = ()

    def keeps(self, variable: str) -> bool:
        """Whether each repetition has this variable for itself, as it is gathered."""
        return any(entry.variable == variable for one in self.gathers for entry in one.entries)


@dataclass(frozen=True, slots=True)
class TableItem:
    """5.4.9: a discretionary item as a planning table offers it. Every set of `roles` and every rule must be met."""

    node: str
    roles: tuple[frozenset[str], ...] = ()
    rules: tuple[Rule, ...] = ()
    table: str = ""


@dataclass(frozen=True, slots=True)
class Timer:
    """5.4.2, table 5.19: the expression, and what starts it (source, event, is it a case file item)."""

    expression: Formula
    trigger: tuple[str, str, bool] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A plan item (or discretionary item, or the case plan model) with its definition.

    `page`: a case page (Flowable), which ends as what is around it.
    """

    id: str
    definition: str
    type: str
    name: str
    title: Formula | None = None
    line: int = 0
    stage: str | None = None
    entry: tuple[Criterion, ...] = ()
    exit: tuple[Criterion, ...] = ()
    manual: Rule | None = None
    required: Rule | None = None
    repetition: Repetition | None = None
    neutral: Rule | None = None
    parent_completion: str = "default"
    reactivation: Mapping[str, Formula] = field(default_factory=dict)
    extensions: Extensions = field(default_factory=Extensions)
    # stages, plan fragments and the case plan model
    children: tuple[str, ...] = ()
    auto_complete: bool = False
    auto_complete_condition: Formula | None = None
    table: tuple[TableItem, ...] = ()
    # tasks
    blocking: bool = True
    blocking_condition: Formula | None = None
    performer: str | None = None
    capability: Formula | None = None
    called: Formula | None = None
    inputs: tuple[Transfer, ...] = ()
    outputs: tuple[Transfer, ...] = ()
    script: Script | None = None
    page: bool = False
    # event listeners and milestones
    timer: Timer | None = None
    listens: str = ""
    signal: Formula | None = None
    variable: str = ""
    change: str = "all"
    available: Formula | None = None
    roles: frozenset[str] = frozenset()
    milestone_variable: Formula | None = None

    @property
    def is_stage(self) -> bool:
        return self.type == "stage"

    @property
    def occurs(self) -> bool:
        return self.type in OCCURRING

    @property
    def is_listener(self) -> bool:
        return self.type in LISTENERS


@dataclass(frozen=True, slots=True)
class CaseFileItem:
    """5.3. Its content is the case variable of its name."""

    id: str
    name: str
    multiplicity: str = "Unspecified"
    parent: str | None = None
    children: tuple[str, ...] = ()
    definition: str = ""

    @property
    def many(self) -> bool:
        return self.multiplicity in ("ZeroOrMore", "OneOrMore")


@dataclass(frozen=True, slots=True)
class Reaction:
    """The on-part number `part` of a criterion of `node` waits for this event."""

    node: str
    criterion: Criterion
    part: int


@dataclass(frozen=True, slots=True)
class CaseModel:
    """5.2. One case, compiled.

    `flowable`: the file comes from Flowable, so its documented ways hold where the standard leaves room. `crossing`:
    items inside a stage that wait for something outside of it. `gathering`: items that gather variables of repetitions.
    `begun_by`: the event of a registry that begins it; `asked`: the parameters by which such events find its listeners.
    `moved`: what is set when the case changes its state.
    `placed`: definition -> the items that it defines, in the order of the model. `stages`, `listeners`: the
    items that are one.
    """

    id: str
    name: str
    plan: Node
    nodes: Mapping[str, Node]
    criteria: Mapping[str, Criterion]
    reactions: Mapping[tuple[str, str], tuple[Reaction, ...]]
    timer_starts: Mapping[tuple[str, str], tuple[str, ...]]
    watchers: Mapping[str, tuple[str, ...]]
    volatile: frozenset[str]
    listened: Mapping[str, tuple[str, ...]]
    completion_names: frozenset[str]
    gathering: tuple[str, ...] = ()
    roles: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, CaseFileItem] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    initiator: str | None = None
    begun_by: Heard | None = None
    moved: tuple[Moved, ...] = ()
    asked: frozenset[Names] = frozenset()
    crossing: frozenset[str] = frozenset()
    placed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    stages: tuple[str, ...] = ()
    listeners: tuple[str, ...] = ()
    keeps_completed: bool = False
    flowable: bool = False
