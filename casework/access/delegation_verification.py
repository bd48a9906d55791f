"""Do the delegations stand on the control chain as they are?

A row that nobody gave there would let somebody act in another's name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from casework.access.delegation import ACTION
from casework.access.delegation_models import Delegation
from orchestration.shell.verification.change import Change

Standing = dict[str, Any]


def delegations_apart(changes: Iterable[Change]) -> Iterator[str]:
    """A sentence for each that is not as the chain says."""
    told = _told(changes)
    for row in Delegation.objects.select_related("giver", "to").order_by("pk"):
        named = f"the delegation {row.pk} of {row.giver.get_username()} to {row.to.get_username()}"
        one = told.pop(row.pk, None)
        if one is None:
            yield f"{named} was never given"
        elif one != _now(row):
            yield f"{named} is not as the last change left it"
    for number, one in told.items():
        yield f"the delegation {number} of {one['giver']} to {one['to']} was given, but is gone"


def _told(changes: Iterable[Change]) -> dict[int, Standing]:
    found: dict[int, Standing] = {}
    for change in changes:
        if change.action != ACTION:
            continue
        number = change.detail["number"]
        if "ended" not in change.detail:
            found[number] = {name: value for name, value in change.detail.items() if name != "number"} | {"over": False}
        elif number in found:
            found[number]["over"] = True
    return found


def _now(row: Delegation) -> Standing:
    return {
        "giver": row.giver.get_username(), "to": row.to.get_username(), "case_types": list(row.case_types),
        "begins": row.begins.isoformat(), "until": row.until.isoformat(), "reason": row.reason,
        "over": row.ended is not None,
    }  # fmt: skip
