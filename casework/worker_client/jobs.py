"""What does a handler get, and what may come of it?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Event
from typing import Any

Json = Any


@dataclass(frozen=True)
class Job:
    """`key`: the same for every attempt; send it along to whatever must not do a thing twice. `limit`: ISO 8601, when
    even an extended lease ends. `lost` is set when the job is not the worker's any more: what is done then is in vain.
    """

    lease: str
    key: str
    capability: str
    step: str
    input: Json
    attempt: int
    priority: int
    until: str
    limit: str
    objection: str = ""
    lost: Event = field(default_factory=Event, compare=False, repr=False)


@dataclass(frozen=True)
class Result:
    """What the handler made of it. `detail` explains, `usage` counts (`units`); both are kept beside the result."""

    output: Mapping[str, Json]
    confidence: float | None = None
    detail: Mapping[str, Json] = field(default_factory=dict)
    usage: Mapping[str, Json] = field(default_factory=dict)


class Failed(Exception):
    """Raised by a handler: it did not work. `temporary`: it may work later; `after`: in so many seconds."""

    def __init__(self, message: str, *, temporary: bool = False, after: float | None = None) -> None:
        super().__init__(message)
        self.temporary = temporary
        self.after = after


class BusinessError(Exception):
    """Raised by a handler: the other side says no in a way that the model deals with, by its error event."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(message or code)
        self.code = code


def job_of(told: Mapping[str, Json]) -> Job:
    """The job that an answer tells of."""
    return Job(
        told["lease"], told["job"], told["capability"], told["step"], told["input"], told["attempt"],
        told["priority"], told["until"], told["limit"], told.get("objection", ""),
    )  # fmt: skip
