"""What is done next within one command, and when is it done?

Operations run first in, first out; when none is left, every instance that changed is settled, which may plan more,
until all is quiet. `MAX_OPERATIONS` bounds it, so a model that goes round for ever becomes an incident.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from typing import Any, Final

from orchestration.engine.rejections import AgendaOverrun, ModelFault

MAX_OPERATIONS: Final = 10_000
"""Agenda operations that one command may cause."""


class Agenda(ABC):
    """The operations that are planned, and the instances that are to be settled."""

    def __init__(self) -> None:
        self._agenda: deque[tuple[Callable[..., None], tuple[Any, ...]]] = deque()
        self._unsettled: dict[int, set[str]] = {}
        self._operations = 0

    @abstractmethod
    def is_running(self, instance: int) -> bool:
        """Whether the instance is there and has not ended."""

    @abstractmethod
    def settle(self, instance: int, changed: frozenset[str]) -> None:
        """Nothing is left to do and this instance changed, these of its variables too: bring it to rest."""

    @abstractmethod
    def fault(self, fault: ModelFault) -> None:
        """An operation could not go on: raise an incident."""

    def plan(self, operation: Callable[..., None], *arguments: Any) -> None:
        """Put an operation at the end of the agenda."""
        self._agenda.append((operation, arguments))

    def touch(self, instance: int, *names: str) -> None:
        """Have the instance settled when the agenda is empty; `names` are variables that changed."""
        known = self._unsettled.get(instance)  # asked at every turn of the engine
        if known is None:
            self._unsettled[instance] = set(names)
        elif names:
            known.update(names)

    @property
    def is_busy(self) -> bool:
        """Whether something is on the agenda."""
        return bool(self._agenda)

    def run(self) -> None:
        """Work until all is quiet. Raises AgendaOverrun."""
        while True:
            while self._agenda:
                operation, arguments = self._agenda.popleft()
                self._once(operation, arguments)
            if not self._unsettled:
                return
            instance = next(iter(self._unsettled))
            names = frozenset(self._unsettled.pop(instance))
            if self.is_running(instance):
                self._once(self.settle, (instance, names))

    def _once(self, operation: Callable[..., None], arguments: tuple[Any, ...]) -> None:
        self._operations += 1
        if self._operations > MAX_OPERATIONS:
            raise AgendaOverrun
        try:
            operation(*arguments)
        except ModelFault as fault:
            self.fault(fault)
