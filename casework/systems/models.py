"""Which rows say whether the copies of a case are as their owners have them, and what was sent to an owner?"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from audit.db.sealed_fields import SealedJSON, SealedText
from orchestration.models import Instance


class Comparison(models.Model):
    """The last comparison of a case's copies with one owner (an entry of `owners`), or one that is asked for."""

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        SAME = "same"
        DIFFERS = "differs"
        FAILED = "failed"
        KEPT = "kept"

    instance = models.ForeignKey(Instance, models.CASCADE, related_name="+", db_index=False)
    owner = models.CharField(max_length=64)
    state = models.CharField(max_length=8, choices=State)
    asked_by = models.CharField(max_length=200, blank=True, help_text="as the history names them; empty: the clock")
    since = models.DateTimeField(help_text="when it came into this state")
    tries = models.SmallIntegerField(default=0)
    look = models.DateTimeField(null=True, blank=True, help_text="when it is compared again by itself")
    at = models.DateTimeField(null=True, blank=True, help_text="when the owner last answered")
    theirs = SealedJSON(default=dict, help_text="what the owner had then, by the place of the copy", of="instance_id")
    differing = models.JSONField(default=list, help_text="the places that differed then")
    kept = models.CharField(
        max_length=100, blank=True, default="", db_default="",
        help_text="stands for the answer beside which the copies stay as history, as that tells",
    )  # fmt: skip
    actor = models.CharField(max_length=100, blank=True)
    version = models.CharField(max_length=100, blank=True)
    mapping = models.CharField(max_length=12, blank=True)
    error = SealedText(blank=True, of="instance_id")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["instance", "owner"], name="comparison_once")]
        indexes = [
            models.Index(fields=["look"], condition=Q(look__isnull=False), name="comparison_look"),
            models.Index(fields=["since"], condition=Q(state__in=["waiting", "running"]), name="comparison_open"),
            models.Index(
                fields=["-since", "id"], condition=Q(state__in=["differs", "failed"]), name="comparison_apart"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.owner} of {self.instance_id}: {self.state}"


class OwnerChange(models.Model):
    """A change that a case sent to the owner of a copy: what stood there, what is to, and what became of it."""

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        REFUSED = "refused"
        FAILED = "failed"

    instance = models.ForeignKey(Instance, models.CASCADE, related_name="+")
    owner = models.CharField(max_length=64)
    path = models.CharField(max_length=200)
    before = SealedJSON(null=True, of="instance_id")
    after = SealedJSON(null=True, of="instance_id")
    mapping = models.CharField(max_length=12, help_text="the version of the mapping by which it was sent")
    reason = SealedText(max_length=500, of="instance_id")
    by = models.CharField(max_length=200)
    asked = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    since = models.DateTimeField(help_text="when it came into this state, or is to be tried again")
    tries = models.SmallIntegerField(default=0)
    actor = models.CharField(max_length=100, blank=True)
    version = models.CharField(max_length=100, blank=True)
    error = SealedText(blank=True, of="instance_id")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["instance", "path"], condition=Q(state__in=["waiting", "running"]), name="one_change_at_a_time"
            )
        ]
        indexes = [
            models.Index(fields=["since"], condition=Q(state__in=["waiting", "running"]), name="owner_change_open")
        ]

    def __str__(self) -> str:
        return f"change {self.pk} of {self.path}: {self.state}"
