"""How does an outline read as a CMMN case, with its picture?

A stage or step begins when the one before it is completed. One that has a condition may not happen, so what follows it
waits for whichever before it did: for each of them there is a criterion, with the conditions of those between them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from orchestration.modelling.conditions import holds
from orchestration.modelling.drawing import EDGE, GAP, HEAD, TASK, Box, Drawing, Line, cmmn_diagram
from orchestration.modelling.markup import Element, document, element
from orchestration.modelling.outline import Outline, Stage, Step
from orchestration.modelling.work import work_of

FILE: Final = "case.cmmn"
SPACES: Final = {
    "xmlns": "http://www.omg.org/spec/CMMN/20151109/MODEL", "xmlns__casewright": "urn:casewright:model:1",
    "xmlns__cmmndi": "http://www.omg.org/spec/CMMN/20151109/CMMNDI",
    "xmlns__dc": "http://www.omg.org/spec/CMMN/20151109/DC", "xmlns__di": "http://www.omg.org/spec/CMMN/20151109/DI",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """A stage or step among its neighbours. `condition`: in FEEL, "" for always."""

    id: str
    condition: str
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Criterion:
    """`after`: whose completion lets it begin, "" for none; `condition`: what must hold then."""

    after: str
    condition: str


def case_file(outline: Outline) -> str:
    """The outline as a file of CMMN."""
    id, drawing = outline.key.replace("-", "_"), Drawing()
    parts = [Part(stage.id, holds(stage.when, outline.by_name)) for stage in outline.stages]
    stages = [_stage(stage, outline) for stage in outline.stages]
    inside = [*_items(parts), *stages]
    plan = element("casePlanModel", inside, id=f"{id}_plan", name=outline.name, autoComplete="true")
    _draw(outline, parts, drawing, f"{id}_plan")
    root = element(
        "definitions", [element("case", [plan], id=id, name=outline.name), cmmn_diagram(drawing)], **SPACES,
        id=f"{id}_model", name=outline.name, targetNamespace=f"urn:casewright:{outline.key}",
    )  # fmt: skip
    return document(root)


def _stage(stage: Stage, outline: Outline) -> Element:
    parts = _parts(stage, outline)
    tasks = [_task(step, outline) for step in stage.steps]
    return element("stage", [*_items(parts), *tasks], id=f"{stage.id}_stage", name=stage.name, autoComplete="true")


def _parts(stage: Stage, outline: Outline) -> list[Part]:
    return [Part(step.id, holds(step.when, outline.by_name), step.optional) for step in stage.steps]


TAGS: Final = {"human": "humanTask", "machine": "task", "rule": "decisionTask"}


def _task(step: Step, outline: Outline) -> Element:
    work = work_of(step, outline)
    named = dict(work.attributes)
    if step.kind == "rule":
        named = {"decisionRef": named["casewright:decision"]} | {
            name: value for name, value in named.items() if name != "casewright:decision"
        }
    told = [element("extensionElements", work.told)] if work.told else []
    return element(TAGS[step.kind], told, id=f"{step.id}_task", name=step.name, **named)


def _items(parts: Sequence[Part]) -> list[Element]:
    """The plan items of neighbours, each with its criteria, and the sentries of these."""
    items, sentries = [], []
    for at, part in enumerate(parts):
        criteria = [] if part.optional else list(criteria_of(parts, at))
        named = [(f"{part.id}_when_{number}", one) for number, one in enumerate(criteria, 1)]
        entries = [element("entryCriterion", id=id, sentryRef=f"{id}_holds") for id, _ in named]
        items.append(
            element("planItem", [*_control(part), *entries], id=part.id, definitionRef=_definition(part))
        )  # fmt: skip
        sentries += [_sentry(f"{id}_holds", one) for id, one in named]
    return [*items, *sentries]


def _definition(part: Part) -> str:
    return f"{part.id}_{'stage' if part.id.startswith('stage_') else 'task'}"


def _control(part: Part) -> list[Element]:
    """An optional one is begun by a person; one that always happens holds up the end of what it stands in."""
    if part.optional:
        return [element("itemControl", [element("manualActivationRule", id=f"{part.id}_by_hand")])]
    if part.condition:
        return []
    return [element("itemControl", [element("requiredRule", id=f"{part.id}_required")])]


def criteria_of(parts: Sequence[Part], at: int) -> Iterator[Criterion]:
    """When one of several neighbours begins: none where it begins with what they stand in."""
    before = [part for part in parts[:at] if not part.optional]
    own, skipped = parts[at].condition, list[str]()
    for earlier in reversed(before):
        yield Criterion(earlier.id, _all([*skipped, own]))
        if not earlier.condition:
            return
        skipped.append(f"not({earlier.condition})")
    if skipped or own:
        yield Criterion("", _all([*skipped, own]))


def _all(conditions: list[str]) -> str:
    return " and ".join(one for one in conditions if one)


def _sentry(id: str, criterion: Criterion) -> Element:
    inside = []
    if criterion.after:
        event = element("standardEvent", "complete")
        inside.append(element("planItemOnPart", [event], id=f"{id}_after", sourceRef=criterion.after))
    if criterion.condition:
        inside.append(element("ifPart", [element("condition", criterion.condition)]))
    return element("sentry", inside, id=id)


def _draw(outline: Outline, parts: Sequence[Part], drawing: Drawing, plan: str) -> None:
    """Stages from left to right in the plan, their steps from left to right in them."""
    x, y = 40 + EDGE, 40 + HEAD + EDGE
    height = HEAD + 2 * EDGE + TASK[1]
    for stage in outline.stages:
        width = 2 * EDGE + len(stage.steps) * (TASK[0] + GAP) - GAP
        drawing.boxes.append(Box(stage.id, x, y, width, height))
        _draw_steps(stage, outline, drawing, x + EDGE, y + HEAD + EDGE)
        x += width + GAP
    drawing.boxes.insert(0, Box(plan, 40, 40, x - GAP + EDGE - 40, height + HEAD + 2 * EDGE))
    _connect(parts, drawing)


def _draw_steps(stage: Stage, outline: Outline, drawing: Drawing, x: int, y: int) -> None:
    for number, step in enumerate(stage.steps):
        drawing.boxes.append(Box(step.id, x + number * (TASK[0] + GAP), y, *TASK))
    _connect(_parts(stage, outline), drawing)


def _connect(parts: Sequence[Part], drawing: Drawing) -> None:
    """A line from each to the one that follows it; that a condition skips one is said by its sentries."""
    there = {box.id: box for box in drawing.boxes}
    follow = [part for part in parts if not part.optional]
    for one, other in pairwise(follow):
        source, target = there[one.id], there[other.id]
        drawing.lines.append(Line(f"{one.id}_to_{other.id}", (source.right, target.left), one.id, other.id))
