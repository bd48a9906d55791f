"""Payments of a unit on their way to be released, for the tests of what a unit asks of them."""

from __future__ import annotations

from typing import Any

from audit.services import Origin
from casework.access import units
from casework.access.roles import ensure_roles
from casework.access.unit_models import BusinessUnit
from casework.actors.bundled import CASE_TYPES
from casework.intake.services import Opened, case_open
from casework.models import Case
from orchestration.casetypes.case_type import folder_files
from orchestration.casetypes.deployment import Published, deploy
from orchestration.engine.commands import CompleteTask
from orchestration.ground.refusals import Refused
from orchestration.models import HumanTask
from orchestration.shell import services

BY = Origin("system:test")
PAYEE = {"name": "Hafen Logistics AG", "iban": "DE75 5121 0800 1245 1261 99", "since": "2019-04-01"}
WHY = {"justification": "The freight of November has arrived.", "evidence": "INV-7"}


def north_with_payments() -> BusinessUnit:
    """A unit, where payments are released."""
    outcome = deploy(folder_files(CASE_TYPES / "payment-release"), BY)
    assert isinstance(outcome, Published), outcome
    ensure_roles(outcome.case_type)
    return units.unit_make(key="north", name="North", parent=None, origin=BY)


def payment(unit: str, **data: Any) -> Case:
    """A payment of a unit that is justified, so that its chain is chosen."""
    given = {"payee": PAYEE, "amount": 6000, "received": "2026-11-16T09:00:00+01:00", **data}
    reference = f"P-{Case.objects.count()}"
    opened = case_open(
        by=None, case_type="payment-release", reference=reference, source="test", data=given, unit=unit
    )  # fmt: skip
    assert isinstance(opened, Opened), opened
    complete(opened.case, WHY)
    return opened.case


def complete(case: Case, variables: dict[str, Any]) -> None:
    """Finish the open task of a case, whoever it is for."""
    task = open_task(case)
    assert not isinstance(services.send(case.instance_id, CompleteTask(task.item, variables), BY), Refused)


def approving(unit: str) -> HumanTask:
    """The first approval of a payment of a unit."""
    return open_task(payment(unit))


def open_task(case: Case) -> HumanTask:
    return HumanTask.objects.filter(instance=case.instance_id, state="open").earliest("pk")
