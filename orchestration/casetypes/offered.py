"""Which work that a case type asks of machines can nobody do?

That is no fault of the case type: it deploys, an administrator is told, and a case that comes there runs into an
incident that says so.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestration.casetypes.case_type import CaseType
from orchestration.casetypes.usage import Asked, usage
from orchestration.models import Actor


def unoffered(case_type: CaseType) -> Iterator[tuple[Asked, str]]:
    """The steps that ask for what no actor in use offers, each with a sentence about it."""
    able = set(Actor.objects.filter(enabled=True).values_list("capability", flat=True))
    for asked in usage(case_type).asked:
        if not asked.computed and asked.capability not in able:
            words = f"“{asked.name}” asks for {asked.capability!r}, which no actor in use can do: a person has to help."
            yield asked, words
