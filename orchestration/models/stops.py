"""Which machines were taken out of work together, by one act, and which versions are being tried on recorded jobs?"""

from __future__ import annotations

from django.db import models

from orchestration.models.actors import ActorVersion


class Stop(models.Model):
    """All actors of a kind, or all there are, taken out of work until somebody lets them loose again.

    `actors`: the keys of those that it switched off; what had been off before stays off when it is over.
    """

    scope = models.CharField(max_length=60, unique=True, help_text="kind:KIND or all")
    reason = models.CharField(max_length=500)
    by = models.CharField(max_length=200, help_text="as the history names them: person:ada")
    at = models.DateTimeField()
    actors = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"stop of {self.scope}"


class Replay(models.Model):
    """How far a version has come on recorded jobs; its answers are `Trial` rows.

    `jobs`: how many are tried; `done`: how many were. `failed`: why it was given up.
    """

    version = models.OneToOneField(ActorVersion, models.CASCADE, primary_key=True, related_name="replay")
    jobs = models.IntegerField()
    done = models.IntegerField(default=0)
    by = models.CharField(max_length=200)
    began = models.DateTimeField()
    ended = models.DateTimeField(null=True)
    failed = models.CharField(max_length=500, blank=True)

    def __str__(self) -> str:
        return f"{self.done} of {self.jobs} by {self.version_id}"
