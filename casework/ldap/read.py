"""How is the LDAP directory set, and what came of the last look at it? As administrators and auditors see it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import orjson
from django.conf import settings
from django.utils import timezone

from audit.models import AuditEvent, AuditPayload, StandingChain
from casework.access.oidc_models import ExternalIdentity
from casework.ldap.client import INSTALL, is_installed
from casework.ldap.setup import ISSUER, Directory
from orchestration.ground.counts import counted

READ: Final = "directory.read"
MARK: Final = "ldap:"
"""Begins what is noted of somebody whom this directory keeps, beside what others note by SCIM."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a look. `failed`: why nothing was changed."""

    at: datetime | None = None
    people: int = 0
    joined: int = 0
    returned: int = 0
    renamed: int = 0
    moved: int = 0
    left: int = 0
    not_taken: tuple[tuple[str, str], ...] = ()
    failed: str = ""

    def __str__(self) -> str:
        if self.failed:
            return self.failed
        return (
            f"The directory has {counted(self.people, 'person', 'people')}: {self.joined} joined, "
            f"{self.returned} came back, {self.renamed} were renamed, {self.moved} changed groups, {self.left} left."
        )


def last() -> Outcome | None:
    """What came of the last look; None: there was none."""
    event = AuditEvent.objects.filter(chain=StandingChain.CONTROL, action=READ).order_by("-at").first()
    if event is None:
        return None
    body = AuditPayload.objects.values_list("body", flat=True).get(chain=event.chain, sequence=event.sequence)
    told = orjson.loads(bytes(body))
    return Outcome(**{**told, "at": event.at, "not_taken": tuple((name, why) for name, why in told["not_taken"])})


def directory_rows() -> Iterator[tuple[str, str, str]]:
    """What it is, how it is set, and the variable that says so."""
    directory: Directory | None = settings.LDAP
    yield "LDAP directory", "none" if directory is None else directory.address, "CASEWRIGHT_LDAP"
    if directory is None:
        return
    kept = ExternalIdentity.objects.filter(issuer=ISSUER, person__is_active=True).count()
    yield "It keeps", counted(kept, "person who comes in", "people who come in"), ""
    yield "They stand in", f"{directory.people}, {directory.people_filter}", "CASEWRIGHT_LDAP_PEOPLE"
    yield "Groups stand in", directory.groups or "nowhere: it changes no group", "CASEWRIGHT_LDAP_GROUPS"
    yield "We are there", directory.who or "nobody (anonymous)", "CASEWRIGHT_LDAP_WHO"
    yield "It is looked at", _every(directory.every), "CASEWRIGHT_LDAP_EVERY"
    if not is_installed():
        yield "What it needs is installed", f"no: {INSTALL}", ""
    outcome = last()
    yield "The last look at it", "none yet" if outcome is None else f"{_moment(outcome.at)}: {outcome}", ""
    for name, why in () if outcome is None else outcome.not_taken:
        yield "Not taken from it", f"{name}: {why}", ""


def _every(seconds: int) -> str:
    return f"every {counted(seconds // 60, 'minute')}" if seconds else "by hand alone (manage.py directory)"


def _moment(at: datetime | None) -> str:
    return "" if at is None else timezone.localtime(at).strftime("%Y-%m-%d %H:%M")
