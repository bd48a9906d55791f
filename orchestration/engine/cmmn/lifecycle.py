"""Which transitions may an item, a case and a case file item make?

The life cycles of CMMN 1.1, chapter 8, as data: (transition, state before) -> state after. What is not listed is not
possible. Where a row goes beyond the standard, its comment says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

Table = Mapping[tuple[str, str], str]

OPEN: Final = ("available", "enabled", "disabled", "active", "suspended", "failed")


def _from(states: tuple[str, ...], transition: str, target: str) -> dict[tuple[str, str], str]:
    return {(transition, state): target for state in states}


STAGE_OR_TASK: Final[Table] = {
    # 8.4.2, figure 8.3 and table 8.8
    ("start", "available"): "active",
    ("enable", "available"): "enabled",
    ("disable", "enabled"): "disabled",
    ("reenable", "disabled"): "enabled",
    ("manualStart", "enabled"): "active",
    ("complete", "active"): "completed",
    ("fault", "active"): "failed",
    ("reactivate", "failed"): "active",
    ("suspend", "active"): "suspended",
    ("resume", "suspended"): "active",
    ("terminate", "active"): "terminated",
    **_from(OPEN, "exit", "terminated"),
    **_from(("available", "enabled", "disabled", "active"), "parentSuspend", "suspended"),
    # parentResume leads back to the state before the suspension, which the item remembers
}

EVENT_OR_MILESTONE: Final[Table] = {
    # 8.4.3 and table 8.11
    ("occur", "available"): "completed",
    ("suspend", "available"): "suspended",
    ("resume", "suspended"): "available",
    ("terminate", "available"): "terminated",
    ("parentSuspend", "available"): "suspended",
    **_from(("available", "suspended"), "parentTerminate", "terminated"),
    # beyond the standard: an exit criterion on a milestone, and listeners with an available condition (Flowable)
    **_from(("available", "suspended", "unavailable"), "exit", "terminated"),
    ("terminate", "unavailable"): "terminated",
    ("parentTerminate", "unavailable"): "terminated",
    ("parentSuspend", "unavailable"): "suspended",
    ("initiate", "unavailable"): "available",
    ("dismiss", "available"): "unavailable",
}

CASE: Final[Table] = {
    # 8.4.1 and table 8.6, which knows no resume: a suspended case is re-activated
    ("suspend", "active"): "suspended",
    ("resume", "suspended"): "active",
    ("complete", "active"): "completed",
    ("terminate", "active"): "terminated",
    ("fault", "active"): "failed",
    **_from(("completed", "terminated", "failed", "suspended"), "reactivate", "active"),
    **_from(("completed", "terminated", "failed"), "close", "closed"),
    # beyond the standard: what stands still need not go on in order to end
    ("terminate", "suspended"): "terminated",
}

CASE_FILE_ITEM: Final[Table] = {
    # 8.3 and table 8.2; "discarded" is kept as being absent
    ("create", "absent"): "available",
    **{(name, "available"): "available" for name in ("update", "replace")},
    **{(name, "available"): "available" for name in ("addChild", "removeChild", "addReference", "removeReference")},
    ("delete", "available"): "absent",
}

STANDARD_EVENTS: Final = frozenset(
    [
        "close",
        "complete",
        "create",
        "disable",
        "enable",
        "exit",
        "fault",
        "manualStart",
        "occur",
        "parentResume",
        "parentSuspend",
        "parentTerminate",
        "reactivate",
        "reenable",
        "resume",
        "start",
        "suspend",
        "terminate",
    ]
)
"""What an on-part may wait for on a plan item (5.4.6, table 5.31; and parentTerminate, which only 8.4.3 names)."""

CASE_FILE_EVENTS: Final = frozenset(transition for transition, _ in CASE_FILE_ITEM)
"""What an on-part may wait for on a case file item (5.4.6, table 5.29)."""
