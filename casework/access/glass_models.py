"""Which rows say how a broken glass was judged afterwards, and who was told of a revealed value?"""

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


class RevealNotice(models.Model):
    """That whoever had work of the case is told. Whether they may still see it is asked when they look."""

    reveal = models.ForeignKey("casework.Reveal", models.CASCADE, related_name="notices", db_index=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField()
    seen = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reveal", "person"], name="told_of_reveal_once")]

    def __str__(self) -> str:
        return f"{self.person_id} is told of {self.reveal_id}"
