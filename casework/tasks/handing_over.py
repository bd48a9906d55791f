"""How does a case go over to another business unit?

Whoever gives out its tasks hands it over, with a reason. From then on those see and work it whose rights hold in the
other unit; whoever held a task and does not see the case any more gives it back in the same transaction. While a case
is approved it does not go where somebody has to approve who was not asked: it would be paid without them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.contrib.auth.models import User
from django.db import transaction

from audit.services import Fact
from casework.access.permissions import origin_of
from casework.access.unit_models import BusinessUnit
from casework.access.units import key_of, name_of, unit_kept
from casework.cases.dependent import depending_on, not_by_itself
from casework.cases.locking import keep_refusal, locked
from casework.cases.unit_asks import asks_of
from casework.forms.answer_validation import tells, text_errors
from casework.models import Case
from casework.tasks.services import given_back
from orchestration.ground.refusals import Refused
from orchestration.shell import services
from orchestration.shell.services import Locked
from orchestration.view.unasked_approvals import unasked_groups

ACTION: Final = "case.handed_over"
REASON_MOST: Final = 300
BEING_APPROVED: Final = (
    "{unit} asks {groups} to approve too, and who approves this case was chosen without them. Hand it over when it has "
    "been approved or sent back."
)


@dataclass(frozen=True, slots=True)
class HandedOver:
    """`freed`: tasks that went back to their groups."""

    unit: str
    freed: int


@transaction.atomic
def case_hand_over(*, by: User, case: Case, to: str, reason: str) -> HandedOver | Refused:
    """Have a case belong to the unit of this key; "": to the whole organisation. Who may, was decided before."""
    reason = reason.strip()
    if not tells(reason, 3, REASON_MOST) or text_errors({"reason": reason}):
        errors = {"reason": f"Say in 3 to {REASON_MOST} characters why: it is kept with the case."}
        return Refused("invalid", "Please correct what is marked.", errors)
    unit = None if "\0" in to else unit_kept(to)
    if to and unit is None:
        return Refused("invalid", "Please correct what is marked.", {"unit": "There is no such unit."})
    along = [
        locked(one.instance_id) for one in depending_on(case)
    ]  # before the case, as who completes their tasks does
    held = locked(case.instance_id)
    row = Case.objects.select_related("unit").get(pk=case.pk)
    same = Refused("same", f"The case belongs to {name_of(unit)} already.") if row.unit == unit else None
    if why := not_by_itself(held.case_type.key) or same or _not_asked(held, unit):
        return keep_refusal(held, by, {"command": "hand over"}, why)
    told = {"from": key_of(row.unit), "to": key_of(unit), "name": name_of(unit), "reason": reason}
    return HandedOver(name_of(unit), sum(_moved(one, unit, told, by) for one in (held, *along)))


def _not_asked(held: Locked, unit: BusinessUnit | None) -> Refused | None:
    """Why a case stays while it is approved: the unit wants somebody asked who was not. None: it may go."""
    groups = unasked_groups(held.case_type, held.state, asks_of(unit))
    if not groups:
        return None
    return Refused("being-approved", BEING_APPROVED.format(unit=name_of(unit), groups=" and ".join(groups)))


def _moved(held: Locked, unit: BusinessUnit | None, told: Mapping[str, str], by: User) -> int:
    """How many tasks went back to their groups."""
    Case.objects.filter(instance=held.instance).update(unit=unit)
    back = given_back(held.instance)
    services.record(held, [Fact(ACTION, told), *back], origin_of(by))
    return len(back)
