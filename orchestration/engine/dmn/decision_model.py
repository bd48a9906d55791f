"""What does a decision, or a decision service, decide for these inputs? (DMN 1.5, chapter 6 and 10.4)

A model is compiled once and evaluated often. Evaluating a decision evaluates what it requires first, each element once,
in the order of the requirements. Inputs are plain data, as JSON has it; they are converted to the types of the model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from orchestration.engine.dmn import model
from orchestration.engine.dmn.decision_result import DecisionResult, DecisionTrace, Inputs, Trace
from orchestration.engine.dmn.decision_table import CompiledTable
from orchestration.engine.dmn.graph import Node
from orchestration.engine.dmn.model import Fault
from orchestration.engine.dmn.model_evaluation import Evaluate, ModelEvaluation
from orchestration.engine.dmn.plain import check_size, read, shown
from orchestration.engine.dmn.shortcut import Shortcut, own
from orchestration.engine.feel.evaluation import Frame
from orchestration.engine.feel.problems import DEFAULT, FeelError, LimitExceeded, Limits, quote
from orchestration.engine.feel.temporal import DateTime
from orchestration.engine.feel.text import to_feel
from orchestration.engine.feel.types import ANY, Type, coerce
from orchestration.engine.feel.values import Value

Values = dict[int, Value]
"""What the elements of the graph have given so far, by the number of their node; functions are there from the start."""


class UnknownDecision(KeyError):
    """The model has no decision or decision service of this name or id."""


@dataclass(slots=True)
class Part:
    """An input or a decision of the graph, compiled. An input has no expression; `rank` is its place in the order."""

    node: Node
    type: Type
    rank: int
    requires: Sequence[Part] = ()
    expression: Evaluate | None = None
    shortcut: Shortcut | None = None
    _plan: Sequence[Part] | None = None

    @property
    def plan(self) -> Sequence[Part]:
        """What has to be evaluated for this part, in order, itself the last."""
        if self._plan is None:
            self._plan = plan_for([self])
        return self._plan


def variables(node: Node, values: Values) -> dict[str, Value]:
    """What an element's expression sees: each required element under its name, those of an import in a context."""
    seen: dict[str, Value] = {}
    for path, needed in node.needs:
        inner = seen
        for name in path[:-1]:
            inner = inner.setdefault(name, {})
        inner[path[-1]] = values.get(needed.number)
    return seen


def plan_for(wanted: Iterable[Part], given: Iterable[Part] = ()) -> list[Part]:
    """What has to be evaluated to know these parts, in order, each once; nothing that only the given ones require."""
    stop = {part.rank for part in given}
    found: dict[int, Part] = {}
    todo = list(wanted)
    while todo:
        part = todo.pop()
        if part.rank not in found and part.rank not in stop:
            found[part.rank] = part
            todo.extend(part.requires)
    return [found[rank] for rank in sorted(found)]


@dataclass(slots=True)
class Service:
    """A decision service compiled: what it is given, what it evaluates then, and what it gives."""

    node: Node
    given: Sequence[Part]
    plan: Sequence[Part]
    outputs: Sequence[Part]
    result: Type

    def result_of(self, run: ModelEvaluation, values: Values) -> Value:
        """One output decision gives its value, several a context of their names (10.4); typed as the result."""
        value = {part.node.name: values[part.node.number] for part in self.outputs}
        if len(self.outputs) == 1:
            return _fitting(run, self.node, value[self.outputs[0].node.name], self.result)
        return _fitting(run, self.node, value, self.result)


@dataclass(frozen=True, slots=True)
class Reading:
    """What the expression of an element reads: for who analyses a model.

    `types` are those of what it requires, `result` that of what it gives, where it is a decision.
    """

    node: Node
    names: frozenset[str]
    tables: Sequence[CompiledTable]
    types: Mapping[str, Type]
    result: Type = ANY


