"""What is kept of everything that happened?

Two tables: links that are never updated or deleted (a database trigger sees to it), and their payloads apart, so that
an erasure order can later take personal data away while the chain still verifies.
"""

from __future__ import annotations

from typing import Final

from django.db import models
from django.db.models.functions import Left

from audit.chain import COMMITMENT_BYTES, GENESIS, Link, Payload

CAUSE_MOST: Final = 200
"""Characters of a cause that a link keeps."""


class AuditEvent(models.Model):
    """One link of a chain. `chain` is the root instance's id; 0 is the chain of rules, roles and actors."""

    pk = models.CompositePrimaryKey("chain", "sequence")
    chain = models.BigIntegerField()
    sequence = models.IntegerField()
    action = models.CharField(max_length=64)
    actor = models.CharField(max_length=200)
    on_behalf_of = models.CharField(max_length=200, blank=True)
    cause = models.CharField(max_length=CAUSE_MOST, blank=True)
    at = models.DateTimeField()
    definition = models.CharField(max_length=100, blank=True)
    rule_hits = models.TextField(blank=True)
    payload_digest = models.BinaryField(max_length=32)
    previous = models.BinaryField(max_length=32)
    digest = models.BinaryField(max_length=32)

    class Meta:
        indexes = [
            models.Index(fields=["actor", "action", "at"], name="audit_by_actor"),
            models.Index(fields=["action", "at"], name="audit_by_action"),
            models.Index(
                fields=["definition", "action", "at"], condition=~models.Q(definition=""), name="audit_by_version"
            ),
            models.Index(
                "action", Left("rule_hits", 300), "at", condition=~models.Q(rule_hits=""), name="audit_by_rule"
            ),
        ]
        permissions = [("verify_auditevent", "May verify the history of any case")]

    def __str__(self) -> str:
        return f"{self.chain}/{self.sequence} {self.action} by {self.actor}"

    def link(self) -> Link:
        return Link(
            self.chain, self.sequence, self.action, self.actor, self.on_behalf_of, self.cause, self.at, self.definition,
            self.rule_hits, bytes(self.payload_digest), bytes(self.previous), bytes(self.digest),
        )  # fmt: skip


class AuditPayload(models.Model):
    """What an event says: the exact bytes that were hashed, with the salt that keeps its digest from being guessed."""

    pk = models.CompositePrimaryKey("chain", "sequence")
    chain = models.BigIntegerField()
    sequence = models.IntegerField()
    salt = models.BinaryField(max_length=COMMITMENT_BYTES)
    body = models.BinaryField()

    def __str__(self) -> str:
        return f"payload of {self.chain}/{self.sequence}"

    def payload(self) -> Payload:
        return Payload(bytes(self.salt), bytes(self.body))


class StandingChain(models.Model):
    """The head of a chain that no case owns.

    `CONTROL`: changes of rules, roles and actors. `ACCESS`: who came in, and what was denied or is shown of more than
    one case; several, so that requests do not wait for each other: a writer takes one that is free.
    """

    CONTROL = 0
    ACCESS = tuple(range(-8, 0))

    id = models.SmallIntegerField(primary_key=True, default=CONTROL)
    head_sequence = models.IntegerField(default=0)
    head_digest = models.BinaryField(max_length=32, default=GENESIS)

    def __str__(self) -> str:
        return f"chain {self.id} at {self.head_sequence}"


class VerificationRun(models.Model):
    """One verification of all chains. `whole`: from the first event of each; `ended` empty: interrupted, or at work.

    `cases`, `events`: how many there were, empty where only some were asked for; `read`: events that were read in it,
    the others stood as they had been verified before; `heard`: when it last went on; `said`: what does not hold, the
    first lines of it.
    """

    whole = models.BooleanField()
    begun = models.DateTimeField()
    ended = models.DateTimeField(null=True, blank=True)
    faults = models.IntegerField(default=0)
    cases = models.BigIntegerField(null=True, blank=True)
    events = models.BigIntegerField(null=True, blank=True)
    read = models.BigIntegerField(default=0)
    heard = models.DateTimeField(null=True, blank=True)
    said = models.TextField(blank=True, default="", db_default="")

    def __str__(self) -> str:
        return f"verification of {self.begun:%Y-%m-%d %H:%M}"


class VerifiedHead(models.Model):
    """Up to where a chain was found to hold, and what it led to: a later run goes on from there.

    `state`: digest of the row that holds the chain's outcome. `told`: what has to be known to go on in the middle of a
    long open chain; empty: it is read from its beginning once it has grown. `mac`: the product's own key over all of
    it, so that who owns the database alone cannot make one.
    """

    chain = models.BigIntegerField(primary_key=True)
    sequence = models.IntegerField()
    digest = models.BinaryField(max_length=32)
    state = models.BinaryField(max_length=32)
    told = models.BinaryField(default=b"")
    mac = models.BinaryField(max_length=32)
    run = models.ForeignKey(VerificationRun, models.CASCADE, related_name="heads")

    def __str__(self) -> str:
        return f"chain {self.chain} holds up to {self.sequence}"


class CheckpointedHead(models.Model):
    """What the last signed checkpoint says of a chain, so that the next one names only what has changed since.

    It proves nothing: what is proven stands in the signed files, which leave the database.
    """

    chain = models.BigIntegerField(primary_key=True)
    sequence = models.IntegerField()
    digest = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return f"chain {self.chain} at {self.sequence}, signed"


class ReplacedContent(models.Model):
    """A content that an order has replaced by one without what a person is known by: the link and the digest of what it
    said stay; `digest` is of what stands there now, with no salt beside it. The case's history says the same."""

    pk = models.CompositePrimaryKey("chain", "sequence")
    chain = models.BigIntegerField()
    sequence = models.IntegerField()
    digest = models.BinaryField(max_length=32)
    order = models.BigIntegerField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"content of {self.chain}/{self.sequence}, replaced by order {self.order}"


class ErasedChain(models.Model):
    """A case that is gone by order: its links stay, without contents, up to the one that says so (`sequence`).

    `order`: its number; the control chain says who asked, who agreed, and under which law.
    """

    chain = models.BigIntegerField(primary_key=True)
    sequence = models.IntegerField()
    digest = models.BinaryField(max_length=32)
    order = models.BigIntegerField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"chain {self.chain}, erased by order {self.order}"
