"""What runs in a case, part by part, and what has run?

The root case or process and every case and process that it called, however deep, are its *parts*. Everything on a page
that names a step asks here which step of which part it is, so that no page knows only one kind of model.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from audit.selectors import Entry
from orchestration.engine.bpmn.model import Node as FlowNode
from orchestration.engine.bpmn.model import ProcessModel
from orchestration.engine.cmmn.model import CaseModel
from orchestration.engine.cmmn.model import Node as PlanNode
from orchestration.engine.compiled_models import CompiledModels
from orchestration.engine.state import INSTANCE_ENDED, ROOT, Item, State

Json = Any
Model = CaseModel | ProcessModel
Node = PlanNode | FlowNode

AT_WORK = frozenset({"active", "suspended", "failed"})
"""States of an item that has begun and is not over."""


@dataclass(frozen=True, slots=True)
class Part:
    """A case or process. `caller`: the item that called it, None for the root; `state` as in CMMN 8.3."""

    instance: int
    kind: str
    model: Model
    name: str
    caller: int | None
    state: str

    @property
    def is_running(self) -> bool:
        return self.state not in INSTANCE_ENDED


@dataclass(frozen=True, slots=True)
class Placed:
    """Where an item stands or stood; `name` as it was computed when it came to be."""

    instance: int
    parent: int | None
    node: str
    name: str


@dataclass(frozen=True, slots=True)
class Running:
    """Parts in the order in which they began, and what the history tells of their steps, by (part, node).

    `done`: when it was last completed or passed. `left`: why it was last ended before it was done.
    """

    library: CompiledModels
    state: State
    parts: Mapping[int, Part]
    places: Mapping[int, Placed]
    done: Mapping[tuple[int, str], datetime] = field(default_factory=dict)
    left: Mapping[tuple[int, str], str] = field(default_factory=dict)
    times: Mapping[tuple[int, str], int] = field(default_factory=dict)
    flows: Mapping[tuple[int, str], tuple[str, ...]] = field(default_factory=dict)

    @property
    def root(self) -> Part:
        return self.parts[ROOT]

    def node(self, item: int | None) -> Node | None:
        """What the model says of an item, be it open or over."""
        place = self.places.get(item or 0)
        part = None if place is None else self.parts.get(place.instance)
        return None if place is None or part is None else part.model.nodes.get(place.node)

    def name(self, item: int | None, otherwise: str = "the case as a whole") -> str:
        place = self.places.get(item or 0)
        return otherwise if place is None else place.name

    def around(self, item: int | None) -> str:
        """The stages and parts around an item, from the outside in; empty for what stands in the root itself."""
        names: list[str] = []
        place = self.places.get(item or 0)
        while place is not None:
            if place.parent is not None:
                place = self.places.get(place.parent)
                if place is not None and (not names or names[-1] != place.name):
                    names.append(place.name)
                continue
            part = self.parts.get(place.instance)
            if part is None or part.caller is None:
                break
            names.append(part.name)
            place = self.places.get(part.caller)
        return " › ".join(reversed(names))

    def inside(self, part: Part) -> str:
        """The name of a part with those around it."""
        return " › ".join(filter(None, (self.around(part.caller), part.name))) if part.caller is not None else ""

    def find(self, node: str) -> Node | None:
        """The node of this id: in the root's model, else in any model of the case type."""
        models = (self.root.model, *self.library.cases.values(), *self.library.processes.values())
        return next((model.nodes[node] for model in models if node in model.nodes), None)

    def open(self, node: str) -> list[Item]:
        """What is open of this node, in all parts."""
        return [item for item in self.state.items.values() if item.node == node]

    def is_done(self, node: str) -> bool:
        """Whether this node was done in any part."""
        return any(key[1] == node for key in self.done)


def running(library: CompiledModels, state: State, root: str, history: tuple[Entry, ...]) -> Running:
    """`root`: the key of the root's model. What is open comes from the state, what is over from the history."""
    parts = {part.instance: part for part in _parts(library, state, history)}
    if ROOT not in parts:  # its beginning lies further back than the history that was read
        parts = {ROOT: _root(library, root, state)} | parts
    found = Running(library, state, parts, {})
    found = Running(library, state, parts, dict(_places(found, history)))
    return _with_steps(found, history)


def _root(library: CompiledModels, key: str, state: State) -> Part:
    kind, models = ("case", library.cases) if key in library.cases else ("process", library.processes)
    return Part(ROOT, kind, models[key], models[key].name or key, None, state.root.state)


def _parts(library: CompiledModels, state: State, history: tuple[Entry, ...]) -> Iterator[Part]:
    told = _by_instance(history, "engine.InstanceStarted")
    over = {number: str(detail["state"]) for number, detail in _by_instance(history, "engine.InstanceEnded").items()}
    for number in sorted({*told, *state.instances}):
        open_one, begun = state.instances.get(number), told.get(number, {})
        kind = open_one.kind if open_one else begun["kind"]
        key = open_one.key if open_one else begun["key"]
        model = (library.cases if kind == "case" else library.processes).get(key)
        if model is not None:
            caller = open_one.parent if open_one else begun.get("parent")
            status = open_one.state if open_one else over.get(number, "completed")
            yield Part(number, kind, model, begun.get("name") or model.name or key, caller, status)


def _by_instance(history: tuple[Entry, ...], action: str) -> dict[int, dict[str, Json]]:
    """What events of this kind say, by instance; one whose content was erased says nothing."""
    return {e.detail["instance"]: e.detail for e in history if e.action == action and "instance" in e.detail}


def _places(found: Running, history: tuple[Entry, ...]) -> Iterator[tuple[int, Placed]]:
    for item in found.state.items.values():
        part = found.parts.get(item.instance)
        node = None if part is None else part.model.nodes.get(item.node)
        yield item.id, Placed(item.instance, item.parent, item.node, (node.name if node else "") or item.node)
    for entry in history:
        told = entry.detail
        if entry.action == "engine.ItemOpened" and "item" in told:
            name = told.get("name") or told["node"]
            yield told["item"], Placed(told["instance"], told.get("parent"), told["node"], name)


def _with_steps(found: Running, history: tuple[Entry, ...]) -> Running:
    done: dict[tuple[int, str], datetime] = {}
    left: dict[tuple[int, str], str] = {}
    times: dict[tuple[int, str], int] = {}
    flows: dict[tuple[int, str], tuple[str, ...]] = {}
    for entry in history:
        told = entry.detail
        if entry.action == "engine.ElementPassed" and "node" in told:
            key, over = (told["instance"], told["node"]), True
            flows[key] = tuple(told.get("taken", ()))
        elif entry.action == "engine.ItemChanged" and "target" in told:
            place = found.places.get(told["item"])
            key = (told["instance"], place.node if place else told["definition"])
            over = told["target"] == "completed"
            if told["target"] == "terminated":
                left[key] = told.get("reason", "")
        else:
            continue
        if over:
            done[key] = entry.at
            times[key] = times.get(key, 0) + 1
            left.pop(key, None)
    return Running(found.library, found.state, found.parts, found.places, done, left, times, flows)
