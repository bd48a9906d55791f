"""How does an administrator say which mail addresses are of a unit, so that what is sent there comes in there?

Mail to an address that is of no unit comes in for the whole organisation. To give an address to a unit, or to take it
away, is for who administers what is above the unit: else one unit could take another's mail.
"""

from __future__ import annotations

from typing import Final

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from casework.access import units
from casework.access.unit_models import BusinessUnit, UnitAddress
from casework.access.units import administers
from casework.intake.addressed import in_ascii
from casework.people.services import reason_errors
from casework.people.sight import Changed
from casework.people.unit_services import begun, unit_held
from orchestration.ground.refusals import Refused

NOT_YOURS: Final = Refused("not-yours", "Only who administers what is above this unit says where mail comes in.")
LONGEST: Final = 254
NO_ADDRESS: Final = "Write a mail address, such as north@example.org."


@transaction.atomic
def address_here(*, by: User, unit: BusinessUnit, address: str, out: bool, reason: str) -> Changed | Refused:
    """Have what is sent to an address come in for this unit; `out`: no more."""
    held = unit_held(unit)
    if isinstance(held, Refused):
        return held
    if not administers(by, held.parent):
        return NOT_YOURS  # before anything is said: who has what address is not for everybody
    address = address.strip().lower() if out else in_ascii(address.strip().lower())
    row = None if "\0" in address else UnitAddress.objects.select_related("unit").filter(address=address).first()
    errors = reason_errors(reason) | _address_errors(address, held, row)
    if errors:
        return Refused("invalid", "Please correct what is marked.", errors)
    if (row is not None) != out:
        return Changed(False)
    units.address_keep(unit=held, address=address, out=out, origin=begun(by, reason))
    return Changed(True)


def _address_errors(address: str, unit: BusinessUnit, row: UnitAddress | None) -> dict[str, str]:
    try:
        validate_email(address)
    except ValidationError:
        return {"address": NO_ADDRESS}
    if len(address) > LONGEST or address.endswith("]"):  # a machine's number: no mail says that it is for one
        return {"address": NO_ADDRESS}
    if row is not None and row.unit_id != unit.pk:
        return {"address": f"It is an address of {row.unit.name} already. Take it out there first."}
    return {}
