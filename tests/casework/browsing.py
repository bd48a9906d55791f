"""How does a test look at pages as somebody?"""

from __future__ import annotations

import re
from html import unescape

from django.contrib.auth.models import User
from django.test import Client


def client(who: User) -> Client:
    """A browser in which this person is signed in."""
    browser = Client()
    browser.force_login(who)
    return browser


def page(client: Client, address: str) -> str:
    """What stands there, each run of blanks as one."""
    return " ".join(client.get(address).content.decode().split())


def hidden(html: str, name: str) -> str:
    """What a form of the page sends along under this name."""
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert found is not None
    return unescape(found[1])
