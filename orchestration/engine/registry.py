"""What do events of Flowable's event registry carry, and for whom is one?

Event registry: `.event` files describe what an event carries (`EventType`), `.channel` files over which channels events
come and go (`Channel`). An event is a message here: its name is the event's key. It reaches everybody whom it fits, and
each of them says by a key what the event must have in it: names of correlation parameters with their values. Channels
stay outside: whoever brings an event in, or takes one away, is no part of this engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

import orjson

Json = Any
Names = tuple[str, ...]
"""The correlation parameters that somebody waits for, in their order."""

LONGEST: Final = 200
"""Characters of a key; of a longer one its digest is taken."""
_MARK: Final = "{"
NOBODY: Final = "{?}"
"""The key of one that does not know yet what it waits for."""


class NotAnEvent(ValueError):
    """The file describes no event and no channel; the message says why."""


@dataclass(frozen=True, slots=True)
class EventType:
    """What an event carries: field -> type (`string`, `integer`, `long`, `double`, `boolean`, `json`), and which fields
    say whom it is for. `whole`: the field that holds all of it."""

    key: str
    name: str
    fields: Mapping[str, str]
    correlated: Names = ()
    whole: str | None = None

    def carried(self, payload: Mapping[str, Json]) -> dict[str, Json]:
        """The fields that are there, in their types; what the description does not name is not taken."""
        found = {name: _typed(payload[name], kind) for name, kind in self.fields.items() if name in payload}
        return found if self.whole is None or self.whole in found else {**found, self.whole: dict(payload)}


@dataclass(frozen=True, slots=True)
class Channel:
    """A way in or out (`inbound`, `outbound`) of a kind (`jms`, `kafka`, `rabbit`, `expression`, ...)."""

    key: str
    way: str
    kind: str = ""


def _typed(value: Json, kind: str) -> Json:
    """A value in the type of its field; one that cannot be read so stays as it is."""
    try:
        match kind:
            case "string":
                return value if value is None or isinstance(value, str) else _text(value)
            case "integer" | "long":
                return value if value is None or isinstance(value, bool) else int(value)
            case "double":
                return value if value is None or isinstance(value, bool) else float(value)
            case "boolean":
                return value.strip().lower() == "true" if isinstance(value, str) else value
            case "json":
                return orjson.loads(value) if isinstance(value, str) else value
    except (TypeError, ValueError, OverflowError):
        return value
    return value


def read(text: bytes) -> EventType | Channel:
    """The content of an `.event` or `.channel` file. Raises NotAnEvent."""
    try:
        said = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise NotAnEvent(f"it is no JSON: {error}") from None
    if not isinstance(said, dict) or not isinstance(said.get("key"), str) or not said["key"]:
        raise NotAnEvent("it has no key")
    way = said.get("channelType")
    if isinstance(way, str):
        return Channel(said["key"], way, str(said.get("type") or ""))
    return _event_type(said)


def _event_type(said: Mapping[str, Json]) -> EventType:
    stated, fields = _rows(said, "correlationParameters"), _rows(said, "payload")
    if any(not isinstance(row.get("name"), str) for row in (*stated, *fields)):
        raise NotAnEvent("a field has no name")
    correlated = [row["name"] for row in (*stated, *(row for row in fields if row.get("correlationParameter") is True))]
    whole = next((row["name"] for row in fields if row.get("isFullPayload") or row.get("fullPayload")), None)
    types = {row["name"]: str(row.get("type") or "") for row in (*stated, *fields) if row["name"] != whole}
    return EventType(said["key"], str(said.get("name") or said["key"]), types, tuple(dict.fromkeys(correlated)), whole)


def _rows(said: Mapping[str, Json], name: str) -> list[dict[str, Json]]:
    rows = said.get(name, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise NotAnEvent(f"'{name}' is no list of fields")
    return rows


# -- whom an event is for


def key(values: Mapping[str, Json]) -> str:
    """What an event must have in it, as one text; NOBODY where a value is missing, so that no event fits.

    The text of a value counts, so that 12 and "12" are the same.
    """
    if any(value is None for value in values.values()):
        return NOBODY
    text = orjson.dumps({name: _text(values[name]) for name in sorted(values)}).decode()
    return text if len(text) <= LONGEST else _MARK + sha256(text.encode()).hexdigest()


def _text(value: Json) -> str:
    return value if isinstance(value, str) else orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def is_key(text: str | None) -> bool:
    """Whether a subscription with this key waits for an event of the registry."""
    return text is not None and text.startswith(_MARK)


def keys(asked: Iterable[Names], payload: Mapping[str, Json]) -> frozenset[str]:
    """The keys of all whom an event with this content is for: `asked` are the parameters that they ask for."""
    return frozenset(key({name: payload.get(name) for name in names}) for names in asked) - {NOBODY}
