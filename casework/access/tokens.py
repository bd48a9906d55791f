"""Which program is it, by the token that it shows, and what may it do as the person whose token it is?

A bearer token (RFC 6750) is a random text that is shown once; only its digest is kept. It never opens more than its
person may at that moment, ends by itself, and may be taken back or replaced; all of it stands on the control chain. One
that was made by a password alone opens nothing from the moment on that its person has to show more (`factors`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet

from audit.services import Fact, Origin, record_control
from casework.access.factors import has_second, must_have_second
from casework.access.models import ApiToken, GroupPurpose
from orchestration.actors.tokens import digest_of, secret_make
from orchestration.ground.clock import utc_now, written
from orchestration.ground.refusals import Refused
from orchestration.models import Definition

PREFIX: Final = "cwt_"
"""By which people, and programs that look for lost secrets, know such a token."""
ACTION: Final = "token.changed"
MOST: Final = 20
"""Tokens that somebody has at a time."""
LONGEST_DAYS: Final = 365
OVERLAP: Final = timedelta(hours=24)
"""For which a replaced token goes on, so that its program can be given the new one without a gap."""
SEEN_EVERY: Final = timedelta(minutes=1)
MOST_TYPES: Final = 50
"""Case types that a token names."""
ALONE: Final = Refused(
    "second",
    "A token of this person would open nothing: their group has to show a second factor. Set one up first, or make a "
    "service of its own for the program.",
)


@dataclass(frozen=True, slots=True)
class Made:
    """A new token: its row, and the text that nobody will see again."""

    row: ApiToken
    secret: str


@transaction.atomic
def token_make(
    *, person: User, name: str, scope: str, days: int, origin: Origin, case_types: Collection[str] = (),
    purposes: Collection[str] = (), second: bool = False,
) -> Made | Refused:  # fmt: skip
    """A new token of this person, good for so many days, for these case types and purposes; none: for all. `second`:
    they have shown more than a password, elsewhere."""
    wrong = _wrong(name, scope, days, case_types)
    if not purposes_held(person).issuperset(purposes):
        wrong["purposes"] = "This person does not look for that."
    if wrong:
        return Refused("invalid", "Please correct what is marked.", wrong)
    second = second or has_second(person) or hasattr(person, "service")
    if not second and must_have_second(person):
        return ALONE
    if tokens_live(User.objects.select_for_update().get(pk=person.pk)).count() >= MOST:
        return Refused("many", f"{MOST} tokens are the most that somebody has. Take one back first.")
    expires = utc_now() + timedelta(days=days)
    row = ApiToken(person=person, name=name.strip(), scope=scope, expires=expires, days=days, second=second)
    row.purposes = sorted({*purposes})
    return token_keep(row, case_types, origin)


def token_keep(row: ApiToken, case_types: Collection[str], origin: Origin) -> Made:
    """Give a token out: its text is made now, and its row kept."""
    now, secret = utc_now(), secret_make(PREFIX)
    row.digest, row.created, row.case_types = digest_of(secret), now, sorted({*case_types})
    row.save(force_insert=True)
    told: dict[str, object] = {"scope": row.scope, "expires": written(row.expires), "second": row.second}
    told |= {"case_types": row.case_types} if row.case_types else {}
    told |= {"purposes": row.purposes} if row.purposes else {}
    _keep(row, told | ({"client": True} if row.client else {}), origin, now)
    return Made(row, secret)


@transaction.atomic
def token_replace(*, row: ApiToken, origin: Origin, second: bool = False) -> Made | Refused:
    """A new token in place of this one, alike and for as long; the old one goes on for `OVERLAP` at most."""
    now = utc_now()
    held = tokens_live(row.person).select_for_update().filter(pk=row.pk).first()
    if held is None or held.expires is None or held.client:
        return Refused("ended", "This token has ended, or is one of before: make a new one.")
    days = held.days or max(round((held.expires - held.created) / timedelta(days=1)), 1)
    made = token_make(
        person=row.person,
        name=held.name,
        scope=held.scope,
        days=days,
        origin=origin,
        case_types=held.case_types,
        purposes=held.purposes,
        second=second,
    )
    if isinstance(made, Made) and held.expires > now + OVERLAP:
        held.expires = now + OVERLAP
        held.save(update_fields=["expires"])
        _keep(held, {"expires": written(held.expires)}, origin, now)
    return made


@transaction.atomic
def token_revoke(*, row: ApiToken, origin: Origin) -> bool:
    """Take a token back, for good; whether that changed anything."""
    now = utc_now()
    changed = ApiToken.objects.filter(pk=row.pk, revoked=None).update(revoked=now)
    if changed:
        _keep(row, {"revoked": True} | ({"from_before": True} if row.from_before else {}), origin, now)
    return bool(changed)


def tokens_revoke(*, person: User, origin: Origin) -> int:
    """Take all tokens of somebody back; how many there were."""
    return sum(token_revoke(row=row, origin=origin) for row in ApiToken.objects.filter(person=person, revoked=None))


def tokens_live(person: User) -> QuerySet[ApiToken]:
    """Those of this person that open something, the newest first."""
    return ApiToken.objects.filter(_live(utc_now()), person=person, client=False).order_by("-pk")


def token_of(secret: str) -> ApiToken | None:
    """The token of this text, with its person; None where it is none, has ended, or they may not come in."""
    now = utc_now()
    found = ApiToken.objects.select_related("person").filter(_live(now), person__is_active=True)
    row = found.filter(digest=digest_of(secret)).first()
    if row is None or (not row.second and must_have_second(row.person)):
        return None
    if row.last_used is None or row.last_used < now - SEEN_EVERY:
        ApiToken.objects.filter(pk=row.pk).update(last_used=now)
    return row


def purposes_held(person: User) -> frozenset[str]:
    """What their groups look for, to any of which a token can be limited."""
    rows = GroupPurpose.objects.filter(group__user=person, held=True)
    return frozenset(rows.values_list("purpose", flat=True))


def _live(now: datetime) -> Q:
    return Q(revoked=None) & (Q(expires=None) | Q(expires__gt=now))


def _wrong(name: str, scope: str, days: int, case_types: Collection[str]) -> dict[str, str]:
    errors: dict[str, str] = {}
    if not 1 <= len(name.strip()) <= 100 or not name.isprintable():
        errors["name"] = "Say in 1 to 100 letters where it is used."
    if scope not in ApiToken.Scope.values:
        errors["scope"] = "Choose what it may do."
    if not 1 <= days <= LONGEST_DAYS:
        errors["days"] = f"It is good for 1 to {LONGEST_DAYS} days."
    if wrong := wrong_types(case_types):
        errors["case_types"] = wrong
    return errors


def wrong_types(case_types: Collection[str]) -> str:
    """Why a token cannot be limited to these; empty: it can."""
    if len(case_types) > MOST_TYPES:
        return f"Name {MOST_TYPES} case types at most."
    asked = [one for one in case_types if "\0" not in one]  # nothing is called so, and PostgreSQL cannot ask
    known = set(Definition.objects.filter(key__in=asked).values_list("key", flat=True))
    return "" if known == {*case_types} else "There is a case type among them that is not deployed."


def _keep(row: ApiToken, told: Mapping[str, object], origin: Origin, at: datetime) -> None:
    named = {"person": row.person.get_username(), "name": row.name, "digest": row.digest}
    record_control([Fact(ACTION, {**named, **told})], origin, at)
