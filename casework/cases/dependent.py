"""Which cases depend on another one, so that nobody suspends, ends or hands over one of them by itself?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.db.models import QuerySet

from casework.models import Case
from orchestration.ground.refusals import Refused


@dataclass(frozen=True, slots=True)
class Dependent:
    """`of`: those that depend on this case; `why`: what is said to who would change one by itself."""

    of: Callable[[Case], QuerySet[Case]]
    why: str


dependents: Final[dict[str, Dependent]] = {}
"""By the case type of the cases that depend on others."""


def not_by_itself(case_type: str) -> Refused | None:
    """Why a case of this type is not changed as a whole; None where it may be."""
    found = dependents.get(case_type)
    return None if found is None else Refused("dependent", found.why)


def depending_on(case: Case) -> list[Case]:
    """The cases that go where this one goes."""
    return [one for kind in dependents.values() for one in kind.of(case).order_by("pk")]
