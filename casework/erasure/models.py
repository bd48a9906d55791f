"""Which rows say how long cases are kept, what holds them, and what is to be erased by whose order?"""

from __future__ import annotations

from django.db import models

from audit.db.sealed_fields import SealedText
from orchestration.ground.counts import counted


class RetentionRule(models.Model):
    """How long cases of a type are kept after their end. `floor_days`: nothing erases one before; `keep_days`: then it
    has to go. `law`: by which both are so."""

    case_type = models.CharField(max_length=64, primary_key=True)
    floor_days = models.IntegerField()
    keep_days = models.IntegerField()
    law = models.CharField(max_length=200)

    def __str__(self) -> str:
        return f"{self.case_type}: {self.floor_days} to {counted(self.keep_days, 'day')}"


class LegalHold(models.Model):
    """A case that must not be erased, whatever else says so, until the hold is lifted. `by`: as histories name them."""

    case = models.ForeignKey("casework.Case", models.PROTECT, related_name="holds")
    reason = SealedText(max_length=500, of="case.instance_id")
    by = models.CharField(max_length=200)
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case"], name="held_once")]

    def __str__(self) -> str:
        return f"hold on case {self.case_id}"


class ErasureOrder(models.Model):
    """Cases that one person wants erased; another has to agree. `marks`: keyed digests of what the person was known by,
    never the words. `forms`, `letters`: what was typed or sent in from outside and belongs to no case.

    `mentions`: cases of somebody else's out of which it takes the person, and `words` by which, only until that is done
    or refused, sealed where the product seals. `taken`: what went, by the case's number. `left`: why a case was not
    erased, or why something of the person stays in it.
    """

    class State(models.TextChoices):
        ASKED = "asked", "waits for a second person"
        AGREED = "agreed", "is being carried out"
        REFUSED = "refused", "was refused"
        DONE = "done", "was carried out"

    state = models.CharField(max_length=8, choices=State, default=State.ASKED)
    reason = models.CharField(max_length=500)
    marks = models.JSONField(default=list)
    cases = models.JSONField(help_text="numbers of their chains")
    mentions = models.JSONField(default=list, db_default=[], help_text="numbers of chains")
    words = models.TextField(blank=True, default="", db_default="")
    taken = models.JSONField(default=dict, db_default={})
    forms = models.JSONField(default=list)
    letters = models.JSONField(default=list)
    by = models.CharField(max_length=200)
    asked = models.DateTimeField()
    decided_by = models.CharField(max_length=200, blank=True)
    decided = models.DateTimeField(null=True)
    done = models.DateTimeField(null=True)
    left = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["state"], name="erasure_by_state")]

    def __str__(self) -> str:
        return f"order {self.pk}: {counted(len(self.cases), 'case')}, {self.state}"
