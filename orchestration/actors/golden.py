"""May a version be used, by what it gives on the golden cases?

Golden cases are closed ones whose outcome was right. A version that never worked is tried on all of them for what it
can do before it gets a share of cases or all; where it comes out otherwise, somebody says why it may be used all the
same, and that is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet

from orchestration.actors import kinds
from orchestration.actors.versions import Standing, is_on
from orchestration.ground.counts import counted
from orchestration.models import ActorVersion, GoldenAnswer, Trial

Json = Any
State = ActorVersion.State
CODE: Final = "golden"
LEAST_REASON: Final = 3
WOULD: Final = "would"
"""Stands in what is expected of a version that acts (`orchestration.jobs.rehearsal`)."""


@dataclass(frozen=True, slots=True)
class Said:
    """What the golden cases say of a version: how many answers are expected, given, and as expected."""

    wanted: int
    tried: int
    right: int

    @property
    def otherwise(self) -> int:
        return self.tried - self.right

    @property
    def missing(self) -> int:
        return self.wanted - self.tried

    def told(self) -> dict[str, int]:
        """As the chain keeps it; empty where nothing is expected."""
        return {"wanted": self.wanted, "tried": self.tried, "right": self.right} if self.wanted else {}


def said_of(version: ActorVersion) -> Said:
    """Kinds that neither only answer nor can say what they would do are never tried: nothing is expected of them."""
    expected = expected_of(version)
    tried = Trial.objects.filter(version=version, way=Trial.Way.GOLDEN, job__golden__in=expected)
    return Said(expected.count(), tried.count(), tried.filter(agrees=True).count())


def expected_of(version: ActorVersion) -> QuerySet[GoldenAnswer]:
    """What golden cases expect of a version: answers of those that answer, deeds of those that act."""
    kind, found = version.actor.kind, GoldenAnswer.objects.filter(capability=version.actor.capability)
    if kind in kinds.ANSWERS_ONLY:
        return found.exclude(expected__has_key=WOULD)
    if kind in kinds.REHEARSED:
        return found.filter(**{f"expected__{WOULD}": "move" if kind == "agent" else "ask"})
    return found.none()


def is_asked(version: Standing, to: str) -> bool:
    """Whether this step puts to work what never worked."""
    return to in (State.SHARE, State.IN_USE) and is_on(version.state, to) and not version.has_worked


def refusal(said: Said, reason: str) -> str:
    """Why it may not be used yet; "" where it may."""
    if said.missing:
        return (
            f"It is held against {counted(said.wanted, 'answer')} of golden cases before it is used, and "
            f"{said.missing} of them are still to come. Look at its passport, then take it on."
        )
    if said.otherwise and len(reason) < LEAST_REASON:
        return (
            f"{said.otherwise} of {said.wanted} answers of golden cases come out otherwise with it. Look at its "
            "passport; where it may be used all the same, say why."
        )
    return ""
