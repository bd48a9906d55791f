"""How does a case answer what the kernel asks of it? (CMMN 1.1, chapter 8)

`CaseBehaviour` is CMMN on the kernel: it starts cases, takes results of people, machines and called instances, and
brings a case to rest after each change.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orchestration.engine import commands as c
from orchestration.engine.cmmn import (
    casefile,
    completion,
    evaluation,
    items,
    listeners,
    proposals,
    repetition,
    sentries,
    tasks,
)
from orchestration.engine.cmmn.case_run import CaseRun
from orchestration.engine.cmmn.commands import HANDLERS
from orchestration.engine.cmmn.reactions import case_run_of
from orchestration.engine.state import Item, Wait
from orchestration.engine.step import CommandRejected, ErrorThrown, Step

Json = Any


class CaseBehaviour:
    """`step.Behaviour` for cases."""

    def start(self, step: Step, instance: int, at: str | None) -> None:
        run = case_run_of(step, instance)
        items.open_children(run, run.model.plan, None)
        run.dirty.add(None)
        if sentries.has_conditions(run.model.plan):
            run.recheck[sentries.PLAN] = None
        casefile.announce(run)
        run.set_by(run.model.moved, None, "", "active")

    def command(self, step: Step, command: c.Command, instance: int, item: Item | None) -> None:
        handler = HANDLERS.get(type(command))
        if handler is None:
            raise CommandRejected("state", "A case does not understand this.")
        handler(case_run_of(step, instance), command, item)

    def task_completed(self, step: Step, item: Item, variables: Mapping[str, Json]) -> None:
        run = case_run_of(step, item.instance)
        run.must(item, "complete")
        run.assign(item.id, variables)
        items.complete(run, step.state.items[item.id])

    def job_completed(self, step: Step, item: Item, result: Json) -> None:
        run = case_run_of(step, item.instance)
        run.must(item, "complete")
        tasks.bring_back(run, item, run.node(item), result)
        proposals.take_up(run, step.state.items[item.id], result)
        items.complete(run, step.state.items[item.id])

    def job_failed(self, step: Step, item: Item, error: str, code: str | None) -> bool:
        return False

    def error_thrown(self, step: Step, thrown: ErrorThrown) -> bool:
        return False

    def timer_fired(self, step: Step, wait: Wait) -> None:
        run, item = case_run_of(step, wait.instance), step.state.items[wait.item or 0]
        facts = wait.facts or {}
        if facts.get("every"):
            times = listeners.times(wait.key or "", facts).next(step.now, step.limits)
            if times is not None:
                node = run.node(item)
                listeners.run_timer(run, run.open_item(node, item.parent), node, times)
        items.finish(run, item, "occur")

    def received(self, step: Step, wait: Wait, variables: Mapping[str, Json]) -> None:
        run, item = case_run_of(step, wait.instance), step.state.items[wait.item or 0]
        listeners.take_in(run, item, run.node(item), variables)
        items.finish(run, item, "occur")

    def called_ended(self, step: Step, item: Item, instance: int, state: str, variables: Mapping[str, Json]) -> None:
        run, node = case_run_of(step, item.instance), case_run_of(step, item.instance).node(item)
        if item.state != "active":
            return
        if state == "completed" or (state == "terminated" and run.model.flowable):
            tasks.returned(run, item, node, step.models_of.get(instance), variables)
            items.complete(run, step.state.items[item.id])
        elif state == "terminated":
            items.finish(run, item, "terminate")
        else:
            run.change(item, "fault")

    def retry(self, step: Step, item: Item) -> None:
        run = case_run_of(step, item.instance)
        if item.state == "active":
            step.cancel_waits(item.id)
            items.begin(run, step.state.items[item.id])
        else:
            items.take_up(run, item.id)

    def skip(self, step: Step, item: Item, output: Json) -> None:
        run = case_run_of(step, item.instance)
        if item.state != "active":
            raise CommandRejected("state", f"{run.name(item)} is {item.state}; there is no work to skip.")
        tasks.bring_back(run, item, run.node(item), output)
        items.complete(run, step.state.items[item.id])

    def written(
        self, step: Step, instance: int, item: int | None, names: frozenset[str], fresh: frozenset[str]
    ) -> None:
        run = case_run_of(step, instance)
        if item is None:
            casefile.written(run, names, fresh)

    def removed(self, step: Step, instance: int, names: frozenset[str]) -> None:
        casefile.removed(case_run_of(step, instance), names)

    def settle(self, step: Step, instance: int, changed: frozenset[str]) -> None:
        evaluation.settle(case_run_of(step, instance), changed)

    def knows(self, step: Step, instance: int, item: int | None, name: str) -> Json:
        run = case_run_of(step, instance)
        match name:
            case "stageCompletable":
                stage = None if item is None else run.stage_of(step.state.items[item])
                return completion.look(run, stage).completable
            case "caseCompletable":
                return completion.look(run, None).completable
            case "completedPlanItems":
                return completion.completed_everywhere(run)
            case "planItemInstances":
                return [_facts(run, each) for each in step.state.items.values() if each.instance == instance]
            case "caseInstance":
                found = step.state.instances[instance]
                return {
                    "id": str(instance),
                    "caseDefinitionKey": found.key,
                    "caseDefinitionId": found.key,
                    "tenantId": "",
                    "name": run.model.name,
                    "state": found.state,
                }
            case "planItemInstance" | "task":
                return None if item is None else _facts(run, step.state.items[item])
        return None

    def terminate(self, step: Step, instance: int) -> None:
        items.end_children(case_run_of(step, instance), None)


def _facts(run: CaseRun, item: Item) -> dict[str, Json]:
    node = run.node(item)
    waits = item.state == "available" and repetition.is_awaited(item)
    return {
        "id": str(item.id),
        "name": node.name,
        "state": "waitingForRepetition" if waits else item.state,
        "planItemDefinitionId": node.definition,
        "planItemDefinitionType": node.type.lower(),
        "elementId": node.id,
        "caseInstanceId": str(run.instance),
        "stageInstanceId": None if item.parent is None else str(item.parent),
        "tenantId": "",
        "stage": item.parent,
    }
