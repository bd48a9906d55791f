"""How does somebody new, or somebody who has lost their password, get a link by which they set one?

The link holds a keyed digest of their row (Django's PasswordResetTokenGenerator), so it ends with the first use, with
the next link, and after `PASSWORD_RESET_TIMEOUT`. It goes by mail where a mail server is set, and only then.
"""

from __future__ import annotations

import smtplib
from dataclasses import dataclass

import structlog
from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import send_mail
from django.db import transaction

from audit.services import Origin
from casework.access import people
from casework.access.client_models import ServicePrincipal
from casework.access.passwords import address_for
from casework.access.permissions import origin_of
from casework.ldap.setup import ISSUER
from orchestration.ground.counts import counted
from orchestration.ground.refusals import Refused

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Link:
    """`address`: empty where it went by mail, so that nobody but its reader has it. `mailed`: to which address."""

    address: str
    mailed: str = ""
    not_mailed: str = ""


def link_make(*, by: User, user: User, base: str) -> Link | Refused:
    """A link for somebody who may come in. `base`: the beginning of our addresses, `https://host`."""
    if not user.is_active:
        return Refused("out", "They are kept out: let them in first.")
    if ServicePrincipal.objects.filter(person=user).exists():
        return Refused("service", "A service has no password: it comes in with its secret.")
    if settings.LDAP is not None and user.identities.filter(issuer=ISSUER).exists():
        return Refused("directory", "They sign in by their password in the directory: it is set there.")
    with transaction.atomic():
        held = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        people.link_given(user=held, origin=Origin(origin_of(by).actor, cause="a link for a password"))
    address = base + address_for(held)
    if not (settings.EMAIL_URL and held.email):
        return Link(address)
    return _mailed(held, address)


def _mailed(user: User, address: str) -> Link:
    hours = settings.PASSWORD_RESET_TIMEOUT // 3600
    text = (
        f"Hello {user.get_full_name() or user.get_username()},\n\n"
        f"set your password for Casewright here:\n\n{address}\n\n"
        f"The link works once, for {counted(hours, 'hour')}. Your name for signing in is {user.get_username()}.\n"
    )
    try:
        send_mail("Your password for Casewright", text, settings.DEFAULT_FROM_EMAIL, [user.email])
    except (OSError, smtplib.SMTPException) as error:
        log.warning("a link could not be mailed", error=type(error).__name__)
        return Link(address, not_mailed="The mail server did not take it, so nothing was sent.")
    return Link("", mailed=user.email)
