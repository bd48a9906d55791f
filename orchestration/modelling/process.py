"""How does an outline read as a BPMN process, with its picture?

A stage is a subprocess, its steps follow one another. What happens only under a condition stands between two gateways:
the way past it is the default, so that a condition that does not hold skips the step and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from orchestration.modelling.conditions import holds
from orchestration.modelling.drawing import EDGE, EVENT, GAP, GATEWAY, HEAD, TASK, Box, Drawing, Line, bpmn_diagram
from orchestration.modelling.markup import Element, document, element
from orchestration.modelling.outline import Outline, Stage, Step
from orchestration.modelling.work import Work, work_of

FILE: Final = "process.bpmn"
SPACES: Final = {
    "xmlns": "http://www.omg.org/spec/BPMN/20100524/MODEL", "xmlns__casewright": "urn:casewright:model:1",
    "xmlns__bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI", "xmlns__dc": "http://www.omg.org/spec/DD/20100524/DC",
    "xmlns__di": "http://www.omg.org/spec/DD/20100524/DI",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Node:
    """What stands on the way from start to end. `inside`: of a subprocess; `condition`: in FEEL, "" for always."""

    id: str
    name: str
    tag: str
    condition: str
    attributes: tuple[tuple[str, str], ...] = ()
    told: tuple[Element, ...] = ()
    inside: tuple[Node, ...] = ()

    @property
    def size(self) -> tuple[int, int]:
        if not self.inside:
            return TASK
        width = 2 * EVENT[0] + GAP + sum(_room(one) for one in self.inside)
        return width + 2 * EDGE, max(one.size[1] + _below(one) for one in self.inside) + 2 * EDGE + HEAD


@dataclass(slots=True)
class Way:
    """What is written and drawn so far, and where the next node begins. `at`: its id and box."""

    drawing: Drawing
    at: Box
    written: list[Element] = field(default_factory=list)

    @property
    def x(self) -> int:
        return self.at.x + self.at.width + GAP

    def put(self, id: str, size: tuple[int, int]) -> Box:
        middle = self.at.y + self.at.height // 2
        box = Box(id, self.x, middle - size[1] // 2, *size)
        self.drawing.boxes.append(box)
        return box

    def flow(self, source: Box, target: Box, condition: str = "", name: str = "", past: int = 0) -> None:
        """A line to the right; `past`: how far below the middle it goes, around what stands between."""
        id = f"{source.id}_to_{target.id}"
        asked = [element("conditionExpression", f"= {condition}")] if condition else []
        self.written.append(
            element("sequenceFlow", asked, id=id, name=name, sourceRef=source.id, targetRef=target.id)
        )  # fmt: skip
        points: tuple[tuple[int, int], ...] = (source.right, target.left)
        if past:
            low = source.left[1] + past
            points = (source.below, (source.below[0], low), (target.below[0], low), target.below)
        self.drawing.lines.append(Line(id, points, source.id, target.id))


def process_file(outline: Outline) -> str:
    """The outline as a file of BPMN."""
    id, nodes = outline.key.replace("-", "_"), tuple(_stage(stage, outline) for stage in outline.stages)
    drawing = Drawing()
    inside = _sequence(nodes, id, drawing, 40, 60 + max(node.size[1] for node in nodes) // 2)
    process = element("process", inside, id=id, name=outline.name, isExecutable="true")
    diagram = bpmn_diagram(id, drawing, frozenset(node.id for node in nodes))
    root = element(
        "definitions", [process, diagram], **SPACES, id=f"{id}_model", name=outline.name,
        targetNamespace=f"urn:casewright:{outline.key}",
    )  # fmt: skip
    return document(root)


def _sequence(nodes: tuple[Node, ...], id: str, drawing: Drawing, x: int, middle: int) -> list[Element]:
    begin = Box(f"{id}_begins", x, middle - EVENT[1] // 2, *EVENT)
    drawing.boxes.append(begin)
    way = Way(drawing, begin, [element("startEvent", id=begin.id)])
    for node in nodes:
        (_conditional if node.condition else _plain)(node, way)
    end = way.put(f"{id}_ends", EVENT)
    way.written.append(element("endEvent", id=end.id))
    way.flow(way.at, end)
    return way.written


def _plain(node: Node, way: Way) -> None:
    box = _put(node, way)
    way.flow(way.at, box)
    way.at = box


def _conditional(node: Node, way: Way) -> None:
    """Between a gateway that asks and one where both ways meet."""
    asks = way.put(f"{node.id}_asked", GATEWAY)
    past = f"{asks.id}_to_{node.id}_met"
    way.written.append(element("exclusiveGateway", id=asks.id, name=f"{node.name}?", default=past))
    way.flow(way.at, asks)
    way.at = asks
    box = _put(node, way)
    way.flow(asks, box, condition=node.condition, name="yes")
    way.at = box
    met = way.put(f"{node.id}_met", GATEWAY)
    way.written.append(element("exclusiveGateway", id=met.id))
    way.flow(box, met)
    way.flow(asks, met, name="no", past=node.size[1] // 2 + GAP // 2)
    way.at = met


def _put(node: Node, way: Way) -> Box:
    box = way.put(node.id, node.size)
    inside = list(node.told)
    if node.inside:
        start = box.x + EDGE, box.y + HEAD + (box.height - HEAD) // 2
        inside += _sequence(node.inside, node.id, way.drawing, *start)
    named = dict(node.attributes)
    way.written.append(element(node.tag, inside, id=node.id, name=node.name, **named))
    return box


def _room(node: Node) -> int:
    """How much of a way it takes, with the gap before it."""
    return node.size[0] + GAP + (2 * (GATEWAY[0] + GAP) if node.condition else 0)


def _below(node: Node) -> int:
    return GAP if node.condition else 0


def _stage(stage: Stage, outline: Outline) -> Node:
    inside = tuple(_step(step, outline) for step in stage.steps)
    return Node(stage.id, stage.name, "subProcess", holds(stage.when, outline.by_name), inside=inside)


TAGS: Final = {"human": "userTask", "machine": "serviceTask", "rule": "businessRuleTask"}


def _step(step: Step, outline: Outline) -> Node:
    work: Work = work_of(step, outline)
    told = (element("extensionElements", work.told),) if work.told else ()
    condition = holds(step.when, outline.by_name)
    return Node(step.id, step.name, TAGS[step.kind], condition, work.attributes, told)
