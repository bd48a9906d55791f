"""Which rows say what a second person thought of a glass that was broken?"""

from __future__ import annotations

from django.conf import settings
from django.db import models

from audit.db.sealed_fields import SealedText


class GlassReview(models.Model):
    """Somebody else has looked at it. A broken glass (`Reveal` of the whole case) without one waits for that."""

    reveal = models.OneToOneField("casework.Reveal", models.CASCADE, related_name="review")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField()
    justified = models.BooleanField()
    note = SealedText(max_length=500, of="reveal.case.instance_id")

    def __str__(self) -> str:
        return f"of {self.reveal_id} by {self.by_id}"
