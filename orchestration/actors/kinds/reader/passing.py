"""Which of the fields that were found in a document may come back to its case?

What a letter says at its top can be anybody's name or address. A field that the guardrails would take for a leak is
left out, as one that was not found: it is no reason to stop the case, which can go on without it.
"""

from __future__ import annotations

from typing import Any, Final

from orchestration.actors.call import current
from orchestration.actors.handoff import Outcome

Json = Any
LEAK: Final = "leak"


def passing(about: dict[str, Json], fields: dict[str, dict[str, Json]]) -> dict[str, dict[str, Json]]:
    """These fields without those that may not come back. `about`: what else the answer says."""
    if current().work is None or not _leaks(about, fields):
        return fields
    return {name: field for name, field in fields.items() if not _leaks(about, {name: field})}


def _leaks(about: dict[str, Json], fields: dict[str, dict[str, Json]]) -> bool:
    work = current().work
    sure = min((field["sure"] for field in fields.values()), default=0.0)
    verdicts = () if work is None else work.checks({**about, "sure": sure, "fields": fields}).verdicts
    return any(one.guardrail == LEAK and one.outcome is Outcome.BLOCK for one in verdicts)
