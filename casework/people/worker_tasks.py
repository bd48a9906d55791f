"""How does a link go by mail to somebody who has forgotten their password? In a worker, so that no answer's time tells
whether anybody has the address."""

from __future__ import annotations

from celery import shared_task
from django.contrib.auth.models import User

from casework.people.links import link_make


@shared_task(ignore_result=True)
def link_wanted(email: str, base: str) -> None:
    """Where somebody who may come in has this address, and has a password to forget."""
    user = User.objects.filter(email__iexact=email, is_active=True).first() if email else None
    if user is not None and user.has_usable_password():
        link_make(by=user, user=user, base=base)
