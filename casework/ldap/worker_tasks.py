"""What do background workers do about the directory? They look at it when it is time."""

from __future__ import annotations

from celery import shared_task
from django.conf import settings

from casework.ldap import rounds


@shared_task(name="casework.ldap.look", ignore_result=True)
def look_at_directory() -> None:
    """Look, if nobody has since this was asked for."""
    if settings.LDAP is not None and rounds.is_due():
        rounds.look(settings.LDAP)


def look_after() -> None:
    """With every sweep: have it looked at, if it is time."""
    if rounds.is_due():
        look_at_directory.apply_async(expires=60)
