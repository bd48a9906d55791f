"""How does a step end before it is done?

As a value where the command is refused (`Rejection`), as an incident where the model cannot go on (`ModelFault`), and
as if it had not been where it finds no end (`AgendaOverrun`). Exceptions carry them out of a behaviour; none leaves
the engine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Json = Any


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a command was refused. `code` is for programs, `message` a sentence for people."""

    code: str
    message: str


class CommandRejected(Exception):
    """Carries a Rejection out of a behaviour; `execute` turns it into a value. Nothing of the step remains."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.rejection = Rejection(code, message)


class ModelFault(Exception):
    """The model cannot go on at an item; the agenda turns it into an incident there."""

    def __init__(self, message: str, item: int | None = None, code: str = "model") -> None:
        super().__init__(message)
        self.item = item
        self.code = code


class ErrorThrown(ModelFault):
    """A script throws. With a `code` it is a BPMN error, which the model may catch; else the step fails there.

    `changes`: the variables that it has set before. `inside`: it comes from the scope `item` (None: the instance)
    itself, not from work that stands in it.
    """

    def __init__(
        self, message: str, instance: int, item: int | None, code: str | None, changes: Mapping[str, Json]
    ) -> None:
        super().__init__(message, item)
        self.instance = instance
        self.error = code
        self.changes = changes
        self.inside = False


class TooManyHops(ModelFault):
    """Cases move one another round and round; a person has to look at it before the next message is thrown."""

    def __init__(self, what: str, item: int | None, hops: int) -> None:
        sentence = (
            f"The {what} is not thrown: a chain of {hops} messages and signals from case to case has led to it, "
            "without a person among them."
        )
        super().__init__(sentence, item, "chain")


class AgendaOverrun(Exception):
    """More than `MAX_OPERATIONS` operations; `execute` drops the step and raises an incident instead."""
