"""What work is there for people, and who may take it?"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import Q

from orchestration.models.instances import Instance


class HumanTask(models.Model):
    """Work for a person."""

    class State(models.TextChoices):
        OPEN = "open"
        SUSPENDED = "suspended"
        COMPLETED = "completed"
        TERMINATED = "terminated"

    instance = models.ForeignKey(Instance, models.CASCADE, related_name="tasks")
    item = models.IntegerField()
    definition_item = models.CharField(max_length=200)
    name = models.CharField(max_length=300)
    form = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=12, choices=State, default=State.OPEN)
    assignee = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="tasks")
    priority = models.SmallIntegerField(default=50)
    own_priority = models.SmallIntegerField(
        null=True, blank=True, help_text="what it has by itself, while its case makes it urgent; or as a person said"
    )
    due = models.DateTimeField()
    created = models.DateTimeField()
    ended = models.DateTimeField(null=True, blank=True)
    claimed = models.DateTimeField(null=True, blank=True, help_text="when whoever has it took it")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["instance", "item"], name="task_once_per_item")]
        indexes = [
            models.Index(
                fields=["assignee", "due", "id"],
                include=["instance", "state"],
                condition=Q(state__in=["open", "suspended"]),
                name="task_mine",
            ),
            models.Index(fields=["ended"], condition=Q(state="completed"), name="task_completed"),
            models.Index(
                fields=["assignee", "ended", "id"],
                include=["instance"],
                condition=Q(state="completed"),
                name="task_done_by",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TaskCandidate(models.Model):
    """Which group, or which person by name, may take an open task; with `suspended` once its case goes on.

    The inbox reads this, top rows per group and of the person, so that it never scans; and where few cases fit
    a filter, all that is offered in them. What it asks stands in the indexes.
    """

    task = models.ForeignKey(HumanTask, models.CASCADE, related_name="candidates")
    instance = models.ForeignKey(
        Instance, models.CASCADE, related_name="+", db_index=False, db_constraint=False, help_text="that of the task"
    )
    group = models.ForeignKey(Group, models.CASCADE, related_name="+", db_index=False, null=True, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False, null=True, blank=True
    )
    due = models.DateTimeField()
    assigned = models.BooleanField(default=False)
    suspended = models.BooleanField(default=False, db_default=False)
    unit = models.BigIntegerField(
        default=0, db_default=0, help_text="to which part of the house its case belongs; 0: all"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(group=None, user__isnull=False) | Q(group__isnull=False, user=None),
                name="candidate_is_group_or_person",
            ),
        ]
        indexes = [
            models.Index(
                fields=["group", "due", "task"],
                include=["instance", "assigned", "suspended"],
                name="candidate_of_group",
            ),
            models.Index(
                fields=["group", "due", "task"],
                include=["instance"],
                condition=Q(assigned=False, suspended=False),
                name="candidate_unassigned",
            ),
            models.Index(
                fields=["group", "due", "task"],
                include=["instance", "unit"],
                condition=Q(suspended=True),
                name="candidate_suspended",
            ),
            models.Index(
                fields=["user", "due", "task"],
                include=["instance", "assigned", "suspended"],
                condition=~Q(user=None),
                name="candidate_of_person",
            ),
            models.Index(
                fields=["group", "unit", "due", "task"],
                include=["instance", "assigned", "suspended"],
                condition=~Q(unit=0),
                name="candidate_of_unit",
            ),
            models.Index(
                fields=["instance"],
                include=["task", "group", "user", "unit", "due", "assigned", "suspended"],
                name="candidate_of_case",
            ),
        ]

    def __str__(self) -> str:
        """The name of the group or person."""
        return str(self.group or (self.user and self.user.get_full_name()) or self.user)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """The case is that of the task, whoever makes the row."""
        self.instance_id = self.task.instance_id
        super().save(*args, **kwargs)
