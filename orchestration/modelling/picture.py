"""What does the picture of a model show, as its own diagram interchange says?

Read from a file of BPMN or CMMN, whoever drew it: boxes with their names and signs, and lines between them.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from orchestration.engine import xml
from orchestration.engine.xml import Element

MODELS: Final = (".bpmn", ".cmmn")
MOST_SHAPES: Final = 400
LARGEST: Final = 100_000.0
MARGIN: Final = 16
SIGNS: Final = {
    "userTask": "person", "humanTask": "person", "serviceTask": "machine", "sendTask": "machine", "task": "machine",
    "businessRuleTask": "rule", "decisionTask": "rule", "scriptTask": "machine",
}  # fmt: skip
GATEWAYS: Final = {
    "exclusiveGateway": "×", "parallelGateway": "+", "inclusiveGateway": "○", "eventBasedGateway": "◇",
    "complexGateway": "*",
}  # fmt: skip
STAGES: Final = ("subProcess", "transaction", "adHocSubProcess", "stage", "casePlanModel", "participant", "lane")
WORDS: Final = {"person": "a person", "machine": "a machine", "rule": "a rule"}


@dataclass(frozen=True, slots=True)
class Shape:
    """`form`: task, stage, gateway, event. `sign`: of a task who does it, of a gateway its mark. `lines`: its name."""

    form: str
    sign: str
    x: float
    y: float
    width: float
    height: float
    lines: tuple[str, ...]
    thick: bool = False

    @property
    def middle(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y + self.height / 2

    @property
    def corners(self) -> str:
        """Of a gateway."""
        x, y = self.middle
        half = self.width / 2
        return f"{x:g},{y - half:g} {x + half:g},{y:g} {x:g},{y + half:g} {x - half:g},{y:g}"

    @property
    def radius(self) -> float:
        return self.width / 2

    @property
    def placed(self) -> list[tuple[float, float, str]]:
        """The lines of its name, each with where it stands."""
        x, y = self.middle
        if self.form == "stage":
            return [(self.x + 10, self.y + 18, " ".join(self.lines))]
        top = {"gateway": self.y - 8 - 14 * (len(self.lines) - 1), "event": self.y + self.height + 16}.get(
            self.form, y + 10 - 7 * (len(self.lines) - 1)
        )
        return [(x, top + 14 * number, line) for number, line in enumerate(self.lines)]


@dataclass(frozen=True, slots=True)
class Arrow:
    points: str
    name: str
    at: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Picture:
    """`box`: the viewBox of an SVG. `told`: what it shows, in words, for those who do not see it."""

    file: str
    box: str
    width: float
    shapes: tuple[Shape, ...]
    arrows: tuple[Arrow, ...]
    told: tuple[str, ...]


def pictures_of(files: Mapping[str, str]) -> tuple[Picture, ...]:
    """Of each model that says how it is drawn; others have none."""
    found = (picture_of(name, files[name]) for name in sorted(files) if name.endswith(MODELS))
    return tuple(one for one in found if one is not None)


def picture_of(file: str, text: str) -> Picture | None:
    try:
        root = xml.parse(text.encode())
        return _picture(file, list(root.walk()))
    except (xml.XmlRefused, ValueError, OverflowError):
        return None


def _picture(file: str, elements: list[Element]) -> Picture | None:
    known = {id: one for one in elements if (id := one.get("id")) and one.name not in ("BPMNShape", "CMMNShape")}
    shapes = list(_shapes(elements, known))
    if not shapes or len(shapes) > MOST_SHAPES:
        return None
    arrows = tuple(_arrows(elements, known))
    left, top = min(one.x for one in shapes) - MARGIN, min(one.y for one in shapes) - MARGIN - 30
    right = max(one.x + one.width for one in shapes) + MARGIN
    low = max(one.y + one.height for one in shapes) + MARGIN + 30
    box = f"{left:g} {top:g} {right - left:g} {low - top:g}"
    ordered = sorted(shapes, key=lambda one: one.form != "stage")
    return Picture(file, box, right - left, tuple(ordered), arrows, tuple(_told(shapes)))


def _shapes(elements: list[Element], known: Mapping[str, Element]) -> Iterator[Shape]:
    for one in elements:
        named = one.get("bpmnElement") if one.name == "BPMNShape" else one.get("cmmnElementRef")
        bounds = next((child for child in one.children if child.name == "Bounds"), None)
        if one.name not in ("BPMNShape", "CMMNShape") or named is None or named not in known or bounds is None:
            continue
        place = [_number(bounds.get(name)) for name in ("x", "y", "width", "height")]
        yield _shape(known[named], known, place)


def _shape(element: Element, known: Mapping[str, Element], place: list[float]) -> Shape:
    definition = known.get(element.get("definitionRef") or "", element)
    kind, name = definition.name, element.get("name") or definition.get("name") or ""
    x, y, width, height = place
    if kind in GATEWAYS:
        return Shape("gateway", GATEWAYS[kind], x, y, width, height, _lines(name, 20))
    if kind.endswith("Event") or kind in ("milestone", "eventListener", "timerEventListener", "userEventListener"):
        return Shape("event", "", x, y, width, height, _lines(name, 18), thick=kind == "endEvent")
    if kind in STAGES:
        return Shape("stage", "", x, y, width, height, _lines(name, 60))
    return Shape("task", SIGNS.get(kind, ""), x, y, width, height, _lines(name, max(8, int(width / 7.5))))


def _lines(name: str, width: int) -> tuple[str, ...]:
    return tuple(textwrap.wrap(name, width, max_lines=3, placeholder="…"))


def _arrows(elements: list[Element], known: Mapping[str, Element]) -> Iterator[Arrow]:
    for one in elements:
        if one.name not in ("BPMNEdge", "CMMNEdge"):
            continue
        points = [(_number(at.get("x")), _number(at.get("y"))) for at in one.children if at.name == "waypoint"]
        flow = known.get(one.get("bpmnElement") or "")
        if len(points) > 1:
            name = "" if flow is None else flow.get("name") or ""
            (x, y), (next_x, next_y) = points[0], points[1]
            at = (x + 6, y - 5) if y == next_y else (x + 6, (y + next_y) / 2 + 4)
            yield Arrow(" ".join(f"{x:g},{y:g}" for x, y in points), name[:30], at if next_x >= x else points[0])


def _number(text: str | None) -> float:
    """Raises ValueError for what is no place on a picture."""
    found = float(text or "nan")
    if not abs(found) < LARGEST:
        raise ValueError(text)
    return found


def _told(shapes: list[Shape]) -> Iterator[str]:
    """Stages and tasks in the order in which they are drawn."""
    for one in shapes:
        name = " ".join(one.lines)
        if one.form == "stage" and name:
            yield f"Stage: {name}"
        elif one.form == "task" and name:
            yield f"{name} ({WORDS[one.sign]})" if one.sign in WORDS else name
