"""Who is it here whom an identity provider let in, and in which groups are they?

An identity is issuer and subject, nothing else. It joins somebody who is here already when they link it themselves, or,
where the product is set so, by an address of mail that the provider has verified and one person alone has; never an
administrator, and never by a name. Groups that a mapping names follow what the provider says at each sign-in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import sha256
from typing import Final

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.db import IntegrityError, transaction

from audit.services import Origin
from casework.access import people
from casework.access.identities import identity_link
from casework.access.oidc import Claims
from casework.access.oidc_models import ExternalIdentity, GroupClaim
from casework.access.permissions import may_administer
from casework.access.roles_verification import control_begin
from casework.people.sight import administrators_left
from casework.tasks.services import tasks_free
from orchestration.ground.clock import utc_now
from orchestration.ground.refusals import Refused

BY_MAIL: Final = "verified-email"
NOT_NAME: Final = re.compile(r"[^\w.@+-]")
OUT: Final = Refused("out", "You may not come in here. Ask an administrator.")
BY_SIGN_IN: Final = Origin("system:sign-in", cause="as the identity provider says")
UNKNOWN: Final = Refused(
    "unknown",
    "Nobody here is linked with this sign-in. Sign in by password and link it on the page Your account, or ask an "
    "administrator.",
)


def person_of(claims: Claims, issuer: str) -> User | Refused:
    """Who it is, found, joined or made as the product is set, in the groups that the provider says."""
    try:
        return _person_of(claims, issuer)
    except IntegrityError:  # their other window was a moment faster, and they are there by now
        return _person_of(claims, issuer)


@transaction.atomic
def _person_of(claims: Claims, issuer: str) -> User | Refused:
    known = ExternalIdentity.objects.select_related("person").filter(issuer=issuer, subject=claims.subject).first()
    user = known.person if known is not None else _joined(claims, issuer)
    if isinstance(user, Refused):
        return user
    if not user.is_active or hasattr(user, "service"):
        return OUT
    ExternalIdentity.objects.filter(issuer=issuer, subject=claims.subject).update(last_used=utc_now())
    if settings.OIDC_GROUPS_CLAIM if issuer == settings.OIDC_ISSUER else settings.SAML_GROUPS:
        groups_follow(user, claims.groups)  # else a directory keeps them
    return user


def _joined(claims: Claims, issuer: str) -> User | Refused:
    origin = Origin("system:sign-in", cause="came from the identity provider")
    user = _by_mail(claims.email) if settings.OIDC_JOIN == BY_MAIL else None
    if user is None and settings.OIDC_CREATE:
        control_begin(origin)
        user = _new(claims, issuer, origin)
    if user is None:
        return UNKNOWN
    linked = identity_link(person=user, issuer=issuer, subject=claims.subject, origin=origin)
    return linked if isinstance(linked, Refused) else user


def _by_mail(email: str) -> User | None:
    """The one person with this address, which the provider has verified; no administrator, whose account is worth more
    than a mailbox."""
    found = (
        list(User.objects.select_for_update(no_key=True).filter(email__iexact=email, is_active=True)[:2])
        if email
        else []
    )
    return found[0] if len(found) == 1 and not (may_administer(found[0]) or hasattr(found[0], "service")) else None


def _new(claims: Claims, issuer: str, origin: Origin) -> User | None:
    named = f"oidc-{sha256(f'{issuer} {claims.subject}'.encode()).hexdigest()[:12]}"
    for name in (*map(_plain, (claims.name, claims.email)), named):
        if not name or len(name) > people.LONGEST_NAME or User.objects.filter(username__iexact=name).exists():
            continue
        user = people.person_make(name=name, first=claims.first, last=claims.last, origin=origin)
        if isinstance(user, User):
            taken = User.objects.filter(email__iexact=claims.email).exists()
            email = "" if taken else claims.email
            people.person_rename(user=user, first=claims.first, last=claims.last, email=email, origin=origin)
            return user
    return None


def _plain(name: str) -> str:
    return NOT_NAME.sub("", User.normalize_username(name))


def groups_follow(user: User, said: Iterable[str], origin: Origin = BY_SIGN_IN) -> None:
    """Put them into the groups that the mapping has for these, and out of the others that it names."""
    mapped = list(Group.objects.filter(claims__isnull=False).distinct().order_by("name"))
    wanted = set(GroupClaim.objects.filter(value__in=list(said)).values_list("group", flat=True))
    has = set(user.groups.values_list("pk", flat=True))
    changes = [group for group in mapped if (group.pk in wanted) != (group.pk in has)]
    if not changes:
        return
    control_begin(origin)
    for group in changes:
        if group.pk in wanted:
            people.person_join(user=user, group=group, origin=origin)
        else:
            _leave(user, group, origin)
    tasks_free(holder=user, origin=origin)


def _leave(user: User, group: Group, origin: Origin) -> None:
    """Out of the group, unless then nobody were left who may change people and rights."""
    mark = transaction.savepoint()
    people.person_leave(user=user, group=group, origin=origin)
    if administrators_left():
        transaction.savepoint_commit(mark)
    else:
        transaction.savepoint_rollback(mark)
