"""What has happened to the variables of a process in this step, and who waits for that?

Flowable's variable listeners (user guide, "Variable Listener Events"). They are looked at when the step is quiet, so
that one hears what happened in the step that armed it; what was heard is forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable

from orchestration.engine.bpmn import correlation
from orchestration.engine.bpmn.items import process
from orchestration.engine.state import Wait
from orchestration.engine.step import Step


def note(step: Step, instance: int, kind: str, names: Iterable[str]) -> None:
    """Keep what happened to them (create, update, delete) until it has been heard."""
    if process(step, instance).has_conditions:
        step.runs.setdefault(instance, set()).update((name, kind) for name in names)


def heard(step: Step, instance: int) -> list[Wait]:
    """The variable listeners of the instance that wait for a change of this step."""
    happened = step.runs.pop(instance, set())
    waits = step.state.waiting_for("variable") if happened else ()
    return [wait for wait in waits if _hears(step, wait, instance, happened)]


def _hears(step: Step, wait: Wait, instance: int, happened: set[tuple[str, str]]) -> bool:
    if wait.kind != "variable" or wait.instance != instance:
        return False
    wanted = [d for d in correlation.awaited(process(step, instance).nodes[wait.node]) if d.kind == "variable"]
    return any(
        wait.name == name and (definition.change == "all" or kind in definition.change)
        for name, kind in happened
        for definition in wanted
    )
