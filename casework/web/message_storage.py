"""Where is a confirmation kept until the next page shows it? In a cookie of our own name, large ones in the session."""

from __future__ import annotations

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage


class OwnCookie(CookieStorage):
    cookie_name = f"{settings.COOKIES}-messages"


class OwnMessages(FallbackStorage):
    storage_classes = (OwnCookie, SessionStorage)
