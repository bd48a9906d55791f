"""What is known here of an actor that works outside, and fetches its work?

Its version is made of a description (YAML or JSON): what it takes and gives as JSON Schema (`input`, `output`), and
whatever else names the program that runs there. What it does not say is left to the contract of its capability.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import yaml

from orchestration.actors.contract import ActorError, Answer

Json = Any

KIND: Final = "external"
ANYTHING: Final[dict[str, Json]] = {}


@dataclass(frozen=True, slots=True)
class ExternalActor:
    """`capability` is filled in by whoever hands it work."""

    key: str
    version: str
    input_schema: dict[str, Json]
    output_schema: dict[str, Json]
    capability: str = ""

    def run(self, input: dict[str, Json], *, idempotency_key: str) -> Answer:
        """Raises ActorError: its work is fetched, never called for."""
        raise ActorError("Its work is fetched by a worker outside.", temporary=False)


def make(key: str, version: str, artefact: bytes | None) -> ExternalActor:
    """The actor that a description tells of."""
    found = _described(artefact or b"")
    return ExternalActor(key, version, _schema(found.get("input")), _schema(found.get("output")))


def _described(artefact: bytes) -> Mapping[str, Json]:
    try:
        found = yaml.safe_load(artefact.decode("utf-8"))
    except (UnicodeDecodeError, yaml.YAMLError):
        return {}
    return found if isinstance(found, Mapping) else {}


def _schema(given: Json) -> dict[str, Json]:
    return dict(given) if isinstance(given, Mapping) else dict(ANYTHING)
