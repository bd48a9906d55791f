"""What does a decision say about a case, and on which inputs?

The bridge from cases and processes to DMN: it gathers the input data that the decision requires from what an item sees,
and turns the evaluation into what the history keeps.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Final, Protocol

from orchestration.engine.dmn import DecisionModel, DecisionResult
from orchestration.engine.dmn.model import Decision, DecisionTable, DrgElement
from orchestration.engine.expressions import feel_time, to_json

Json = Any
ROW: Final = "row"


@dataclass(frozen=True, slots=True)
class Verdict:
    """JSON throughout. `hits`: an object for each rule that fired, in order: its decision, number, id and label."""

    inputs: dict[str, Json]
    hits: tuple[Json, ...]
    output: Json
    problems: tuple[str, ...]


class Known(Protocol):
    """Whatever knows values by name: what an item sees, or facts from elsewhere."""

    def json_or_null(self, name: str) -> Json: ...


@dataclass(frozen=True)
class Facts:
    """What is known from elsewhere, and beside it what an item sees of its case: `read`, and only where it is asked."""

    known: Mapping[str, Json]
    read: Callable[[], Known]

    def json_or_null(self, name: str) -> Json:
        return self.known[name] if name in self.known else self._case.json_or_null(name)

    @cached_property
    def _case(self) -> Known:
        return self.read()


def decide(model: DecisionModel, decision: str, scope: Known, now: datetime) -> Verdict:
    """Evaluate a decision, or a decision service, of the model on what the scope holds under the names of its inputs.

    (DMN 1.5, 6.3.7 and 6.3.10: input data, and the input decisions of a service.)
    """
    inputs = {name: scope.json_or_null(name) for name in input_names(model, decision)}
    evaluate = model.evaluate if decision in model.decisions else model.evaluate_service
    evaluation = evaluate(decision, inputs, now=feel_time(now))
    problems = tuple(str(problem) for problem in evaluation.problems)
    return Verdict(inputs, _hits(evaluation), to_json(evaluation.value), problems)


def input_names(model: DecisionModel, decision: str) -> list[str]:
    """What a decision, or a decision service, reads."""
    if decision in model.decisions:
        return [part.node.name for part in model.decisions[decision].plan if part.expression is None]
    service = model.services[decision]
    more = (part for part in service.plan if part.expression is None)
    return [part.node.name for part in (*service.given, *more)]


def shaped(model: DecisionModel, decision: str, output: Json, form: str | None) -> Json:
    """The output of a decision in the form that the model asks for; None: as DMN gives it.

    A row is what one rule gives, with the names of the outputs. Flowable writes rows; Camunda 7 calls its forms
    singleEntry, singleResult, collectEntries and resultList (`mapDecisionResult`).
    """
    wanted = form or (ROW if model.definitions.named_results else None)
    if wanted is None or output is None:
        return [] if wanted in ("collectEntries", "resultList") else output
    names, several = _outputs(model, decision)
    values = output if several and isinstance(output, list) else [output]
    rows = [value if isinstance(value, Mapping) and len(names) != 1 else {names[0]: value} for value in values]
    return _FORMS[wanted](rows, several)


def _outputs(model: DecisionModel, decision: str) -> tuple[list[str], bool]:
    """The names of a decision's outputs, and whether several rules may give something each (DMN 1.5, 8.2.10).

    A service with one output decision gives what that one gives, else each under its name (10.4).
    """
    if decision in model.decisions:
        return _outputs_of(model.decisions[decision].node.element)
    given = [part.node for part in model.services[decision].outputs]
    return _outputs_of(given[0].element) if len(given) == 1 else ([node.name for node in given], False)


def _outputs_of(element: DrgElement) -> tuple[list[str], bool]:
    table = element.expression if isinstance(element, Decision) else None
    if not isinstance(table, DecisionTable):
        return [element.variable.name], False
    several = table.hit_policy in ("COLLECT", "RULE ORDER", "OUTPUT ORDER") and table.aggregation is None
    return [output.name or element.variable.name for output in table.outputs], several


def _first(row: Mapping[str, Json]) -> Json:
    return next(iter(row.values()), None)


_FORMS: Final[dict[str, Callable[[list[Any], bool], Json]]] = {
    ROW: lambda rows, several: rows if several else rows[0],
    "singleEntry": lambda rows, several: _first(rows[0]) if rows else None,
    "singleResult": lambda rows, several: rows[0] if rows else None,
    "collectEntries": lambda rows, several: [_first(row) for row in rows],
    "resultList": lambda rows, several: rows,
}
DECISION_FORMS: Final = tuple(form for form in _FORMS if form != ROW)
"""What a model may ask for."""


def _hits(evaluation: DecisionResult) -> tuple[Json, ...]:
    return tuple(
        {"decision": table.decision, "rule": rule.number, "id": rule.id, "label": rule.label}
        for table in evaluation.hits
        for rule in table.rules
    )
