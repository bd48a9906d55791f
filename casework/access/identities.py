"""How does an identity provider name somebody, and which groups follow from its claims? On the control chain.

A row that nobody linked there would let a stranger in as another; a mapping that nobody made would give them rights.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Final

from django.contrib.auth.models import Group, User
from django.db import transaction

from audit.services import Fact, Origin, record_control
from casework.access.oidc_models import ExternalIdentity, GroupClaim
from orchestration.ground.clock import utc_now
from orchestration.ground.refusals import Refused
from orchestration.shell.verification.change import Change

ACTION: Final = "identity.changed"
MOST_VALUES: Final = 50
"""Of the provider's groups that give one here."""


@transaction.atomic
def identity_link(*, person: User, issuer: str, subject: str, origin: Origin) -> bool | Refused:
    """They are this at the provider; whether they were not."""
    row = ExternalIdentity.objects.filter(issuer=issuer, subject=subject).first()
    if row is not None and row.person_id != person.pk:
        return Refused("linked", "This sign-in belongs to somebody else here.")
    if row is None:
        made = ExternalIdentity.objects.create(person=person, issuer=issuer, subject=subject, made=utc_now())
        _keep({"person": person.get_username(), "linked": identity_digest(made)}, origin)
    return row is None


@transaction.atomic
def identity_unlink(*, person: User, origin: Origin) -> bool | Refused:
    """They do not sign in by the provider any more; whether they did."""
    if not person.has_usable_password():
        return Refused("last", "You would have no way to sign in. Have an administrator give you a password first.")
    rows = list(ExternalIdentity.objects.filter(person=person))
    for row in rows:
        _keep({"person": person.get_username(), "unlinked": identity_digest(row)}, origin)
        row.delete()
    return bool(rows)


def identity_digest(row: ExternalIdentity) -> str:
    return sha256(f"{row.issuer}\0{row.subject}".encode()).hexdigest()


def identities_drop(*, person: User, origin: Origin) -> None:
    """Nothing at a provider is this person any more."""
    for row in ExternalIdentity.objects.filter(person=person):
        _keep({"person": person.get_username(), "unlinked": identity_digest(row)}, origin)
        row.delete()


@transaction.atomic
def claims_set(*, group: Group, values: Iterable[str], origin: Origin) -> None:
    """These values of the provider give this group, and no others."""
    Group.objects.select_for_update(no_key=True).get(
        pk=group.pk
    )  # of two at once the second sees what the first has done
    wanted, has = {*values}, set(group.claims.values_list("value", flat=True))
    for value in sorted(has - wanted):
        GroupClaim.objects.filter(group=group, value=value).delete()
        _keep({"group": group.name, "unmapped": value}, origin)
    for value in sorted(wanted - has):
        GroupClaim.objects.create(group=group, value=value)
        _keep({"group": group.name, "mapped": value}, origin)


@transaction.atomic
def claims_add(*, group: Group, values: Iterable[str], origin: Origin) -> None:
    """These values of the provider give this group too."""
    Group.objects.select_for_update(no_key=True).get(pk=group.pk)
    claims_set(group=group, values=[*group.claims.values_list("value", flat=True), *values], origin=origin)


def identities_apart(changes: Iterable[Change]) -> Iterator[str]:
    """A sentence for each identity and each mapping that the chain does not tell of."""
    linked: dict[str, str] = {}
    mapped: set[tuple[str, str]] = set()
    for detail in (change.detail for change in changes if change.action == ACTION):
        if "linked" in detail:
            linked[detail["linked"]] = detail["person"]
        elif "unlinked" in detail:
            linked.pop(detail["unlinked"], None)
        elif "mapped" in detail:
            mapped.add((detail["group"], detail["mapped"]))
        elif "unmapped" in detail:
            mapped.discard((detail["group"], detail["unmapped"]))
    for row in ExternalIdentity.objects.select_related("person"):
        if linked.get(identity_digest(row)) != row.person.get_username():
            yield f"nobody linked what {row.person.get_username()} is at the identity provider"
    for claim in GroupClaim.objects.select_related("group"):
        if (claim.group.name, claim.value) not in mapped:
            yield f"nobody agreed that the identity provider puts people into {claim.group.name}"


def _keep(told: dict[str, object], origin: Origin) -> None:
    record_control([Fact(ACTION, told)], origin, utc_now())
