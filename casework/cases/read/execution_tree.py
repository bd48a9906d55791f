"""What runs in a case, part by part, and what has run?

The root case or process and every case and process that it called, however deep, are its *parts*. Everything on a page
that names a step asks here which step of which part it is, so that no page knows only one kind of model.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from casework.cases.read.past import Past
from orchestration.view.models import CaseModel, CompiledModels, FlowNode, PlanNode, ProcessModel
from orchestration.view.state import INSTANCE_ENDED, ROOT, Item, State

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
    `elsewhere`: what was done in parts that are long over, by (model, node).
    """

    library: CompiledModels
    state: State
    parts: Mapping[int, Part]
    places: Mapping[int, Placed]
    done: Mapping[tuple[int, str], datetime] = field(default_factory=dict)
    left: Mapping[tuple[int, str], str] = field(default_factory=dict)
    times: Mapping[tuple[int, str], int] = field(default_factory=dict)
    flows: Mapping[tuple[int, str], tuple[str, ...]] = field(default_factory=dict)
    elsewhere: Mapping[tuple[str, str], datetime] = field(default_factory=dict)

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
        return any(key[1] == node for key in (*self.done, *self.elsewhere))


def running(library: CompiledModels, state: State, root: str, past: Past) -> Running:
    """`root`: the key of the root's model. What is open comes from the state, what is over from the past."""
    parts = {part.instance: part for part in _parts(library, state, past)}
    if ROOT not in parts:  # what the event said that began it was erased
        parts = {ROOT: _root(library, root, state)} | parts
    return Running(
        library, state, parts, dict(_places(parts, state, past)),
        done={(part, node): _at(at) for part, nodes in _by_part(past["done"]) for node, (at, _) in nodes.items()},
        left={(part, node): reason for part, nodes in _by_part(past["left"]) for node, reason in nodes.items()},
        times={(part, node): times for part, nodes in _by_part(past["done"]) for node, (_, times) in nodes.items()},
        flows={(part, node): tuple(taken) for part, nodes in _by_part(past["flows"]) for node, taken in nodes.items()},
        elsewhere={
            (key, node): _at(at) for key, nodes in past["elsewhere"].items() for node, at in nodes.items()
        },
    )  # fmt: skip


def _by_part(told: Mapping[str, Json]) -> Iterator[tuple[int, Json]]:
    return ((int(number), nodes) for number, nodes in told.items())


def _at(at: str) -> datetime:
    return datetime.fromisoformat(at)


def _root(library: CompiledModels, key: str, state: State) -> Part:
    kind, models = ("case", library.cases) if key in library.cases else ("process", library.processes)
    return Part(ROOT, kind, models[key], models[key].name or key, None, state.root.state)


def _parts(library: CompiledModels, state: State, past: Past) -> Iterator[Part]:
    told = {int(number): part for number, part in past["parts"].items()}
    for number in sorted({*told, *state.instances}):
        open_one, begun = state.instances.get(number), told.get(number, {})
        kind = open_one.kind if open_one else begun["kind"]
        key = open_one.key if open_one else begun["key"]
        model = (library.cases if kind == "case" else library.processes).get(key)
        if model is not None:
            caller = open_one.parent if open_one else begun.get("parent")
            status = open_one.state if open_one else past["over"].get(str(number), "completed")
            yield Part(number, kind, model, begun.get("name") or model.name or key, caller, status)


def _places(parts: Mapping[int, Part], state: State, past: Past) -> Iterator[tuple[int, Placed]]:
    for item in state.items.values():
        part = parts.get(item.instance)
        node = None if part is None else part.model.nodes.get(item.node)
        yield item.id, Placed(item.instance, item.parent, item.node, (node.name if node else "") or item.node)
    for number, (name, _, instance, parent, node_id, _) in past["items"].items():
        yield int(number), Placed(instance, parent, node_id, name)
