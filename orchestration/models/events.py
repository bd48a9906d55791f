"""Which events come in from outside and go out, and what became of each?"""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Inlet(models.Model):
    """An address at which another system hands in events, which become messages to the cases that wait for them.

    `correlation`: a FEEL expression over the event that gives the key by which the waiting case is known; empty: the
    receiving models read it. `variables`: a FEEL expression that gives what the message carries; empty: the event's
    data. `secret`: the name of the secret with which its events are signed.
    """

    key = models.SlugField(unique=True)
    name = models.CharField(max_length=200)
    message = models.CharField(max_length=200)
    correlation = models.CharField(max_length=500, blank=True)
    variables = models.TextField(blank=True)
    secret = models.CharField(max_length=100)
    enabled = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


class Receipt(models.Model):
    """That an event was taken, so that the same is not taken again."""

    inlet = models.ForeignKey(Inlet, models.CASCADE, related_name="receipts")
    event = models.CharField(max_length=200)
    type = models.CharField(max_length=200, blank=True)
    letter = models.ForeignKey("Outbox", models.SET_NULL, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["inlet", "event"], name="receipt_once")]
        indexes = [models.Index(fields=["inlet", "-at"], name="receipt_newest")]

    def __str__(self) -> str:
        return f"{self.event} at {self.inlet_id}"


class EventSubscriber(models.Model):
    """Another system that is told what happens to cases. `types`: of events; `case_types`: keys, empty: of all."""

    key = models.SlugField(unique=True)
    name = models.CharField(max_length=200)
    url = models.CharField(max_length=1000)
    types = models.JSONField(default=list)
    case_types = models.JSONField(default=list, blank=True)
    secret = models.CharField(max_length=100)
    enabled = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


class EventDelivery(models.Model):
    """One event on its way to one subscriber: the row is the truth, a message about it is only a nudge."""

    class State(models.TextChoices):
        WAITING = "waiting"
        DELIVERED = "delivered"
        FAILED = "failed"

    subscriber = models.ForeignKey(EventSubscriber, models.CASCADE, related_name="deliveries")
    event = models.CharField(max_length=64)
    type = models.CharField(max_length=100)
    instance = models.BigIntegerField(help_text="the case that it tells of")
    body = models.BinaryField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.SmallIntegerField(default=0, db_default=0)
    run_at = models.DateTimeField()
    created = models.DateTimeField()
    ended = models.DateTimeField(null=True, blank=True)
    status = models.SmallIntegerField(null=True, blank=True, help_text="of the last answer")
    error = models.CharField(max_length=500, blank=True, db_default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subscriber", "event"], name="event_once_a_subscriber")]
        indexes = [
            models.Index(fields=["run_at"], condition=Q(state="waiting"), name="delivery_waiting"),
            models.Index(fields=["subscriber", "-id"], name="delivery_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.type} to {self.subscriber_id}"
