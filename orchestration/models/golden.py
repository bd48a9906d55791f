"""Which closed cases say how it should come out, and what is expected of machines in them?"""

from __future__ import annotations

from django.db import models

from audit.db.sealed_fields import SealedJSON, SealedText


class GoldenCase(models.Model):
    """A closed case whose outcome was right: every new version of a machine is tried on it before it is used."""

    instance = models.OneToOneField("orchestration.Instance", models.CASCADE, related_name="golden")
    by = models.CharField(max_length=200, help_text="as the history names who made it one")
    added = models.DateTimeField()
    note = SealedText(max_length=500, blank=True, of="instance_id")

    def __str__(self) -> str:
        return f"golden case {self.instance_id}"


class GoldenAnswer(models.Model):
    """What is expected of whoever does this job: what was used of the answer, as people had it in the end."""

    golden = models.ForeignKey(GoldenCase, models.CASCADE, related_name="answers")
    job = models.OneToOneField("orchestration.Job", models.CASCADE, related_name="golden")
    capability = models.CharField(max_length=200, db_index=True)
    expected = SealedJSON(of="golden.instance_id")

    def __str__(self) -> str:
        return f"{self.capability} in {self.golden_id}"
