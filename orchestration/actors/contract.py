"""What does every machine actor promise?

An actor has a capability, says in JSON Schema (draft 2020-12) what it takes and gives, and answers or raises.
"""

import hashlib
from dataclasses import dataclass, field
from decimal import Decimal
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
    """What an actor gave: `detail` explains (probabilities), `usage` counts (tokens, units); both go to the ledger.

    `cost`: what the actor itself says that this call cost, in the currency of its price; None: it does not say.
    """

    output: dict[str, Any]
    confidence: float | None
    detail: dict[str, Any] = field(default_factory=dict)
    usage: dict[str, Any] = field(default_factory=dict)
    cost: Decimal | None = None


class ActorError(Exception):
    """The actor could not answer. `temporary` says whether trying again later may help.

    `code`: a BPMN error code that the other side's answer stands for (a business error): the model's error event of
    this code leads on, and nothing is tried again. `after`: seconds that the other side asks to wait before that.
    `cost`: what it cost all the same, in the currency of the actor's price; None: nobody says. `detail`: what
    the ledger keeps of it, as of an answer.
    """

    cost: Decimal | None = None
    detail: dict[str, Any] | None = None

    def __init__(self, message: str, *, temporary: bool, code: str | None = None, after: float | None = None) -> None:
        super().__init__(message)
        self.temporary = temporary
        self.code = code
        self.after = after


class Waits(ActorError):
    """The actor goes on once a person has decided something. No attempt is used up by it."""

    def __init__(self, message: str) -> None:
        super().__init__(message, temporary=True)


class AsksPerson(ActorError):
    """The actor leaves the rest to a person, and says why; `answer`: what it gives them to begin with."""

    def __init__(self, message: str, answer: Answer) -> None:
        super().__init__(message, temporary=False)
        self.answer = answer


class Actor(Protocol):
    """Whoever performs work without being a person.

    One that is given instructions may have `canaries`: texts planted in them, which no answer may hold.
    """

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
