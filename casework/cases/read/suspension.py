"""Who stopped this case, why, and who can make it go on?

Suspended (CMMN 8.3, BPMN): nothing can be done in the case until somebody who works on it resumes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.contrib.auth.models import User

from audit.models import AuditEvent, AuditPayload
from audit.sealed_values import read
from casework.cases.read.case_view import Look

CHANGED: Final = "case.changed"
LOOKED_AT: Final = 20
"""Changes of a case among which its suspension is looked for, the newest first."""


@dataclass(frozen=True, slots=True)
class Suspension:
    """`who` and `why` are empty where the history does not say them; `at` is then None. `may_resume`: this reader."""

    who: str
    why: str
    at: datetime | None
    may_resume: bool

    @property
    def by(self) -> str:
        return f"{self.who} suspended the case" if self.who else "The case is suspended"


def suspension(seen: Look, may_resume: bool) -> Suspension | None:
    """How the case came to be suspended, as this reader may see it; None, and no statement, where it is not."""
    if seen.state.root.state != "suspended":
        return None
    said = suspended_by(seen.case.instance_id)
    if said is None:
        return Suspension("", "", None, may_resume)
    who, why, at = said
    return Suspension(who, seen.view.text(why), at, may_resume)


def suspended_by(instance: int) -> tuple[str, str, datetime] | None:
    """The last person who suspended the case, why in clear, and when; None where the history names nobody."""
    changes = AuditEvent.objects.filter(chain=instance, action=CHANGED, actor__startswith="person:")
    found = {event.sequence: event for event in changes.order_by("-sequence")[:LOOKED_AT]}
    payloads = AuditPayload.objects.filter(chain=instance, sequence__in=list(found)).order_by("-sequence")
    for payload in payloads:
        detail = read(payload.body)
        if detail.get("transition") == "suspend":
            event = found[payload.sequence]
            return _name(event.actor.removeprefix("person:")), str(detail.get("reason", "")), event.at
    return None


def _name(username: str) -> str:
    found = User.objects.filter(username=username).first()
    return username if found is None else found.get_full_name() or username
