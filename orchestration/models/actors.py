"""Which machine actors are registered, in which versions?"""

from __future__ import annotations

from django.db import models
from django.db.models import Q


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
