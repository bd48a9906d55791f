"""Does the draft that an outline becomes pass every check, and do its own examples go as it says?

The kind `outline-check`: it compiles the outline, checks the files as a deployment does and plays the examples on the
engine in memory (`orchestration.modelling`). It answers, and nothing else: an outline always gets the same answer.
"""

from __future__ import annotations

from typing import Any, Final

from orchestration.actors.contract import Answer
from orchestration.ground import clock
from orchestration.modelling.judging import judged

KIND: Final = "outline-check"
CAPABILITY: Final = "check-outline"
FILE: Final = b"capability: check-outline\nby: orchestration.modelling\n"
"""The artefact of its only version: the checks are the product's own, and change with it."""


class OutlineCheckActor:
    """The capability `check-outline`."""

    capability = CAPABILITY
    input_schema: Final[dict[str, Any]] = {"type": "object", "required": ["outline"]}
    output_schema: Final[dict[str, Any]] = {"type": "object", "required": ["sound", "messages"]}

    def __init__(self, key: str, version: str, artefact: bytes | None) -> None:
        self.key, self.version = key, version

    def run(self, input: dict[str, Any], *, idempotency_key: str) -> Answer:
        found = judged(input["outline"], clock.utc_now())
        detail = {"files": len(found.files), "examples": len(found.runs)}
        return Answer({"sound": found.is_sound, "messages": list(found.messages)}, None, detail)
