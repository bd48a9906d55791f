"""Which machine actors are registered, in which versions, how much of them is used, and what may they call?"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from audit.db.sealed_fields import SealedJSON


class Actor(models.Model):
    """Whoever or whatever performs machine work: what it can do, who answers for it, whether it may be used.

    `card` holds all else that is declared of it (`orchestration.actors.card.Card`).
    """

    key = models.SlugField(unique=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=40, help_text="the kind of `orchestration.actors.kinds` that runs it")
    capability = models.CharField(max_length=200, db_index=True)
    origin = models.CharField(max_length=200, blank=True)
    owner = models.CharField(max_length=200, blank=True)
    enabled = models.BooleanField(default=True)
    rank = models.SmallIntegerField(
        default=0, help_text="of several actors with a capability, the lowest is asked first"
    )
    card = models.JSONField(default=dict, db_default={}, blank=True)

    class Meta:
        ordering = ["capability", "rank", "key"]

    def __str__(self) -> str:
        return self.name


class ActorVersion(models.Model):
    """One version of what an actor is made of (weights, connector file, prompt) and how good it was found to be.

    `share`: of a hundred jobs, how many it gets while its state is *share*.
    """

    class State(models.TextChoices):
        REGISTERED = "registered"
        QUARANTINED = "quarantined"
        SHADOW = "shadow"
        SHARE = "share", "a share of cases"
        IN_USE = "in-use", "in use"
        RETIRED = "retired"

    actor = models.ForeignKey(Actor, models.CASCADE, related_name="versions")
    version = models.CharField(max_length=100)
    artefact = models.BinaryField()
    metrics = models.JSONField(default=dict)
    note = models.CharField(max_length=500, blank=True)
    created = models.DateTimeField()
    state = models.CharField(max_length=12, choices=State, default=State.REGISTERED)
    share = models.SmallIntegerField(default=0)
    registered_by = models.CharField(max_length=200, blank=True, help_text="as the history names them: person:ada")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["actor", "version"], name="model_version_once"),
            models.UniqueConstraint(fields=["actor"], condition=Q(state="in-use"), name="one_version_in_use"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_id} {self.version}"

    @property
    def active(self) -> bool:
        """Whether new jobs get it."""
        return self.state == self.State.IN_USE


class Trial(models.Model):
    """What a version that is not in use gave on a job: of a recorded or a golden case, in the shadow, or as one person
    wanted to see it beside the version in use.

    Kept and compared, never taken into a case.
    """

    class Way(models.TextChoices):
        REPLAY = "replay"
        SHADOW = "shadow"
        GOLDEN = "golden"
        TRIED = "tried"

    version = models.ForeignKey(ActorVersion, models.CASCADE, related_name="trials")
    job = models.ForeignKey("orchestration.Job", models.CASCADE, related_name="trials")
    way = models.CharField(max_length=8, choices=Way)
    at = models.DateTimeField()
    latency_ms = models.FloatField()
    output = SealedJSON(null=True)
    confidence = models.FloatField(null=True)
    error = models.TextField(blank=True)
    agrees = models.BooleanField(null=True, help_text="with what was used; empty where there is nothing to compare")
    cost = models.DecimalField(max_digits=16, decimal_places=6, null=True, help_text="empty: unknown")
    currency = models.CharField(max_length=3, db_default="", blank=True)
    verdicts = models.JSONField(null=True, help_text="of each guardrail: name, stage, outcome, sentence")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "job", "way"], name="trial_once")]

    def __str__(self) -> str:
        return f"{self.way} of {self.version_id} on job {self.job_id}"


class Gauge(models.Model):
    """How much of an actor is in use now: one row an actor, changed by conditional updates from any worker.

    `minute` and `minute_calls`: the minute that is counted, and calls in it. `failures`: in a row; `open_until`: the
    circuit is open; `probe_until`: one call is trying whether it may be closed. Money of `month` (its first day), in
    the currency of the actor's price.
    """

    actor = models.OneToOneField(Actor, models.CASCADE, primary_key=True, related_name="gauge")
    running = models.IntegerField(default=0, db_default=0)
    minute = models.DateTimeField(null=True)
    minute_calls = models.IntegerField(default=0, db_default=0)
    failures = models.IntegerField(default=0, db_default=0)
    open_until = models.DateTimeField(null=True)
    probe_until = models.DateTimeField(null=True)
    month = models.DateField(null=True)
    spent = models.DecimalField(max_digits=16, decimal_places=6, default=0, db_default=0)
    reserved = models.DecimalField(max_digits=16, decimal_places=6, default=0, db_default=0)

    def __str__(self) -> str:
        return f"{self.running} running of {self.actor_id}"


class Budget(models.Model):
    """How much the work of one actor, or for the cases of one type, may cost in a month, and what holds beyond that."""

    class Beyond(models.TextChoices):
        CHEAPER = "cheaper", "a cheaper actor, else a person"
        PERSON = "person", "a person"

    scope = models.CharField(max_length=120, unique=True, help_text="actor:KEY or case-type:KEY")
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    currency = models.CharField(max_length=3, default="EUR")
    warn_at = models.SmallIntegerField(default=80, help_text="per cent of the amount")
    beyond = models.CharField(max_length=8, choices=Beyond, default=Beyond.PERSON)

    def __str__(self) -> str:
        return f"{self.scope}: {self.amount} {self.currency} a month"


class Spending(models.Model):
    """What the work for the cases of one type has cost in a month: `reserved` for calls that are under way."""

    scope = models.CharField(max_length=120)
    month = models.DateField()
    currency = models.CharField(max_length=3)
    spent = models.DecimalField(max_digits=16, decimal_places=6, default=0, db_default=0)
    reserved = models.DecimalField(max_digits=16, decimal_places=6, default=0, db_default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "month", "currency"], name="spending_once")]

    def __str__(self) -> str:
        return f"{self.scope} {self.month:%Y-%m}: {self.spent} {self.currency}"


class AllowedHost(models.Model):
    """A host that connectors may call. `private`: also where its address is one of a private network."""

    host = models.CharField(max_length=255, help_text="a name or an address, as it stands in a URL")
    port = models.IntegerField(null=True, blank=True, help_text="empty: any")
    private = models.BooleanField(default=False)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["host", "port"], name="allowed_host_once", nulls_distinct=False)]

    def __str__(self) -> str:
        return self.host if self.port is None else f"{self.host}:{self.port}"


class WorkerToken(models.Model):
    """Lets an outside worker fetch and finish the jobs of one actor. Only a digest of the token is kept."""

    actor = models.ForeignKey(Actor, models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, unique=True)
    created = models.DateTimeField()
    expires = models.DateTimeField(null=True, blank=True)
    revoked = models.DateTimeField(null=True, blank=True)
    last_used = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.name} of {self.actor_id}"
