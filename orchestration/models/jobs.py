"""What work is there for machine actors, what did each call do, and what needs a person?"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from audit.db.sealed_fields import SealedBytes, SealedJSON, SealedText
from orchestration.models.instances import Instance


class Job(models.Model):
    """Work for a machine actor. The row is the truth; a message about it is only a nudge."""

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        OFFERED = "offered"  # to an outside worker, which fetches it
        HELD = "held"  # until the actor that it waits for is let loose again
        DONE = "done"
        HANDED = "handed"  # to a person
        INCIDENT = "incident"
        CANCELLED = "cancelled"

    definition_id: int = 0
    """The version that its case follows; known of a job that was claimed."""

    instance = models.ForeignKey(Instance, models.CASCADE, related_name="jobs")
    job = models.IntegerField(help_text="the engine's number of it; below 0: a question about the case")
    item = models.IntegerField()
    definition_item = models.CharField(max_length=200)
    name = models.CharField(max_length=300, blank=True)
    capability = models.CharField(max_length=200)
    input = SealedBytes()
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
    priority = models.SmallIntegerField(default=0, db_default=0, help_text="above 0 is urgent: it overtakes")
    actor = models.CharField(max_length=100, db_default="", blank=True, help_text="chosen for the attempt under way")
    mode = models.CharField(max_length=10, db_default="", blank=True, help_text="automatic or suggest, as chosen")
    wanted_actor = models.CharField(max_length=100, db_default="", blank=True, help_text="to whom a person handed it")
    changed_input = SealedBytes(null=True, blank=True, help_text="what a person gives in place of the input")
    again_of = models.IntegerField(null=True, blank=True, help_text="the failed job whose work this asks for again")
    began = models.DateTimeField(null=True, blank=True, help_text="when the attempt under way was claimed or fetched")
    deadline = models.DateTimeField(null=True, blank=True)
    reserved = models.DecimalField(max_digits=16, decimal_places=6, null=True, blank=True)
    asked_by = models.CharField(
        max_length=200, db_default="", blank=True, help_text="who set off the step that wants it"
    )
    route = models.JSONField(null=True, blank=True, help_text="the choice by which it was offered")
    lapsed = models.JSONField(default=list, db_default=[], blank=True, help_text="actors that let its deadline pass")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["instance", "job"], name="job_once")]
        indexes = [
            models.Index(fields=["run_at"], condition=Q(state="waiting"), name="job_waiting"),
            models.Index(fields=["lease_until"], condition=Q(state="running"), name="job_running"),
            models.Index(
                fields=["-priority", "run_at"], condition=Q(state="waiting", priority__gt=0), name="job_urgent"
            ),
            models.Index(fields=["capability", "run_at"], condition=Q(state="waiting"), name="job_waiting_for"),
            models.Index(fields=["actor", "state"], condition=~Q(actor="") & Q(ended=None), name="job_of_actor"),
            models.Index(fields=["capability", "-id"], condition=Q(state="incident"), name="job_failed"),
        ]

    def __str__(self) -> str:
        return f"job {self.pk}: {self.capability}"

    @property
    def is_question(self) -> bool:
        """Whether a person asked it about the case (`Question`): numbered below 0, and no model knows of it."""
        return self.job < 0

    @property
    def idempotency_key(self) -> str:
        """The same for every attempt, so that the other side can tell a retry from new work."""
        return f"{self.instance_id}-{self.again_of or self.job}"


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
    output = SealedJSON(null=True)
    confidence = models.FloatField(null=True)
    detail = SealedJSON(null=True, help_text="what explains the answer: probabilities, say")
    usage = models.JSONField(null=True, help_text="what was counted: tokens, say")
    outcome = models.CharField(max_length=20)
    error = models.TextField(blank=True)
    asked_by = models.CharField(max_length=200, db_default="", blank=True, help_text="who set off the step")
    mode = models.CharField(max_length=10, db_default="", blank=True)
    queue_ms = models.FloatField(null=True)
    cost = models.DecimalField(max_digits=16, decimal_places=6, null=True, help_text="empty: unknown")
    currency = models.CharField(max_length=3, db_default="", blank=True)
    output_digest = models.CharField(max_length=64, db_default="", blank=True)
    route = models.JSONField(null=True, help_text="the rule that chose, and who was passed over and why")
    verdicts = models.JSONField(null=True, help_text="of each guardrail: name, stage, outcome, sentence")
    case_type = models.CharField(max_length=64, db_default="", blank=True, help_text="so that it is added up alone")

    class Meta:
        # The ledger's pages add up any span of time from this index alone, without a look at the rows.
        indexes = [
            models.Index(fields=["actor", "version", "started"], name="call_by_actor"),
            models.Index(
                fields=["started"],
                include=[
                    "actor", "version", "case_type", "instance", "outcome", "latency_ms", "queue_ms", "cost",
                    "currency",
                ],
                name="call_added_up",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.actor} {self.version}: {self.outcome}"


class Judgement(models.Model):
    """What a person, or what became known later, said of an answer: accepted, changed or rejected."""

    class Verdict(models.TextChoices):
        ACCEPTED = "accepted"
        CHANGED = "changed"
        REJECTED = "rejected"

    call = models.OneToOneField(ActorCall, models.CASCADE, related_name="judgement")
    verdict = models.CharField(max_length=8, choices=Verdict)
    by = models.CharField(max_length=200)
    at = models.DateTimeField()
    reason = SealedText(max_length=500, blank=True, of="call.instance_id")
    right = SealedJSON(null=True, help_text="what the person gave in its place")

    def __str__(self) -> str:
        return f"call {self.call_id}: {self.verdict}"


class Evaluation(models.Model):
    """How an evaluator scored an answer afterwards, from 0 to 1. It never stops anything."""

    call = models.ForeignKey(ActorCall, models.CASCADE, related_name="evaluations")
    evaluator = models.CharField(max_length=100)
    score = models.FloatField()
    at = models.DateTimeField()
    note = SealedText(max_length=500, blank=True, of="call.instance_id")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["call", "evaluator"], name="evaluation_once")]

    def __str__(self) -> str:
        return f"{self.evaluator} of call {self.call_id}: {self.score}"


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
        indexes = [
            models.Index(fields=["opened"], condition=Q(resolved=None), name="incident_open"),
            models.Index(fields=["instance"], condition=Q(resolved=None), name="incident_open_in_case"),
        ]

    def __str__(self) -> str:
        return self.message
