"""Which rows say where an agent outside wants to be told of its task?"""

from __future__ import annotations

from django.conf import settings
from django.db import models

from casework.access.models import ApiToken


class TaskPush(models.Model):
    """One address for one task, of whoever asked for it: they are told what they may see, for as long as they may.

    Nothing of it changes a case, and no history tells of it; what could not be brought stands here, in words.
    """

    case = models.ForeignKey("casework.Case", models.CASCADE, related_name="task_pushes")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="task_pushes")
    token = models.ForeignKey(ApiToken, models.CASCADE, null=True, help_text="it ends with it; null: with the right")
    name = models.CharField(max_length=100, help_text="the agent's own, or one made here")
    url = models.CharField(max_length=1000)
    sealed = models.TextField(blank=True, help_text="what the agent wants to be shown, encrypted")
    stood = models.CharField(max_length=300, blank=True, help_text="how the task stood when it was told last")
    seen = models.BigIntegerField(default=-1, help_text="the last event of the case that was looked at")
    run_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    ended = models.DateTimeField(null=True)
    error = models.CharField(max_length=500, blank=True)
    created = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("case", "person", "name"), name="one_push_of_a_name"),)
        indexes = (models.Index(fields=("run_at",), condition=models.Q(ended=None), name="pushes_under_way"),)

    def __str__(self) -> str:
        return f"push {self.name} of case {self.case_id}"
