"""Processes in the words of Flowable, Camunda and Zeebe, written small, and one run of them in memory."""

from __future__ import annotations

from typing import Any

from orchestration.casetypes.scenario_engine import Engine
from orchestration.engine import events as e
from orchestration.engine.compile_models import build
from orchestration.engine.compiled_models import CompiledModels

SPACES = (
    'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:flowable="http://flowable.org/bpmn" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"'
)


def bpmn(*parts: str, beside: str = "", more: str = "") -> bytes:
    return f"<definitions {SPACES}>{beside}<process id='p'>{''.join(parts)}</process>{more}</definitions>".encode()


def flows(*ids: str) -> str:
    pairs = zip(ids, ids[1:], strict=False)
    return "".join(f'<sequenceFlow id="{a}-{b}" sourceRef="{a}" targetRef="{b}"/>' for a, b in pairs)


def line(*nodes: str, beside: str = "", more: str = "") -> bytes:
    """start -> t -> end, with `nodes` as XML; the one with the id `t` is the one that matters."""
    return bpmn('<startEvent id="s"/>', *nodes, '<endEvent id="e"/>', flows("s", "t", "e"), beside=beside, more=more)


def activity(kind: str, attributes: str = "", extensions: str = "", body: str = "") -> str:
    held = f"<extensionElements>{extensions}</extensionElements>" if extensions else ""
    return f'<{kind} id="t" {attributes}>{held}{body}</{kind}>'


class Run:
    """One instance in memory; `data` are its variables."""

    def __init__(self, source: bytes, variables: dict[str, Any] | None = None, **files: bytes) -> None:
        built = build({"p.bpmn": source, **{name.replace("_", "."): text for name, text in files.items()}})
        assert isinstance(built, CompiledModels), built
        self.engine = Engine()
        self.engine.library = built
        self.id = self.engine.start("process", "p", variables or {})

    @property
    def seen(self) -> dict[str, Any]:
        return self.engine.snapshot(self.id)

    @property
    def data(self) -> dict[str, Any]:
        return self.seen["variables"]

    @property
    def jobs(self) -> list[e.JobRequested]:
        return [event for root in self.engine.known for event in root.events if isinstance(event, e.JobRequested)]

    @property
    def opened(self) -> list[e.TaskOpened]:
        return [event for root in self.engine.known for event in root.events if isinstance(event, e.TaskOpened)]

    def answer(self, result: Any = None) -> None:
        """The oldest open job is done."""
        self.engine.answer(self.id, self.seen["jobs"][0], result)


def sentences(source: bytes) -> dict[str, list[tuple[bool, str]]]:
    built = build({"p.bpmn": source})
    found: dict[str, list[tuple[bool, str]]] = {}
    for fault in built if isinstance(built, list) else built.warnings:
        found.setdefault(fault.element, []).append((fault.severe, fault.sentence))
    return found


CHILD = '<process id="c"><startEvent id="cs"/><serviceTask id="ct"/><endEvent id="ce"/>{}</process>'.format(
    flows("cs", "ct", "ce")
)
