"""Which fields of a case are copies of what another system keeps, and how are they compared and changed there?

`owners` of the manifest: working copies with their system of record. A copy is never written by a person in the case:
what is to be another is sent to its owner as a change.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from orchestration.actors.kinds.mapping import Filled, condition, expression_faults, mapping, mapping_faults
from orchestration.engine.timers import BadTimer, later

Json = Any
MOST: Final = 20
LEAST: Final = timedelta(minutes=1)
"""How often copies are compared by themselves, at most."""
EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
RESULT: Final = "result"
"""What the owner answered, in the expressions of copies."""
SENT: Final = ("value", "before")
"""What is to stand there and what stands there, in the expressions of a change."""


@dataclass(frozen=True, slots=True)
class Change:
    """How a field is changed where it is owned: the capability, what it is given, and which groups may ask for it."""

    capability: str
    given: Filled
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Owner:
    """A record of another system, of which the case holds copies.

    `read`: the capability that reads it; `given`: what that is asked, of the case's data; `when`: whether the case has
    anything of it yet. `copies`: dotted place in the case -> what of the answer stands there. `every`: how often it is
    compared by itself; None: when somebody asks. `heals`: whether what differs is then taken over by itself.
    `version`: names this mapping, whatever version of the case type has it.
    """

    key: str
    system: str
    read: str
    given: Filled
    when: Filled | None
    copies: Mapping[str, Filled]
    changes: Mapping[str, Change]
    every: timedelta | None
    heals: bool
    version: str

    def holds(self, data: Mapping[str, Json]) -> bool:
        """Whether a case with these data has copies of it."""
        return self.when is None or self.when.filled(data) is True

    def asked(self, data: Mapping[str, Json]) -> Json:
        """What the reading is given."""
        return self.given.filled(data)

    def told(self, result: Json) -> dict[str, Json]:
        """What stands with the owner, by the place of the copy."""
        return {path: copy.filled({RESULT: result}) for path, copy in self.copies.items()}


def declared_owners(manifest: Mapping[str, Json]) -> tuple[Owner, ...]:
    """Those of a manifest that was checked."""
    return tuple(_owner(one) for one in manifest.get("owners", ()))


def _owner(one: Mapping[str, Json]) -> Owner:
    return Owner(
        one["key"], one["system"], one["read"], mapping(one.get("given", {})),
        condition(one["when"]) if "when" in one else None,
        {path: mapping(text) for path, text in one["copies"].items()},
        {path: _change(change) for path, change in one.get("changes", {}).items()},
        _span(one["every"]) if "every" in one else None, bool(one.get("heals")), _version(one),
    )  # fmt: skip


def _change(one: Mapping[str, Json]) -> Change:
    return Change(one["capability"], mapping(one["given"]), tuple(one.get("by", ())))


def _version(one: Mapping[str, Json]) -> str:
    return sha256(json.dumps(one, sort_keys=True).encode()).hexdigest()[:12]


def _span(text: str) -> timedelta:
    """Raises BadTimer."""
    return later(EPOCH, text) - EPOCH


def owner_faults(manifest: Mapping[str, Json], schema: Json) -> Iterator[str]:
    """What is wrong with them beyond their shape and the places that they name, in sentences."""
    names = frozenset((schema or {}).get("properties", {}))
    editable = [one["path"] for one in manifest.get("editable", ())]
    keys: set[str] = set()
    copied: set[str] = set()
    for one in manifest.get("owners", ()):
        place = f"manifest.yaml, owners/{one['key']}"
        if one["key"] in keys:
            yield f"{place}: two owners have this key."
        keys.add(one["key"])
        yield from _copy_faults(place, one, schema, copied, editable)
        yield from _expressions(place, one, names)
        if "every" in one:
            yield from _span_faults(place, one["every"])


def _copy_faults(
    place: str, one: Mapping[str, Json], schema: Json, copied: set[str], editable: list[str]
) -> Iterator[str]:
    for path in one["copies"]:
        said = _system_at(schema, path)
        if said != one["system"]:
            yield f"{place}: {path} is a copy of what {one['system']} has, but the schema's x-system is {said!r}."
        if path in copied:
            yield f"{place}: {path} is a copy of two owners."
        if any(path == other or path.startswith(f"{other}.") for other in editable):
            yield f"{place}: {path} is owned by {one['system']}, so it is not editable: declare a change instead."
        copied.add(path)
    for path in sorted(one.get("changes", {}).keys() - one["copies"].keys()):
        yield f"{place}: changes names {path!r}, which is no copy."


def manifest_groups(one: Mapping[str, Json]) -> list[tuple[str, str]]:
    """(place, group) for each group that an owner's changes name."""
    return [(path, group) for path, change in one.get("changes", {}).items() for group in change.get("by", ())]


def _expressions(place: str, one: Mapping[str, Json], names: frozenset[str]) -> Iterator[str]:
    yield from mapping_faults(f"{place}/given", one.get("given", {}), names)
    if "when" in one:
        yield from expression_faults(f"{place}/when", one["when"], names)
    for path, text in one["copies"].items():
        yield from mapping_faults(f"{place}/{path}", text, frozenset({RESULT}))
    for path, change in one.get("changes", {}).items():
        yield from mapping_faults(f"{place}/changes/{path}", change["given"], names | frozenset(SENT))


def _span_faults(place: str, text: str) -> Iterator[str]:
    try:
        if _span(text) < LEAST:
            yield f"{place}: it is compared every minute at most."
    except BadTimer as wrong:
        yield f"{place}: {wrong}"


def _system_at(schema: Json, path: str) -> str:
    """The `x-system` of a place: its own, else that of what is around it."""
    said = ""
    for name in path.split("."):
        schema = (schema or {}).get("properties", {}).get(name, {})
        said = schema.get("x-system", said) if isinstance(schema, Mapping) else said
    return said
