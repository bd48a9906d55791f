"""How are the examples of an outline played as scenarios?

Each is a run of the engine: the case begins with the values that are known at its start; at each step that its author
expects, exactly that one is open, and is done with the values of the example; then the case is over.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from orchestration.modelling import case, decisions, process
from orchestration.modelling.conditions import value_of
from orchestration.modelling.outline import Example, Outline, Step
from orchestration.modelling.plain import yaml_text
from orchestration.modelling.work import outputs_of

Json = Any
FILE: Final = "scenarios.yaml"


def scenarios_file(outline: Outline) -> str:
    document = {
        "format": "orch-scenario/1+ext", "title": f"What was said of {outline.name}", "models": models_of(outline),
        "runs": [{"name": one.name, "steps": list(_steps(one, outline))} for one in outline.examples],
    }  # fmt: skip
    return yaml_text(document)


def models_of(outline: Outline) -> list[str]:
    rules = [decisions.FILE] if decisions.rules_of(outline) else []
    return [case.FILE if outline.kind == "case" else process.FILE, *rules]


def _steps(example: Example, outline: Outline) -> Iterator[dict[str, Json]]:
    started = [field.name for field in outline.fields if field.at_start]
    begin = {outline.kind: outline.key.replace("-", "_"), "variables": _values(started, example, outline)}
    yield {"start": begin}
    steps = {step.name: step for step in outline.steps}
    for name in example.steps:
        yield from _step(steps[name], example, outline)
    yield {"expect": {"state": "completed", "tasks": [], "jobs": [], "incidents": 0}}


def _step(step: Step, example: Example, outline: Outline) -> Iterator[dict[str, Json]]:
    given = _values(step.gives, example, outline)
    if step.kind == "rule":
        yield from [{"expect": {"variables": given}}] if given else []
    elif step.kind == "human":
        if step.optional:
            yield {"start_item": {"item": f"#{step.id}"}}
        else:
            yield {"expect": {"tasks": [step.name], "groups": _groups(step), "jobs": []}}
        yield {"complete": {"task": f"#{step.id}", "variables": given}}
    else:
        yield {"expect": {"tasks": [], "jobs": [step.who]}}
        result = {of: given[name] for name, of in outputs_of(step).items() if name in given}
        yield {"answer": {"capability": step.who, "result": result}}


def _groups(step: Step) -> list[str]:
    return [step.who]


def _values(names: list[str] | tuple[str, ...], example: Example, outline: Outline) -> dict[str, Json]:
    return {
        name: value_of(outline.by_name[name], example.values[name]) for name in names if name in example.values
    }  # fmt: skip
