"""Which versions of case types are deployed, and when does each begin cases by itself?"""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Definition(models.Model):
    """One deployed, immutable version of a case type: its files and their content hash."""

    key = models.CharField(max_length=64)
    version = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    content_hash = models.CharField(max_length=64)
    files = models.JSONField(help_text="file name -> text")
    note = models.CharField(max_length=500, blank=True)
    deployed_at = models.DateTimeField()
    deployed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "version"], name="definition_version_once"),
        ]
        ordering = ["key", "-version"]
        permissions = [("publish_definition", "May change and publish case types and rules")]

    def __str__(self) -> str:
        return f"{self.key} v{self.version}"


class StartTimer(models.Model):
    """A timer start event of the newest version of a case type (BPMN 2.0, 10.4.2): when it next begins a case.

    `due` is its next moment by the schedule, `run_at` when a worker is to look at it; None: it has begun its last one.
    """

    definition = models.ForeignKey(Definition, models.CASCADE, related_name="start_timers")
    process = models.TextField()
    node = models.TextField(help_text="the start event, or what stands for one")
    written = models.TextField(help_text="the date, duration or cycle as the model has it")
    due = models.DateTimeField()
    every = models.TextField(blank=True, help_text="of a cycle: the duration from one moment to the next")
    repeats = models.BigIntegerField(null=True, blank=True, help_text="how often more after this time; empty: for ever")
    made_up = models.IntegerField(db_default=0, help_text="missed moments in a row that were made up before this one")
    run_at = models.DateTimeField(null=True, blank=True, db_index=True)

    def __str__(self) -> str:
        return f"{self.node} of {self.definition}"
