"""Does a case hold as a whole: its history, its state, and what the list of cases says of it?"""

from __future__ import annotations

from django.db import transaction

from casework.cases.case_row import face_apart
from casework.models import Case
from orchestration.models import Instance
from orchestration.shell import verification
from orchestration.shell.verification import Verdict


def verify(instance: Instance) -> Verdict:
    """What `orchestration.shell.verification.verify` checks, then the case's row, while nobody can add to the case."""
    with transaction.atomic():
        verdict = verification.verify(instance)
        case = Case.objects.select_related("instance").filter(instance=instance).first()
        if not verdict.ok or case is None:
            return verdict
        apart = face_apart(case)
        return Verdict(False, verdict.events, case.instance.head_sequence, apart) if apart else verdict
