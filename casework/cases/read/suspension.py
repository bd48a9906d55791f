"""Who stopped this case, why, and who can make it go on?

Suspended (CMMN 8.3, BPMN): nothing can be done in the case until somebody who works on it resumes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from audit.db.sql import cursor
from audit.sealed_values import read
from casework.cases.read.case_view import Look

CHANGED: Final = "case.changed"
PERSON: Final = "person:"
Said = tuple[str, str, datetime]
"""The last person who suspended the case, why, and when."""
LOOKED_AT: Final = 20
"""Changes of a case among which its suspension is looked for, the newest first."""

_CHANGED: Final = """
select coalesce(nullif(trim(u.first_name || ' ' || u.last_name), ''), substr(e.actor, length('person:') + 1)),
       p.body, e.at
from audit_auditevent e left join audit_auditpayload p on p.chain = e.chain and p.sequence = e.sequence
left join auth_user u on u.username = substr(e.actor, length('person:') + 1)
where e.chain = %(chain)s and e.action = %(changed)s and e.actor like 'person:%%'
order by e.sequence desc limit %(most)s"""


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
    said = _read_already(seen) or suspended_by(seen.case.instance_id)
    if said is None:
        return Suspension("", "", None, may_resume)
    who, why, at = said
    return Suspension(who, seen.view.text(why), at, may_resume)


def _read_already(seen: Look) -> Said | None:
    """Among the newest events, which are read with the case: little happens in one that is suspended."""
    for entry in sorted(seen.history, key=lambda entry: -entry.sequence):
        if entry.action == CHANGED and entry.actor.startswith(PERSON) and _suspends(entry.detail):
            name = seen.names.get(entry.actor, entry.actor.removeprefix(PERSON))
            return name, str(entry.detail.get("reason", "")), entry.at
    return None


def suspended_by(instance: int) -> Said | None:
    """What the history says of it, in clear; None where it names nobody. One statement."""
    with cursor() as plain:
        found = plain.execute(_CHANGED, {"chain": instance, "changed": CHANGED, "most": LOOKED_AT}).fetchall()
    told = ((who, read(body), at) for who, body, at in found if body is not None)
    suspended = ((who, str(detail.get("reason", "")), at) for who, detail, at in told if _suspends(detail))
    return next(suspended, None)


def _suspends(detail: Mapping[str, Any]) -> bool:
    return detail.get("transition") == "suspend"
