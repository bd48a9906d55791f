"""Who stopped this case, and who can make it go on?

Suspended (CMMN 8.3, BPMN): people's tasks are closed until the case is resumed, then they are open again. Whoever works
on the case may resume it (`cases.services.case_change`).
"""

from __future__ import annotations

import orjson
from django.contrib.auth.models import User

from audit.models import AuditEvent, AuditPayload
from orchestration.ground.refusals import Refused

CHANGED = "case.changed"


def suspended(instance: int) -> Refused:
    """Why a task cannot be done now, with the name of who suspended its case."""
    who = _who(instance)
    by = f"{who} suspended the case" if who else "The case is suspended"
    return Refused(
        "suspended",
        f"{by}. Whoever works on the case can resume it on its page, you too; then this task is open again.",
    )


def _who(instance: int) -> str:
    """The name of the last person who suspended the case; "" where the history names none."""
    changes = AuditEvent.objects.filter(chain=instance, action=CHANGED, actor__startswith="person:")
    for event in changes.order_by("-sequence")[:20]:
        said = AuditPayload.objects.filter(chain=instance, sequence=event.sequence).first()
        if said is not None and orjson.loads(bytes(said.body)).get("transition") == "suspend":
            return _name(event.actor.removeprefix("person:"))
    return ""


def _name(username: str) -> str:
    found = User.objects.filter(username=username).first()
    return username if found is None else found.get_full_name() or username
