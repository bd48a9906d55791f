"""What does a case wait for, and what has it to say to others?"""

from __future__ import annotations

from typing import Final

from django.db import models
from django.db.models import Q

from audit.db.sealed_fields import MatchedText, SealedBytes, SealedText
from orchestration.models.instances import Instance

LETTERS: Final = "letters"
"""Whose key seals what belongs to no case, and by what letters of all cases find who waits for them."""


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


class Subscription(models.Model):
    """A message or signal that a case waits for."""

    instance = models.ForeignKey(Instance, models.CASCADE, related_name="subscriptions")
    subscription = models.IntegerField()
    item = models.IntegerField(null=True, blank=True)
    node = models.CharField(max_length=200)
    kind = models.CharField(max_length=12)
    name = models.CharField(max_length=200)
    correlation = MatchedText(null=True, blank=True, of="instance_id", shared=LETTERS)  # no key is not an empty key

    class Meta:
        constraints = [models.UniqueConstraint(fields=["instance", "subscription"], name="subscription_once")]
        indexes = [models.Index(fields=["kind", "name", "correlation"], name="subscription_lookup")]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class Outbox(models.Model):
    """A message or signal that leaves its case: written with the step that threw it, delivered to others afterwards.

    What another system sends (`source`) goes the same way. `run_at`: not to be tried before; empty: at once.
    `held_by`: the case that waits for it and stands still.
    `incident`: that it could not be delivered for long. `delivered`: when it was, or when a person gave it up.
    """

    sender = models.ForeignKey(Instance, models.CASCADE, related_name="outbox", null=True, blank=True)
    source = models.CharField(max_length=200, db_default="", blank=True, help_text="who sent it, where no case did")
    kind = models.CharField(max_length=10)
    name = models.CharField(max_length=200)
    correlation = SealedText(null=True, blank=True, of="sender_id", shared=LETTERS)
    variables = SealedBytes(of="sender_id", shared=LETTERS)
    thread = models.BigIntegerField(null=True, blank=True, help_text="the letter with which its chain began; empty: it")
    hops = models.IntegerField(db_default=0, help_text="how many letters, one after another, led to it")
    created = models.DateTimeField()
    delivered = models.DateTimeField(null=True, blank=True)
    attempts = models.IntegerField(db_default=0)
    run_at = models.DateTimeField(null=True, blank=True)
    held_by = models.ForeignKey(Instance, models.SET_NULL, related_name="+", null=True, blank=True, db_index=False)
    incident = models.ForeignKey("Incident", models.SET_NULL, related_name="+", null=True, blank=True, db_index=False)

    class Meta:
        indexes = [
            models.Index(fields=["run_at", "id"], condition=Q(delivered=None), name="outbox_waiting"),
            models.Index(fields=["thread", "delivered"], condition=Q(hops__gt=1), name="outbox_thread"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"
