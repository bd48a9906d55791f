"""Which worker outside has which job, until when, and what was it answered?"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from orchestration.models.actors import WorkerToken
from orchestration.models.jobs import Job


class Lease(models.Model):
    """One fetch of one job by an outside worker.

    `request`, `extension`: the worker's own names of its requests, so that one that comes twice is answered alike.
    `asked`: digest of the result that was brought; `answer`: what the worker was told of it.
    """

    token = models.ForeignKey(WorkerToken, models.CASCADE, related_name="leases")
    job = models.ForeignKey(Job, models.CASCADE, related_name="leases")
    key = models.CharField(max_length=43, unique=True, help_text="by which the worker names it")
    worker = models.CharField(max_length=100, blank=True, help_text="as it calls itself")
    version = models.CharField(max_length=100, blank=True)
    version_id = models.BigIntegerField(default=0)
    attempt = models.SmallIntegerField()
    request = models.CharField(max_length=100, blank=True)
    extension = models.CharField(max_length=100, blank=True)
    began = models.DateTimeField()
    until = models.DateTimeField()
    given = models.CharField(max_length=32, blank=True, help_text="keyed digest of what was handed out")
    verdicts = models.JSONField(default=list)
    objection = models.TextField(blank=True, help_text="what a guardrail had against the first answer")
    asked = models.CharField(max_length=64, blank=True)
    answer = models.JSONField(null=True)
    ended = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["until"], condition=Q(ended=None), name="lease_open"),
            models.Index(fields=["token", "request"], condition=~Q(request=""), name="lease_of_request"),
        ]

    def __str__(self) -> str:
        return f"lease {self.pk} of job {self.job_id}"

    @property
    def holder(self) -> str:
        """As the job's row names who has it."""
        return HOLDER + self.key


HOLDER = "lease:"
"""Before the key of a lease, in a job's row: who has it is outside, and is known to be there by its lease alone."""
