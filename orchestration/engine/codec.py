"""How are states and events stored?

A state becomes two byte strings: what is open (small), and the root's variables (the case data, which may be large and
is decoded only when somebody reads it, and written only when it changed). Both are JSON; items and waits are rows
without field names, because they are written at every step. Events become a kind and a JSON object.
"""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import Any, get_args

import orjson

from orchestration.engine import events
from orchestration.engine.state import ROOT, Instance, Item, State, Wait
from orchestration.engine.variables import Variables

Json = Any


def encode(state: State) -> tuple[bytes, bytes | None]:
    """(open items, case data); case data None: unchanged since the state was decoded."""
    data, index = state.root.variables.encode()
    document = {
        "next": state.next_id,
        "data": index,
        "instances": [
            [i.id, i.kind, i.key, i.parent, i.state, None if i.id == ROOT else dict(i.variables), i.facts]
            for i in state.instances.values()
        ],
        "items": [[i.id, i.instance, i.parent, i.node, i.state, i.local, i.facts] for i in state.items.values()],
        "waits": [[w.id, w.instance, w.item, w.kind, w.name, w.node, w.key, w.facts] for w in state.waits.values()],
    }
    return orjson.dumps(document), data if state.data_changed else None


def decode(items: bytes, data: bytes) -> State:
    """The state that was encoded, with `data` the last case data that `encode` gave."""
    document = orjson.loads(items)
    state = State(document["next"])
    for id, kind, key, parent, status, given, facts in document["instances"]:
        variables = Variables.decode(data, document["data"]) if id == ROOT else Variables(given)
        state.instances[id] = Instance(id, kind, key, parent, status, variables, facts)
    for row in document["items"]:
        item = Item(*row)
        state.items[item.id] = item
        holder = state.instances[item.instance] if item.parent is None else state.items[item.parent]
        holder.children[item.id] = None
    for row in document["waits"]:
        wait = Wait(*row)
        state.waits[wait.id] = wait
        owner = state.instances[wait.instance] if wait.item is None else state.items[wait.item]
        owner.waits[wait.id] = None
    return state


class _Shape:
    """The fields of one class: which have defaults (left out when they hold them), and which are tuples."""

    def __init__(self, cls: type) -> None:
        self.cls = cls
        self.required = tuple(f.name for f in fields(cls) if f.default is MISSING and f.default_factory is MISSING)
        self.optional = tuple((f.name, f.default) for f in fields(cls) if f.name not in self.required)
        self.tuples = tuple(f.name for f in fields(cls) if str(f.type).startswith("tuple"))

    def encode(self, value: Any) -> dict[str, Json]:
        payload = {name: getattr(value, name) for name in self.required}
        for name, default in self.optional:
            given = getattr(value, name)
            if given is not default and given != default:
                payload[name] = given
        return payload

    def decode(self, payload: dict[str, Json]) -> Any:
        given = dict(payload)
        for name in self.tuples:
            if given.get(name) is not None:
                given[name] = tuple(given[name])
        return self.cls(**given)


_EVENTS = {cls.__name__: _Shape(cls) for cls in get_args(events.Event)}


def encode_event(event: events.Event) -> tuple[str, dict[str, Json]]:
    """(kind, payload): the class name, and its fields but those that hold their defaults."""
    kind = type(event).__name__
    return kind, _EVENTS[kind].encode(event)


def decode_event(kind: str, payload: dict[str, Json]) -> events.Event:
    """The event that was encoded. Raises KeyError for an unknown kind."""
    event: events.Event = _EVENTS[kind].decode(payload)
    return event
