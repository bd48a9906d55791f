"""Where do the shapes of a drafted model stand, and how is that written down (BPMN 2.0, 12; CMMN 1.1, 7)?

A picture is boxes and lines. It goes into the model's file as diagram interchange, so that any editor shows it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from orchestration.modelling.markup import Element, element

TASK: Final = (140, 80)
GATEWAY: Final = (44, 44)
EVENT: Final = (36, 36)
GAP: Final = 44
EDGE: Final = 30
"""Between the border of a stage and what stands in it."""
HEAD: Final = 26
"""For the name of a stage."""

Point = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Box:
    id: str
    x: int
    y: int
    width: int
    height: int

    @property
    def left(self) -> Point:
        return self.x, self.y + self.height // 2

    @property
    def right(self) -> Point:
        return self.x + self.width, self.y + self.height // 2

    @property
    def below(self) -> Point:
        return self.x + self.width // 2, self.y + self.height


@dataclass(frozen=True, slots=True)
class Line:
    id: str
    points: tuple[Point, ...]
    source: str = ""
    target: str = ""


@dataclass(slots=True)
class Drawing:
    boxes: list[Box] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)


def bpmn_diagram(process: str, found: Drawing, expanded: frozenset[str]) -> Element:
    """The picture of a process; `expanded`: the ids of subprocesses that show what is in them."""
    shapes = [
        element(
            "bpmndi:BPMNShape", [_bounds(box)], id=f"{box.id}_shape", bpmnElement=box.id,
            isExpanded="true" if box.id in expanded else "",
        )
        for box in found.boxes
    ]  # fmt: skip
    edges = [
        element("bpmndi:BPMNEdge", _points(line), id=f"{line.id}_edge", bpmnElement=line.id) for line in found.lines
    ]
    plane = element("bpmndi:BPMNPlane", [*shapes, *edges], id="plane", bpmnElement=process)
    return element("bpmndi:BPMNDiagram", [plane], id="diagram")


def cmmn_diagram(found: Drawing) -> Element:
    """The picture of a case."""
    shapes = [
        element("cmmndi:CMMNShape", [_bounds(box)], id=f"{box.id}_shape", cmmnElementRef=box.id) for box in found.boxes
    ]
    edges = [
        element(
            "cmmndi:CMMNEdge", _points(line), id=f"{line.id}_edge", cmmnElementRef=line.source,
            targetCMMNElementRef=line.target,
        )
        for line in found.lines
    ]  # fmt: skip
    diagram = element("cmmndi:CMMNDiagram", [*shapes, *edges], id="diagram", name="Picture")
    return element("cmmndi:CMMNDI", [diagram])


def _bounds(box: Box) -> Element:
    return element("dc:Bounds", x=str(box.x), y=str(box.y), width=str(box.width), height=str(box.height))


def _points(line: Line) -> list[Element]:
    return [element("di:waypoint", x=str(x), y=str(y)) for x, y in line.points]
