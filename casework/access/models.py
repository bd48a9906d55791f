"""Which rows say where somebody is signed in?"""

from __future__ import annotations

from django.conf import settings
from django.db import models


class SignedIn(models.Model):
    """A session of a person, from where and with what; one whose session has ended says nothing any more."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="signed_in")
    session = models.CharField(max_length=40, unique=True, help_text="the key of Django's session")
    began = models.DateTimeField()
    seen = models.DateTimeField(help_text="when they last did something, to some minutes")
    address = models.CharField(max_length=64, blank=True)
    device = models.CharField(max_length=100, blank=True, help_text="what the browser says of itself, cut")

    def __str__(self) -> str:
        return f"{self.person_id} since {self.began:%Y-%m-%d %H:%M}"
