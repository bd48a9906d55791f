"""What does every machine actor promise?

An actor has a capability, says in JSON Schema (draft 2020-12) what it takes and gives, and answers or raises.
"""

import hashlib
from dataclasses import dataclass, field
from typing import Any, Protocol

MAX_TEXT = 20_000  # characters: some ten pages
VERSION_LENGTH = 12

TEXT_INPUT: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["text"],
    "additionalProperties": False,
    "properties": {"text": {"type": "string", "minLength": 1, "maxLength": MAX_TEXT, "pattern": "\\S"}},
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What an actor gave: `detail` explains (probabilities), `usage` counts (tokens); both go to the actor ledger."""

    output: dict[str, Any]
    confidence: float | None
    detail: dict[str, Any] = field(default_factory=dict)
    usage: dict[str, Any] = field(default_factory=dict)


class ActorError(Exception):
    """The actor could not answer. `temporary` says whether trying again later may help."""

    def __init__(self, message: str, *, temporary: bool) -> None:
        super().__init__(message)
        self.temporary = temporary


class Actor(Protocol):
    """Whoever performs work without being a person."""

    key: str
    version: str
    capability: str
    input_schema: dict[str, Any]
    output_schema: dict[str, Any]

    def run(self, input: dict[str, Any], *, idempotency_key: str) -> Answer:
        """Do the work once for each idempotency key. Raises ActorError."""
        ...


def version_of(artefact: bytes) -> str:
    """The version of an artefact: the first 12 hexadecimal digits of its SHA-256. A changed artefact shows."""
    return hashlib.sha256(artefact).hexdigest()[:VERSION_LENGTH]
