"""Which rows say by when something must be done, and when an office works?"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from audit.db.sealed_fields import SealedJSON
from orchestration.models import Instance


class WorkingCalendar(models.Model):
    """When an office works (`orchestration.deadlines.work_calendar`). Changes stand on the control chain."""

    key = models.SlugField(max_length=64, unique=True)
    title = models.CharField(max_length=100)
    zone = models.CharField(max_length=64)
    hours = models.JSONField(help_text="of the seven weekdays, from Monday: pairs of minutes of the day")
    region = models.CharField(max_length=16, blank=True, help_text="whose public holidays are free")
    closed = models.JSONField(default=list)
    opened = models.JSONField(default=list)

    def __str__(self) -> str:
        return self.title


class Deadline(models.Model):
    """A deadline of law of one case: what happened to it, and when it is due by that (`deadlines.standing`).

    Written in the statement of the step that changes it.
    """

    class State(models.TextChoices):
        RUNNING = "running"
        PAUSED = "paused"
        MET = "met"
        LATE = "late"
        ENDED = "ended"

    instance = models.ForeignKey(Instance, models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=64)
    events = SealedJSON()
    state = models.CharField(max_length=8, choices=State)
    due = models.DateTimeField(null=True, blank=True)
    warned = models.DateTimeField(null=True, blank=True)
    breached = models.DateTimeField(null=True, blank=True)
    look = models.DateTimeField(null=True, blank=True, help_text="when something is to be done about it")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["instance", "key"], name="deadline_once")]
        indexes = [
            models.Index(fields=["look"], condition=Q(look__isnull=False), name="deadline_look"),
            models.Index(fields=["due", "id"], condition=Q(state__in=["running", "paused"]), name="deadline_open"),
        ]

    def __str__(self) -> str:
        return f"{self.key} of {self.instance_id}"
