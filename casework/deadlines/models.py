"""Which rows say by when something must be done, and when an office works?"""

from __future__ import annotations

from django.conf import settings
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


class DeadlineNotice(models.Model):
    """That somebody is told that a deadline comes near, or was missed. Whether they may still see the case is asked
    when they look. That it did stands in the case's history; who was told of it stands here alone."""

    deadline = models.ForeignKey(Deadline, models.CASCADE, related_name="notices", db_index=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    title = models.CharField(max_length=200, help_text="what people call the deadline")
    due = models.DateTimeField(null=True, help_text="by when, as it stood then")
    missed = models.BooleanField()
    at = models.DateTimeField()
    seen = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["deadline", "person", "missed", "due"], name="told_of_deadline_once")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} is told of {self.deadline_id}"
