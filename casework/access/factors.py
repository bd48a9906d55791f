"""Does somebody have a second factor, must they have one, and what does the control chain keep of it?

A second factor is a code app (`codes`) or a passkey (`passkeys`); recovery codes stand in for either, once each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Final

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction

from audit.services import Fact, Origin, record_control
from casework.access.factor_models import CodeApp, Passkey, RecoveryCode
from orchestration.ground.clock import utc_now
from orchestration.shell.verification.change import Change

ACTION: Final = "factor.changed"
EVERYBODY: Final = "*"


def has_second(person: User) -> bool:
    """Whether a password alone does not let them in."""
    return CodeApp.objects.filter(person=person).exists() or Passkey.objects.filter(person=person).exists()


def must_have_second(person: User) -> bool:
    """Whether they are in a group that has to (`SECOND_FACTOR_GROUPS`)."""
    wanted = settings.SECOND_FACTOR_GROUPS
    return EVERYBODY in wanted or person.groups.filter(name__in=wanted).exists()


@transaction.atomic
def factors_drop(*, person: User, origin: Origin) -> int:
    """Take everything but the password from somebody who has lost it; how many apps and keys there were."""
    apps, _ = CodeApp.objects.filter(person=person).delete()
    keys, _ = Passkey.objects.filter(person=person).delete()
    RecoveryCode.objects.filter(person=person).delete()
    if apps or keys:
        keep(person, {"dropped": apps + keys}, origin)
    return apps + keys


def keep(person: User, told: dict[str, object], origin: Origin) -> None:
    record_control([Fact(ACTION, {"person": person.get_username(), **told})], origin, utc_now())


def app_digest(app: CodeApp) -> str:
    return sha256(app.secret.encode()).hexdigest()


def key_digest(key: Passkey) -> str:
    return sha256(key.credential.encode() + bytes(key.public_key)).hexdigest()


def factors_apart(changes: Iterable[Change]) -> Iterator[str]:
    """A sentence for each app or key that the chain does not tell of: with it, somebody else might come in."""
    told: dict[str, set[str]] = {}
    for change in changes:
        if change.action != ACTION:
            continue
        held = told.setdefault(change.detail["person"], set())
        if "dropped" in change.detail:
            held.clear()
        elif "removed" in change.detail:
            held.discard(change.detail["removed"])
        elif "made" in change.detail:
            held.add(change.detail["made"])
    apps = ((app.person.get_username(), app_digest(app)) for app in CodeApp.objects.select_related("person"))
    keys = ((key.person.get_username(), key_digest(key)) for key in Passkey.objects.select_related("person"))
    for name, digest in (*apps, *keys):
        if digest not in told.get(name, ()):
            yield f"what {name} signs in with beside the password is not what they set up"
