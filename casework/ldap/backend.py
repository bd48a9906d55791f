"""How does somebody whom an LDAP directory keeps sign in? By binding there with their password, which is not kept here.

Who is not known here is not made by a sign-in, and nobody else's password is sent to the directory. Names that nobody
has take as long as those that somebody has.
"""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.contrib.auth.backends import BaseBackend, ModelBackend
from django.contrib.auth.models import User
from django.http import HttpRequest

from casework.access.oidc_models import ExternalIdentity
from casework.ldap.client import Away, Entry, who_signs_in
from casework.ldap.rounds import ORIGIN
from casework.ldap.setup import ISSUER, Directory
from casework.people.external import groups_follow
from orchestration.ground.clock import utc_now

AWAY: Final = "directory_away"
"""What a request is marked with whose password nobody could look at: one of the directory's, or it may be anybody's."""
THEIRS: Final = "theirs"
ANYBODYS: Final = "anybody's"


class DirectoryBackend(BaseBackend):
    """Beside Django's own, which knows the rights and everybody who has a password here."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **_: Any
    ) -> User | None:
        if settings.LDAP is None or not username or not password or "\0" in username:
            return None
        row = _known(username)
        try:
            return _signed_in(settings.LDAP, row, password)
        except Away:
            if request is not None:
                setattr(request, AWAY, THEIRS if row and not row.person.has_usable_password() else ANYBODYS)
            return None

    def get_user(self, user_id: int) -> User | None:
        found = ModelBackend().get_user(user_id)
        return found if isinstance(found, User) else None


def kept_by_directory(user: User) -> bool:
    """Whether the directory has this person's password."""
    return settings.LDAP is not None and ExternalIdentity.objects.filter(
        person=user, issuer=ISSUER
    ).exists()  # fmt: skip


def is_their_password(user: User, password: str) -> bool:
    """Whether this is what they sign in by, here or there. Raises Away."""
    directory: Directory | None = settings.LDAP
    if user.check_password(password):
        return True
    if directory is None or not kept_by_directory(user):
        return False
    return _asked(directory, _known(user.get_username()), password) is not None


def _signed_in(directory: Directory, row: ExternalIdentity | None, password: str) -> User | None:
    entry = _asked(directory, row, password)
    if row is None or entry is None:
        return None
    ExternalIdentity.objects.filter(pk=row.pk).update(last_used=utc_now())
    groups_follow(row.person, entry.groups, ORIGIN)
    return row.person


def _known(name: str) -> ExternalIdentity | None:
    """Who this is there, of those who may come in here."""
    rows = ExternalIdentity.objects.select_related("person").filter(issuer=ISSUER, person__is_active=True)
    return rows.filter(person__username__iexact=name, person__service=None).first()


def _asked(directory: Directory, row: ExternalIdentity | None, password: str) -> Entry | None:
    """Who they are there, if this is their password."""
    return who_signs_in(directory, "" if row is None else row.subject, password)