@dataclass(slots=True)
class DecisionModel:
    """A compiled model. `faults` are what is wrong with parts of it; those parts are null when they are evaluated.

    `warnings` are what does no harm and is hardly meant so. `members` are the names that may follow a dot in its texts.
    """

    definitions: model.Definitions
    faults: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()
    unknown_names: tuple[Fault, ...] = ()
    readings: tuple[Reading, ...] = field(default=(), repr=False)
    functions: Values = field(default_factory=dict, repr=False)
    decisions: dict[str, Part] = field(default_factory=dict, repr=False)
    services: dict[str, Service] = field(default_factory=dict, repr=False)
    members: frozenset[str] = field(default=frozenset(), repr=False)

    def evaluate(
        self, decision: str, inputs: Inputs, *, now: object = None, trace: bool = False, limits: Limits = DEFAULT
    ) -> DecisionResult:
        """The value of a decision, by name or id. `now` is what `now()` tells: a DateTime or an aware datetime.

        Raises UnknownDecision. Anything that goes wrong inside is a null with its reason among the problems.
        """
        part = self.decisions.get(decision)
        if part is None:
            raise UnknownDecision(f"the model {quote(self.definitions.name)} has no decision {quote(decision)}")
        short = part.shortcut
        if short is None or trace:
            return self._evaluated(part, inputs, now, trace, limits)
        rules = short.rules(inputs)
        known = short.answers.get(rules)
        if known is None:
            return short.learned(rules, self._evaluated(part, inputs, now, trace, limits))
        return own(known)

    def _evaluated(self, part: Part, inputs: Inputs, now: object, trace: bool, limits: Limits) -> DecisionResult:
        session = _Session(self, inputs, now, trace, limits)
        return session.evaluation(lambda: session.filled(part.plan).get(part.node.number))

    def evaluate_service(
        self, service: str, inputs: Inputs, *, now: object = None, trace: bool = False, limits: Limits = DEFAULT
    ) -> DecisionResult:
        """The value of a decision service, by name or id; the inputs also name its input decisions.

        Raises UnknownDecision.
        """
        found = self.services.get(service)
        if found is None:
            raise UnknownDecision(f"the model {quote(self.definitions.name)} has no decision service {quote(service)}")
        session = _Session(self, inputs, now, trace, limits)
        return session.evaluation(lambda: session.served(found))


class _Session:
    """One evaluation from outside: from plain inputs to a DecisionResult."""

    def __init__(self, of: DecisionModel, inputs: Inputs, now: object, trace: bool, limits: Limits) -> None:
        moment = to_feel(now)
        self.run = ModelEvaluation(limits, moment if isinstance(moment, DateTime) else None, trace)
        self.inputs = inputs
        self.values = dict(of.functions)

    def evaluation(self, value_of: Callable[[], Value]) -> DecisionResult:
        value = None
        try:
            value = value_of()
            check_size(value, self.run)
        except LimitExceeded as exceeded:
            value = None
            self.run.stopped(exceeded.reason)
        except RecursionError:
            value = None
            self.run.stopped("this is nested too deeply")
        return DecisionResult(value, tuple(self.run.hits), self.run.kept, self.trace(value))

    def filled(self, plan: Sequence[Part]) -> Values:
        for part in plan:
            if part.expression is None:
                self.values[part.node.number] = self.given(part)
        return fill(self.run, plan, self.values)

    def served(self, service: Service) -> Value:
        for part in service.given:
            self.values[part.node.number] = self.given(part)
        return service.result_of(self.run, self.filled(service.plan))

    def given(self, part: Part) -> Value:
        """An input from outside, converted to its type; null, with the reason, where it does not fit."""
        value = read_input(self.inputs, part.node)
        try:
            return _fitting(self.run, part.node, read(value, part.type), part.type)
        except (FeelError, TypeError) as error:
            return self.run.say(str(error), element=part.node.element)

    def shown_input(self, value: object) -> object:
        """An input as it was given, for the trace."""
        try:
            return shown(to_feel(value), self.run.limits)
        except (TypeError, RecursionError):
            return f"(a {type(value).__name__}, which is no data)"

    def trace(self, value: Value) -> Trace | None:
        run = self.run
        if run.tables is None or run.decisions is None:
            return None
        return Trace(
            inputs=tuple((name, self.shown_input(each)) for name, each in sorted(self.inputs.items())),
            decisions=tuple(run.decisions),
            tables=tuple(run.tables),
            output=shown(value, run.limits),
            warnings=tuple(map(str, run.kept)),
        )


def fill(run: ModelEvaluation, plan: Sequence[Part], values: Values) -> Values:
    """Evaluate the decisions of a plan, in order, into `values`, where what they require stands already."""
    for part in plan:
        run.spend()
        if part.expression is not None:
            values[part.node.number] = part.expression(Frame(run, None, variables(part.node, values)))
        if run.decisions is not None:
            kind = type(part.node.element).__name__
            run.decisions.append(DecisionTrace(kind, part.node.name, shown(values.get(part.node.number), run.limits)))
    return values


def _fitting(run: ModelEvaluation, node: Node, value: Value, type_: Type) -> Value:
    try:
        return coerce(value, type_, run)
    except FeelError as error:
        return run.say(error.reason, element=node.element)


def read_input(inputs: Inputs, node: Node) -> object:
    """What is given for an element: under its name, inside an entry for each import on the way to it.

    An element that comes through imports may also be given plainly by its name.
    """
    found: object = inputs
    for name in (*node.path, node.name):
        if not isinstance(found, Mapping) or name not in found:
            return inputs.get(node.name)
        found = found[name]
    return found
