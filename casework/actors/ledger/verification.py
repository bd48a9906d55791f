"""Are the rates of groups as the control chain says?"""

from __future__ import annotations

from collections.abc import Iterator

from casework.models import GroupRate
from orchestration.shell.verification.change import Change
from orchestration.shell.verification.control import with_every_control


def rates_apart(changes: list[Change]) -> Iterator[str]:
    """What the rows say otherwise than the chain, in sentences."""
    told: dict[str, list[str]] = {}
    for change in changes:
        if change.action == "rate.changed":
            told.pop(change.detail["group"], None)
            told |= {change.detail["group"]: change.detail["rate"]} if change.detail["rate"] else {}
    for row in GroupRate.objects.select_related("group").order_by("group__name"):
        if told.pop(row.group.name, None) != [f"{row.amount:.2f}", row.currency]:
            yield f"the rate of the group {row.group.name} is not what the last change made it"
    for name in told:
        yield f"the group {name} should have a rate, but has none"


def hang_in() -> None:
    if rates_apart not in with_every_control:
        with_every_control.append(rates_apart)
