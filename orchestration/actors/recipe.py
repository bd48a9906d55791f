"""What does a model that ships learn from, and how, so that a later release knows whether it brings another one?

The same rows give the same bytes on one machine only. So a version keeps what it was learnt by: a digest of its rows
and of its method, which is the same on every machine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, Protocol

Json = Any
LEARNT_BY: Final = "learnt_by"
"""Where it stands among the figures of a version."""


class Learnt(Protocol):
    """A model ready to register: `version` is its content hash."""

    @property
    def version(self) -> str: ...
    @property
    def artefact(self) -> bytes: ...
    @property
    def metrics(self) -> Mapping[str, Json]: ...


@dataclass(frozen=True, slots=True)
class Recipe:
    """A model as it ships: of which actor, by what it is learnt (a digest), and what learns it."""

    key: str
    digest: str
    learn: Callable[[], Learnt]

    def figures(self, learnt: Learnt) -> dict[str, Json]:
        """What was measured, and by what it was learnt."""
        return {**learnt.metrics, LEARNT_BY: {"recipe": self.digest}}


def digest_of(*parts: object) -> str:
    """Stands for rows (bytes) and for what a method says of itself."""
    found = sha256()
    for part in parts:
        found.update(sha256(part if isinstance(part, bytes) else repr(part).encode()).digest())
    return found.hexdigest()[:16]
