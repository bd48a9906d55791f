"""What can be seen of a case from outside?

For scenario runs, pages and the shell: the case file's content, what may be planned at this moment, by whom, and why.
Nothing here changes anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from orchestration.engine.cmmn import planning
from orchestration.engine.cmmn.behaviour import CaseBehaviour
from orchestration.engine.cmmn.case_run import CaseRun
from orchestration.engine.cmmn.model import CaseModel, Rule
from orchestration.engine.cmmn.reactions import case_run_of
from orchestration.engine.compiled_models import CompiledModels
from orchestration.engine.scope import Scope
from orchestration.engine.state import Instance, State
from orchestration.engine.step import Step

Json = Any


@dataclass(frozen=True, slots=True)
class Condition:
    """An applicability rule (5.4.9): its name for people, its text, whether it holds now, and the values it read."""

    name: str
    text: str
    holds: bool
    values: dict[str, Json]


@dataclass(frozen=True, slots=True)
class Entry:
    """A discretionary item on the planning table of something active.

    `holder`: the item whose table it is, None: the case's own; `stage`: where it would stand. `roles`: any of these may
    plan it; empty: anybody.
    """

    instance: int
    holder: int | None
    stage: int | None
    node: str
    name: str
    roles: tuple[str, ...]
    conditions: tuple[Condition, ...]

    @property
    def is_offered(self) -> bool:
        return all(condition.holds for condition in self.conditions)


def file(model: CaseModel, instance: Instance) -> dict[str, Json]:
    """The content of each case file item that is there, by name."""
    names = (item.name for item in model.files.values())
    return {name: instance.variables[name] for name in names if name in instance.variables}


def discretionary(models: CompiledModels, state: State, instance: int, now: datetime) -> list[dict[str, Json]]:
    """What may be planned now: {"id" of the discretionary item, "name", "def", "roles" (any of them; empty: anybody),
    "parent": the item whose planning table offers it, None for the case}."""
    step = Step(models, state.working(), now, {"case": CaseBehaviour()})
    return [
        {
            "id": offer.node.id,
            "name": offer.node.name,
            "def": offer.node.definition,
            "roles": sorted(offer.role_names),
            "parent": offer.holder,
        }
        for offer in planning.offers(case_run_of(step, instance))
    ]


def planning_tables(models: CompiledModels, state: State, now: datetime) -> Iterator[Entry]:
    """Every discretionary item on a planning table of what is active, in all cases of this root, offered or not."""
    step = Step(models, state.working(), now, {"case": CaseBehaviour()})
    for instance in [found for found in state.instances.values() if found.kind == "case"]:
        run = case_run_of(step, instance.id)
        for offer in planning.considered(run):
            conditions = tuple(_condition(run, rule, offer) for rule in offer.item.rules)
            roles = tuple(sorted(offer.role_names))
            yield Entry(instance.id, offer.holder, offer.stage, offer.node.id, offer.node.name, roles, conditions)


def _condition(run: CaseRun, rule: Rule, offer: planning.Offer) -> Condition:
    if rule.condition is None:
        return Condition(rule.name, "", True, {})
    scope = Scope(run.step, run.instance, offer.holder, run.terms(rule.context))
    read = {name: scope.json_or_null(name) for name in sorted(rule.condition.names)}
    return Condition(rule.name, rule.condition.text.strip(), rule not in offer.unmet, read)
