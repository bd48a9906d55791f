"""What does a bot keep of what it did? A line for each step, with a picture where it touched a field."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from casework.bots.script import Step

Json = Any
Keep = Callable[[bytes], str]
"""Keeps a picture with the job, and gives its name."""


@dataclass(slots=True)
class Log:
    """The lines go into the ledger: they say what was done where, and not what was typed. `by`: with what."""

    keep: Keep
    by: str = ""
    lines: list[dict[str, Json]] = field(default_factory=list)

    def add(self, step: Step, picture: bytes | None = None, screen: str = "") -> None:
        line: dict[str, Json] = {"step": step.told, "at": datetime.now(UTC).isoformat(timespec="milliseconds")}
        if picture is not None:
            line["picture"] = self.keep(picture)
        if screen:
            line["screen"] = screen
        self.lines.append(line)

    @property
    def detail(self) -> dict[str, Json]:
        return {"steps": self.lines, "with": self.by}
