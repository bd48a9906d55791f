"""Are the calendars as the control chain says?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from casework.deadlines.models import WorkingCalendar
from casework.deadlines.standing import FIELDS
from orchestration.shell.verification.change import Change
from orchestration.shell.verification.control import with_every_control

WORK: Final = [[540, 1020]]
OFFICE: Final[Mapping[str, Any]] = {
    "key": "office", "title": "Office", "zone": "Europe/Berlin", "hours": [WORK] * 5 + [[], []], "region": "DE",
    "closed": [], "opened": [],
}  # fmt: skip
"""As the product comes, before anybody changed it."""


def calendars_apart(changes: list[Change]) -> Iterator[str]:
    """What the rows say otherwise than the chain, in sentences."""
    told = {"office": OFFICE}
    for change in changes:
        if change.action == "calendar.changed":
            told[change.detail["key"]] = {name: change.detail[name] for name in FIELDS}
    for row in WorkingCalendar.objects.order_by("key"):
        if told.pop(row.key, None) != {name: getattr(row, name) for name in FIELDS}:
            yield f"the calendar {row.key} is not what the last change made it"
    for key in told:
        yield f"the calendar {key} should be there, but is not"


def hang_in() -> None:
    if calendars_apart not in with_every_control:
        with_every_control.append(calendars_apart)
