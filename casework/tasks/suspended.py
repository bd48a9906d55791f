"""Why can a task of a suspended case not be done now? (CMMN 8.3, BPMN)"""

from __future__ import annotations

from casework.cases.read.suspension import suspended_by
from orchestration.ground.refusals import Refused


def suspended(instance: int) -> Refused:
    """With the name of who suspended its case, and who can resume it (`cases.services.case_change`)."""
    said = suspended_by(instance)
    by = "The case is suspended" if said is None else f"{said[0]} suspended the case"
    return Refused(
        "suspended",
        f"{by}. Whoever works on the case can resume it on its page, you too; then this task is open again.",
    )
