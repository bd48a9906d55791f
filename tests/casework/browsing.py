"""How does a test look at pages as somebody?"""

from __future__ import annotations

from django.contrib.auth.models import User
from django.test import Client


def client(who: User) -> Client:
    """A browser in which this person is signed in."""
    browser = Client()
    browser.force_login(who)
    return browser
