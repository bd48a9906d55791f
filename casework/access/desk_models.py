"""Which row says how somebody likes their desk?"""

from __future__ import annotations

from django.conf import settings
from django.db import models


class DeskChoice(models.Model):
    """What somebody chose of their desk, in whatever browser they did; read when they sign in (`access.desk`)."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", primary_key=True)
    liked = models.CharField(max_length=60, blank=True, help_text="keys, rows and preview, as words with dots between")
    folds = models.TextField(blank=True, help_text="names of panels with dots between; `-` before one that is closed")

    def __str__(self) -> str:
        return f"desk of {self.person_id}"
