"""How does an agent open a case of another kind from the case on which it works?

A tool of its file (`open`), whose item is a case type. What an agent may open, as whom and with which data is said by
its grant; who keeps the cases, above, hangs in how one is opened.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from audit.services import Origin
from orchestration.ground.refusals import Refused

Json = Any
NOBODY: Final = Refused("unknown", "Nobody here opens cases for agents.")


@dataclass(frozen=True, slots=True)
class OpenCase:
    """What the agent wants done: a case of this type. It is no command of the engine on its own case."""

    case_type: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """`instance`: the case from which it is opened. `roles`: of the agent. `data`: by dotted places in the new case."""

    instance: int
    case_type: str
    roles: tuple[str, ...]
    data: Mapping[str, Json]
    origin: Origin


@dataclass(frozen=True, slots=True)
class Begun:
    """The case that is there now. `created`: false where it was opened from the same case before."""

    case: int
    reference: str
    created: bool


openers: list[Callable[[Wanted], Begun | Refused]] = []
"""At most one: how a case is opened. In the transaction that is open."""


def begun(wanted: Wanted) -> Begun | Refused:
    """Open it, or say why not."""
    return openers[0](wanted) if openers else NOBODY


def nested(data: Mapping[str, Json]) -> dict[str, Json]:
    """The data of a case, from values by their dotted places."""
    found: dict[str, Json] = {}
    for path, value in data.items():
        at, *deeper = path.split(".")
        if deeper:
            found[at] = {**found.get(at, {}), **nested({".".join(deeper): value})}
        else:
            found[at] = value
    return found
