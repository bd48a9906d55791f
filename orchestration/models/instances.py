"""What is kept of a root case with all that runs inside it?"""

from __future__ import annotations

from django.db import models

from audit.chain import GENESIS
from audit.db.sealed_fields import SealedBytes
from orchestration.models.definitions import Definition


class Instance(models.Model):
    """A root case with all that runs inside it: the unit of locking, of the transaction and of the hash chain."""

    definition = models.ForeignKey(Definition, models.PROTECT, related_name="instances")
    status = models.CharField(max_length=16)
    items = SealedBytes(help_text="the state document: open items only")
    data = SealedBytes(help_text="the case's data as JSON")
    head_sequence = models.IntegerField(default=0)
    head_digest = models.BinaryField(max_length=32, default=GENESIS)
    created = models.DateTimeField()
    ended = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"instance {self.pk}"
