"""Which rows say who may act for whom, and what was done so?"""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from orchestration.models import HumanTask


class Delegation(models.Model):
    """Somebody lets another finish, for a time, tasks that they hold; one whose time is over says nothing any more.

    `ended`: before its time, by either of them or with a group or the leave to come in of one.
    """

    giver = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="delegations")
    to = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="acts_for")
    case_types = ArrayField(models.CharField(max_length=64), help_text="keys; none: of every case type")
    begins = models.DateTimeField()
    until = models.DateTimeField()
    reason = models.CharField(max_length=200)
    made = models.DateTimeField()
    ended = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["to", "until"], name="delegation_standing")]

    def __str__(self) -> str:
        return f"{self.to_id} for {self.giver_id} until {self.until:%Y-%m-%d}"


class ActedFor(models.Model):
    """A task was finished by its assignee for this person, whom what it bars from holds for, too."""

    task = models.OneToOneField(HumanTask, models.CASCADE, primary_key=True, related_name="acted_for")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"task {self.task_id} for {self.person_id}"
