"""How are states and events stored?

A state becomes two byte strings: what is open, and the root's variables (the case data, which may be large and is
decoded only when somebody reads it, and written only when it changed). Both are JSON. What is open is an array: the
length of the header, the header (the counter, where each variable stands in the data, the lengths of what follows),
the words of the pages, then the pages (`pages`), so that a step finds what it needs and leaves the rest as it is.
Before November 2026 it was one object with all rows; those are read too. Events become a kind and a JSON object.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, fields
from operator import attrgetter
from typing import Any, get_args

import orjson

from orchestration.engine import events
from orchestration.engine.pages import Pages, stored
from orchestration.engine.state import ROOT, Instance, Item, State, Wait
from orchestration.engine.variables import Variables

Json = Any


def encode(state: State) -> tuple[bytes, bytes | None]:
    """(what is open, case data); case data None: unchanged since the state was decoded."""
    data, index = state.root.variables.encode()
    layout, words, pages = stored(state.tables, state.pages)
    header = orjson.dumps({"next": state.next_id, "data": index, **layout})
    open_items = b"[%d,%b,[%b],%b]" % (len(header), header, words, pages)
    return open_items, data if state.data_changed else None


def decode(items: bytes, data: bytes) -> State:
    """The state that was encoded, with `data` the last case data that `encode` gave. Raises ValueError.

    Pages are decoded when something on them is asked for, which may raise ValueError too.
    """
    if items.startswith(b"{"):
        return _decode_rows(orjson.loads(items), data)
    comma = items.index(b",", 1, 20)
    end = comma + 1 + int(items[1:comma])
    header = orjson.loads(items[comma + 1 : end])
    return State(header["next"], Pages(items, end + 1, header), Variables.decode(data, header["data"]))


def _decode_rows(document: dict[str, Json], data: bytes) -> State:
    """A state as it was stored until November 2026: all rows in three lists, what stands in what to be worked out."""
    state = State(document["next"])
    for id, kind, key, parent, status, given, facts in document["instances"]:
        variables = Variables.decode(data, document["data"]) if id == ROOT else Variables(given)
        state.instances[id] = Instance(id, kind, key, parent, status, variables, facts)
    for row in document["items"]:
        state.items[row[0]] = Item(*row)
    for item in state.items.values():
        state.holder(item.instance, item.parent).children.add(item.id)
    for row in document["waits"]:
        wait = state.waits[row[0]] = Wait(*row)
        state.holder(wait.instance, wait.item).waits.add(wait.id)
    for instance in state.instances.values():
        if instance.parent is not None and instance.parent in state.items:
            state.items[instance.parent].called.add(instance.id)
    return state


def opened(items: bytes) -> list[Json]:
    """All of what is stored as open, but for where in the data each variable stands. Raises ValueError.

    Two states of the same content give the same: which rows stand on which page, and their words, follows from them.
    """
    whole = orjson.loads(items)
    if isinstance(whole, dict):
        return opened(encode(_decode_rows(whole, b"{}"))[0])
    return [{name: value for name, value in whole[1].items() if name != "data"}, *whole[2:]]


def _getter(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    """Reads these attributes in one call, which gives a lone one by itself."""
    read = attrgetter(*names) if names else lambda value: ()
    return read if len(names) != 1 else lambda value: (read(value),)


class _Shape:
    """The fields of one class: which have defaults (left out when they hold them), and which are tuples."""

    def __init__(self, cls: type) -> None:
        self.cls = cls
        self.required = tuple(f.name for f in fields(cls) if f.default is MISSING and f.default_factory is MISSING)
        self.given = _getter(self.required)
        self.optional = tuple((f.name, f.default) for f in fields(cls) if f.name not in self.required)
        self.tuples = tuple(f.name for f in fields(cls) if str(f.type).startswith("tuple"))

    def encode(self, value: Any) -> dict[str, Json]:
        payload = dict(zip(self.required, self.given(value), strict=True))
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
