"""Which names does an expression see, and what do they hold?

From the inside out: what the call gives in addition, variables local to the item and to the items around it, the
variables of the instance, then what the behaviour knows. FEEL takes JSON values as they are and never copies a scope:
a large case costs an expression nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from orchestration.engine.state import State

Json = Any
_MISSING: Any = object()


class Surroundings(Protocol):
    """What a scope needs of a step: the state, and what a behaviour knows beside variables."""

    @property
    def state(self) -> State: ...

    def known(self, instance: int, item: int | None, name: str) -> Json:
        """What an expression reads under a name that is no variable; else None."""


@dataclass(frozen=True, slots=True)
class AtRest:
    """The surroundings between two steps: nothing is known beside variables."""

    state: State

    def known(self, instance: int, item: int | None, name: str) -> Json:
        return None


class Scope(Mapping[str, Any]):
    """The names that an item of an instance sees (item None: those of the instance), as FEEL values."""

    __slots__ = ("_extra", "_instance", "_item", "_step")

    def __init__(
        self, step: Surroundings, instance: int, item: int | None, extra: Mapping[str, Json] | None = None
    ) -> None:
        self._step = step
        self._instance = instance
        self._item = item
        self._extra = extra

    def json(self, name: str) -> Json:
        """The value in JSON's terms. Raises KeyError."""
        if self._extra is not None and name in self._extra:
            return self._extra[name]
        state = self._step.state
        at = self._item
        while at is not None:
            item = state.items[at]
            if item.local is not None and name in item.local:
                return item.local[name]
            at = item.parent
        found = state.instances[self._instance].variables.get(name, _MISSING)
        if found is not _MISSING:
            return found
        known = self._step.known(self._instance, self._item, name)
        if known is None:
            raise KeyError(name)
        return known

    def json_or_null(self, name: str) -> Json:
        try:
            return self.json(name)
        except KeyError:
            return None

    def __getitem__(self, name: str) -> Any:
        return self.json(name)

    def __iter__(self) -> Iterator[str]:
        yield from dict.fromkeys(self._names())

    def _names(self) -> Iterator[str]:
        yield from self._extra or ()
        state, at = self._step.state, self._item
        while at is not None:
            yield from state.items[at].local or ()
            at = state.items[at].parent
        yield from state.instances[self._instance].variables

    def __len__(self) -> int:
        return sum(1 for _ in self)
