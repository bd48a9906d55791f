"""Which service is it, signing in without a person, and which short-lived token does it work with?

A service principal is a row among the people, in groups as they are, without a password: it asks for a token with its
secret (RFC 6749, client credentials) and works with that. Of secrets and tokens only digests are kept. Each change
stands on the control chain (`clients_verification`), each token that is given out too.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet

from audit.services import Fact, Origin, record_control
from casework.access.client_models import ClientSecret, ServicePrincipal
from casework.access.models import ApiToken
from casework.access.tokens import OVERLAP, Made, token_keep, token_revoke
from orchestration.actors.tokens import digest_of, secret_make
from orchestration.ground.clock import utc_now
from orchestration.ground.refusals import Refused

PREFIX: Final = "cws_"
"""By which people, and programs that look for lost secrets, know such a secret."""
ACTION: Final = "client.changed"
MOST_SECRETS: Final = 2
"""That are good at a time: the one of now, and the one that it replaces."""
SECRET_DAYS: Final = 180
MOST_TOKENS: Final = 60
"""That one program has at a time; more are asked for only by one that asks at each call."""
ENDED_KEPT: Final = timedelta(days=1)
SCOPES: Final = list(ApiToken.Scope.values)
OF_TYPE: Final = "case_type:"
UNKNOWN: Final = Refused("invalid_client", "There is no such client, or this is not its secret.")


@dataclass(frozen=True, slots=True)
class NewSecret:
    """A new secret: its row, and the text that nobody will see again."""

    row: ClientSecret
    secret: str


@dataclass(frozen=True, slots=True)
class Granted:
    """A token, for how many seconds, and what it may (in the words of `scope`)."""

    token: str
    seconds: int
    scope: str


@transaction.atomic
def principal_keep(
    *, person: User, owner: User, scope: str, case_types: Collection[str], origin: Origin
) -> ServicePrincipal:
    """Make this person a service, or change what it may; the tokens of now end with a change."""
    wanted = {"owner": owner, "scope": scope, "case_types": sorted({*case_types})}
    row = ServicePrincipal.objects.select_for_update().filter(person=person).first()
    if row is None:
        row = ServicePrincipal.objects.create(person=person, made=utc_now(), **wanted)
    else:
        for name, value in wanted.items():
            setattr(row, name, value)
        row.save(update_fields=list(wanted))
        tokens_end(row, origin)
    _keep(row, {"owner": owner.get_username(), "scope": scope, "case_types": row.case_types}, origin)
    return row


@transaction.atomic
def secret_give(*, principal: ServicePrincipal, origin: Origin, days: int = SECRET_DAYS) -> NewSecret | Refused:
    """Another secret; the one before goes on for a day at most, so that the program can be given the new one."""
    held = ServicePrincipal.objects.select_for_update().get(pk=principal.pk)
    if not User.objects.filter(pk=held.person_id, is_active=True).exists():
        return Refused("out", "It is kept out: let it in first.")
    now = utc_now()
    for row in secrets_live(held)[MOST_SECRETS - 1 :]:
        secret_revoke(row=row, origin=origin)
    for row in secrets_live(held).filter(expires__gt=now + OVERLAP):
        row.expires = now + OVERLAP
        row.save(update_fields=["expires"])
        _keep(held, {"secret": row.digest, "expires": row.expires.isoformat()}, origin)
    text = secret_make(PREFIX)
    made = ClientSecret.objects.create(
        principal=held, digest=digest_of(text), made=now, expires=now + timedelta(days=days)
    )
    _keep(held, {"secret": made.digest, "given": True, "expires": made.expires.isoformat()}, origin)
    return NewSecret(made, text)


@transaction.atomic
def secret_revoke(*, row: ClientSecret, origin: Origin) -> bool:
    """Take a secret back, and with it the tokens of now; whether that changed anything.

    Under the lock under which tokens are given out, so that none is by a secret that is taken back meanwhile.
    """
    ServicePrincipal.objects.select_for_update().get(pk=row.principal_id)
    changed = ClientSecret.objects.filter(pk=row.pk, revoked=None).update(revoked=utc_now())
    if changed:
        _keep(row.principal, {"secret": row.digest, "revoked": True}, origin)
        tokens_end(row.principal, origin)
    return bool(changed)


def secrets_end(*, person: User, origin: Origin) -> int:
    """Take back all secrets of somebody who is kept out; how many there were."""
    rows = ClientSecret.objects.select_related("principal__person").filter(principal__person=person, revoked=None)
    return sum(secret_revoke(row=row, origin=origin) for row in rows)


def tokens_end(principal: ServicePrincipal, origin: Origin) -> None:
    live = ApiToken.objects.filter(person=principal.person_id, client=True, revoked=None, expires__gt=utc_now())
    for row in live.select_related("person"):
        token_revoke(row=row, origin=origin)


def secrets_live(principal: ServicePrincipal) -> QuerySet[ClientSecret]:
    """Those that are good now, the newest first."""
    return principal.secrets.filter(revoked=None, expires__gt=utc_now()).order_by("-pk")


@transaction.atomic
def token_grant(*, client: str, secret: str, scope: str) -> Granted | Refused:
    """A token for who shows this secret of this client. `scope`: what it asks for; "": all that it may."""
    row = _secret_of(client, secret)
    if row is None:
        return UNKNOWN
    principal = _locked(row.principal_id)
    if _secret_of(client, secret) is None:
        return UNKNOWN  # it was taken back while this waited
    asked = _asked(principal, scope.split())
    if isinstance(asked, Refused):
        return asked
    now, level, types = utc_now(), *asked
    tokens = ApiToken.objects.filter(person=principal.person, client=True)
    if tokens.filter(revoked=None, expires__gt=now).count() >= MOST_TOKENS:
        return Refused("slow_down", "This client has many tokens that are good still. Use one of them until it ends.")
    tokens.filter(expires__lt=now - ENDED_KEPT, revoked=None).delete()
    ClientSecret.objects.filter(pk=row.pk).update(last_used=now)
    seconds = settings.CLIENT_TOKEN_SECONDS
    made = _made(principal, level, types, now + timedelta(seconds=seconds))
    return Granted(made.secret, seconds, " ".join([level, *(f"{OF_TYPE}{one}" for one in types)]))


def _made(principal: ServicePrincipal, level: str, types: Collection[str], expires: datetime) -> Made:
    row = ApiToken(
        person=principal.person, name="client credentials", scope=level, expires=expires, second=True, client=True
    )
    return token_keep(row, types, Origin(f"person:{principal.person.get_username()}", cause="client credentials"))


def _locked(number: int) -> ServicePrincipal:
    return ServicePrincipal.objects.select_for_update(of=("self",)).select_related("person").get(pk=number)


def _secret_of(client: str, secret: str) -> ClientSecret | None:
    """The secret, where it is this client's, good, and the client may come in."""
    good = ClientSecret.objects.filter(
        digest=digest_of(secret), revoked=None, expires__gt=utc_now(), principal__person__is_active=True
    )
    return good.filter(principal__person__username=client.replace("\0", "")[:150]).first()


def _asked(principal: ServicePrincipal, words: list[str]) -> tuple[str, list[str]] | Refused:
    """The scope and case types of these words, within what the principal may."""
    levels = [word for word in words if word in SCOPES] or [principal.scope]
    types = [word.removeprefix(OF_TYPE) for word in words if word.startswith(OF_TYPE)] or principal.case_types
    unknown = [word for word in words if word not in SCOPES and not word.startswith(OF_TYPE)]
    too_much = len(levels) > 1 or SCOPES.index(levels[0]) > SCOPES.index(principal.scope)
    other = [one for one in types if one not in principal.case_types] if principal.case_types else []
    if unknown or too_much or other or len(types) > 50:
        return Refused("invalid_scope", "This client may not have that scope, or there is none of that name.")
    return levels[0], sorted({*types})


def _keep(principal: ServicePrincipal, told: Mapping[str, object], origin: Origin) -> None:
    record_control([Fact(ACTION, {"client": principal.person.get_username(), **told})], origin, utc_now())
