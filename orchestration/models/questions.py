"""What did people ask about a case, and what were they answered?"""

from __future__ import annotations

from django.db import models

from audit.db.sealed_fields import SealedJSON, SealedText


class Question(models.Model):
    """A question of a person about a case, answered by a machine. Its job holds what was given; both are its own only.

    `statements`: what was answered, sentence by sentence (`orchestration.jobs.statements`); null: nothing yet.
    """

    job = models.OneToOneField("orchestration.Job", models.CASCADE, related_name="question")
    by = models.CharField(max_length=200, help_text="as the history names who asked")
    text = SealedText(max_length=1000, of="job.instance_id")
    asked = models.DateTimeField()
    colleagues = SealedJSON(
        default=dict, help_text="what stood for a person in what was given -> who it was", of="job.instance_id"
    )
    statements = SealedJSON(null=True, of="job.instance_id")
    said = SealedText(max_length=500, blank=True, help_text="why there is no answer", of="job.instance_id")

    class Meta:
        indexes = [models.Index(fields=["by", "-asked"], name="question_of_person")]

    def __str__(self) -> str:
        return f"question {self.pk}"
