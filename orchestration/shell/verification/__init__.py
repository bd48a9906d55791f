"""Is a history unbroken, does it lead to the state that is stored, and do all rows say what it says?

`verify` asks it of one case, `every.verify_all` of all, and `control.verify_control` of the rules, models and actors.
"""

from __future__ import annotations

from django.db import transaction

from audit.db.sql import cursor
from orchestration.models import Instance
from orchestration.shell.verification.cases import check, verdict
from orchestration.shell.verification.verdict import Fault, Verdict

__all__ = ["Fault", "Verdict", "verify"]


def verify(instance: Instance) -> Verdict:
    """Check one case from its first event on, while nobody can add to it."""
    with transaction.atomic():
        found = Instance.objects.select_for_update().only("pk").filter(pk=instance.pk).exists()
        if not found:
            gone = Fault(0, "the case is gone, but for its history")
            return Verdict(False, 0, reason=gone.reason, faults=(gone,))
        with cursor() as plain:
            (checked,) = check(plain, [instance.pk])
        return verdict(checked)
