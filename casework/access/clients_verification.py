"""Do services and their secrets stand on the control chain as they are?

A secret that nobody gave out there would let a stranger in, and a wider row more of one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from casework.access.client_models import ClientSecret, ServicePrincipal
from casework.access.clients import ACTION
from orchestration.shell.verification.change import Change


@dataclass(slots=True)
class Told:
    """`services`: who answers, scope and case types by name; `secrets`: the client and end of each that is good."""

    services: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    secrets: dict[str, tuple[str, str]] = field(default_factory=dict)


def clients_apart(changes: Iterable[Change]) -> Iterator[str]:
    """A sentence for each that is not as the chain says."""
    told = _told(changes)
    for row in ServicePrincipal.objects.select_related("person", "owner"):
        name = row.person.get_username()
        if told.services.pop(name, None) != (row.owner.get_username(), row.scope, tuple(row.case_types)):
            yield f"the service {name} is not as the last change left it"
    yield from (f"the service {name} is gone, though no change took it away" for name in told.services)
    for secret in ClientSecret.objects.filter(revoked=None).select_related("principal__person"):
        name = secret.principal.person.get_username()
        if told.secrets.get(secret.digest) != (name, secret.expires.isoformat()):
            yield f"a secret of the service {name} is not as the last change left it"


def _told(changes: Iterable[Change]) -> Told:
    found = Told()
    for detail in (change.detail for change in changes if change.action == ACTION):
        digest = detail.get("secret")
        if digest is None:
            found.services[detail["client"]] = (detail["owner"], detail["scope"], tuple(detail["case_types"]))
        elif detail.get("revoked"):
            found.secrets.pop(digest, None)
        elif detail.get("given") or digest in found.secrets:
            found.secrets[digest] = (detail["client"], detail["expires"])
    return found
