"""Which rows does orchestration keep, and which of them is the truth?

`Instance` holds the state of a root case and the head of its history; every other row of a case (tasks, jobs, timers,
subscriptions, incidents) is written in the same transaction as the step that wanted it, from the step's events.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import Q

from audit.chain import GENESIS


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


class Instance(models.Model):
    """A root case with all that runs inside it: the unit of locking, of the transaction and of the hash chain."""

    definition = models.ForeignKey(Definition, models.PROTECT, related_name="instances")
    status = models.CharField(max_length=16)
    items = models.BinaryField(help_text="the state document: open items only")
    data = models.BinaryField(help_text="the case's data as JSON")
    head_sequence = models.IntegerField(default=0)
    head_digest = models.BinaryField(max_length=32, default=GENESIS)
    created = models.DateTimeField()
    ended = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"instance {self.pk}"


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
    due = models.DateTimeField()
    created = models.DateTimeField()
    ended = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["instance", "item"], name="task_once_per_item")]
        indexes = [models.Index(fields=["assignee", "due", "id"], condition=Q(state="open"), name="task_mine")]

    def __str__(self) -> str:
        return self.name


class TaskCandidate(models.Model):
    """Which group, or which person by name, may take an open task.

    The inbox reads this, top rows per group and of the person, so that it never scans.
    """

    task = models.ForeignKey(HumanTask, models.CASCADE, related_name="candidates")
    group = models.ForeignKey(Group, models.CASCADE, related_name="+", db_index=False, null=True, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False, null=True, blank=True
    )
    due = models.DateTimeField()
    assigned = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(group=None, user__isnull=False) | Q(group__isnull=False, user=None),
                name="candidate_is_group_or_person",
            ),
        ]
        indexes = [
            models.Index(fields=["group", "due", "task"], name="candidate_of_group"),
            models.Index(fields=["group", "due", "task"], condition=Q(assigned=False), name="candidate_unassigned"),
            models.Index(fields=["user", "due", "task"], condition=~Q(user=None), name="candidate_of_person"),
        ]

    def __str__(self) -> str:
        """The name of the group or person."""
        return str(self.group or (self.user and self.user.get_full_name()) or self.user)


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


class Timer(models.Model):
    """A moment that a case waits for; gone once it fired or is no longer wanted."""

    instance = models.ForeignKey(Instance, models.CASCADE, related_name="timers")
    timer = models.IntegerField()
    node = models.CharField(max_length=200, blank=True)
    due = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["instance", "timer"], name="timer_once")]

    def __str__(self) -> str:
        return f"timer {self.timer} of {self.instance_id}"


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
    run_at = models.DateTimeField(null=True, blank=True, db_index=True)

    def __str__(self) -> str:
        return f"{self.node} of {self.definition}"


class Subscription(models.Model):
    """A message or signal that a case waits for."""

    instance = models.ForeignKey(Instance, models.CASCADE, related_name="subscriptions")
    subscription = models.IntegerField()
    item = models.IntegerField(null=True, blank=True)
    node = models.CharField(max_length=200)
    kind = models.CharField(max_length=12)
    name = models.CharField(max_length=200)
    correlation = models.CharField(max_length=200, null=True, blank=True)  # noqa: DJ001 - no key is not an empty key

    class Meta:
        constraints = [models.UniqueConstraint(fields=["instance", "subscription"], name="subscription_once")]
        indexes = [models.Index(fields=["kind", "name", "correlation"], name="subscription_lookup")]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class Outbox(models.Model):
    """A message or signal that leaves its case: written with the step that threw it, delivered to others afterwards.

    `run_at`: not to be tried before; empty: at once. `held_by`: the case that waits for it and stands still.
    `incident`: that it could not be delivered for long. `delivered`: when it was, or when a person gave it up.
    """

    sender = models.ForeignKey(Instance, models.CASCADE, related_name="outbox")
    kind = models.CharField(max_length=10)
    name = models.CharField(max_length=200)
    correlation = models.CharField(max_length=200, null=True, blank=True)  # noqa: DJ001 - no key is not an empty key
    variables = models.BinaryField()
    created = models.DateTimeField()
    delivered = models.DateTimeField(null=True, blank=True)
    attempts = models.IntegerField(db_default=0)
    run_at = models.DateTimeField(null=True, blank=True)
    held_by = models.ForeignKey(Instance, models.SET_NULL, related_name="+", null=True, blank=True, db_index=False)
    incident = models.ForeignKey("Incident", models.SET_NULL, related_name="+", null=True, blank=True, db_index=False)

    class Meta:
        indexes = [models.Index(fields=["run_at", "id"], condition=Q(delivered=None), name="outbox_waiting")]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


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


class Actor(models.Model):
    """Whoever or whatever performs machine work: what it can do, who answers for it, whether it may be used."""

    key = models.SlugField(unique=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=40, help_text="the module of orchestration.actors that runs it")
    capability = models.CharField(max_length=200, db_index=True)
    origin = models.CharField(max_length=200, blank=True)
    owner = models.CharField(max_length=200, blank=True)
    enabled = models.BooleanField(default=True)
    rank = models.SmallIntegerField(
        default=0, help_text="of several actors with a capability, the lowest is asked first"
    )

    class Meta:
        ordering = ["capability", "rank", "key"]

    def __str__(self) -> str:
        return self.name


class ModelVersion(models.Model):
    """One version of an actor's model: its weights as plain data and how good it was when it was trained."""

    actor = models.ForeignKey(Actor, models.CASCADE, related_name="versions")
    version = models.CharField(max_length=100)
    artefact = models.BinaryField()
    metrics = models.JSONField(default=dict)
    note = models.CharField(max_length=500, blank=True)
    created = models.DateTimeField()
    active = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["actor", "version"], name="model_version_once"),
            models.UniqueConstraint(fields=["actor"], condition=Q(active=True), name="one_active_version"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_id} {self.version}"


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
    outcome = models.CharField(max_length=20)
    error = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["actor", "version", "started"], name="call_by_actor")]

    def __str__(self) -> str:
        return f"{self.actor} {self.version}: {self.outcome}"
