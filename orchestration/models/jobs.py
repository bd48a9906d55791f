"""What work is there for machine actors, what did each call do, and what needs a person?"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from orchestration.models.instances import Instance


class Job(models.Model):
    """Work for a machine actor. The row is the truth; a message about it is only a nudge."""

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        INCIDENT = "incident"
        CANCELLED = "cancelled"

    instance = models.ForeignKey(Instance, models.CASCADE, related_name="jobs")
    job = models.IntegerField(help_text="the engine's number of it")
    item = models.IntegerField()
    definition_item = models.CharField(max_length=200)
    name = models.CharField(max_length=300, blank=True)
    capability = models.CharField(max_length=200)
    input = models.BinaryField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.SmallIntegerField(default=0)
    max_attempts = models.SmallIntegerField(default=3)
    run_at = models.DateTimeField()
    overlooked = models.SmallIntegerField(default=0, help_text="how often the sweep has asked for it to be done")
    lease_until = models.DateTimeField(null=True, blank=True)
    worker = models.CharField(max_length=100, blank=True)
    last_error = models.TextField(blank=True)
    created = models.DateTimeField()
    ended = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["instance", "job"], name="job_once")]
        indexes = [
            models.Index(fields=["run_at"], condition=Q(state="waiting"), name="job_waiting"),
            models.Index(fields=["lease_until"], condition=Q(state="running"), name="job_running"),
        ]

    def __str__(self) -> str:
        return f"job {self.pk}: {self.capability}"

    @property
    def idempotency_key(self) -> str:
        """The same for every attempt, so that the other side can tell a retry from new work."""
        return f"{self.instance_id}-{self.job}"


class ActorCall(models.Model):
    """The ledger: one row for every call of a machine actor, whatever came of it."""

    instance = models.ForeignKey(Instance, models.CASCADE, related_name="calls")
    job = models.ForeignKey(Job, models.CASCADE, related_name="calls")
    attempt = models.SmallIntegerField()
    actor = models.CharField(max_length=100)
    version = models.CharField(max_length=100)
    capability = models.CharField(max_length=200)
    started = models.DateTimeField()
    latency_ms = models.FloatField()
    input_reference = models.CharField(max_length=100, help_text="job and digest of what was sent")
    output = models.JSONField(null=True)
    confidence = models.FloatField(null=True)
    detail = models.JSONField(null=True, help_text="what explains the answer: probabilities, say")
    usage = models.JSONField(null=True, help_text="what was counted: tokens, say")
    outcome = models.CharField(max_length=20)
    error = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["actor", "version", "started"], name="call_by_actor")]

    def __str__(self) -> str:
        return f"{self.actor} {self.version}: {self.outcome}"


class Incident(models.Model):
    """Something that a machine could not do, or a model could not decide: it needs a person."""

    instance = models.ForeignKey(Instance, models.CASCADE, related_name="incidents")
    incident = models.IntegerField(help_text="the engine's number of it")
    item = models.IntegerField(null=True, blank=True)
    job = models.IntegerField(null=True, blank=True)
    code = models.CharField(max_length=100)
    message = models.TextField()
    opened = models.DateTimeField()
    resolved = models.DateTimeField(null=True, blank=True)
    resolution = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["instance", "incident"], name="incident_once")]
        indexes = [models.Index(fields=["opened"], condition=Q(resolved=None), name="incident_open")]

    def __str__(self) -> str:
        return self.message
