"""How sure has a machine's answer to be by the business unit of its case?"""

from __future__ import annotations

from typing import Final

from audit.db.sql import cursor
from orchestration.jobs.stricter import with_every_answer, with_every_claim

_ASKED: Final = """
select (b.policy->'confidence'->>%(capability)s)::float from casework_case f
join casework_businessunit b on b.id = f.unit_id where f.instance_id = %(instance)s"""
_BESIDE: Final = """(
    select (b.policy->'confidence'->>orchestration_job.capability)::float from casework_case f
    join casework_businessunit b on b.id = f.unit_id where f.instance_id = orchestration_job.instance_id)"""


def asked(instance: int, capability: str) -> float:
    """From 0 to 1; 0: the unit does not say, or the case belongs to none. One statement."""
    with cursor() as plain:
        found = plain.execute(_ASKED, {"instance": instance, "capability": capability}).fetchone()
    return float(found[0]) if found and found[0] is not None else 0.0


def hang_in() -> None:
    if asked not in with_every_answer:
        with_every_answer.append(asked)
        with_every_claim.append(_BESIDE)
