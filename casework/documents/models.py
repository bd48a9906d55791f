"""Which documents stand in a case?"""

from __future__ import annotations

import orjson
from django.db import models

from audit.db.sealed_fields import SealedBytes, SealedJSON, SealedText
from orchestration.documents.words import Page, unpacked


class Document(models.Model):
    """A file in a case. Its content stands in the store under its digest; the history of the case has both."""

    case = models.ForeignKey("casework.Case", models.CASCADE, related_name="documents")
    name = SealedText(max_length=200, of="case.instance_id")
    digest = models.CharField(max_length=64, db_index=True, help_text="SHA-256 of the content")
    size = models.IntegerField(help_text="bytes")
    kind = models.CharField(max_length=12, help_text="one of orchestration.documents.kinds.KINDS")
    pages = models.IntegerField()
    level = models.CharField(max_length=12, help_text="who sees it: whose clearance is at least this")
    added = models.DateTimeField()
    by = models.CharField(max_length=200, help_text="as the history names who added it")

    def __str__(self) -> str:
        return f"document {self.pk} of case {self.case_id}"


class Reading(models.Model):
    """How far a document has been read by a machine. The row says what there is to do; messages only say "look"."""

    class State(models.TextChoices):
        WAITING = "waiting"
        READING = "reading"
        READ = "read"
        FAILED = "failed"

    document = models.OneToOneField(Document, models.CASCADE, primary_key=True, related_name="reading")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    tries = models.IntegerField(default=0, help_text="how often a reader began and did not come to its end")
    since = models.DateTimeField(db_index=True, help_text="of this state, or of the last page that was read")
    pictures = models.JSONField(null=True, help_text="pages still to be read as pictures; null: not yet known")
    reader = models.CharField(max_length=60, blank=True, help_text="what read it, and in which version")
    seconds = models.FloatField(default=0)
    words = models.IntegerField(default=0)
    said = SealedText(max_length=300, blank=True, help_text="why it could not be read", of="document.case.instance_id")
    asked = models.BooleanField(
        default=False, db_default=False, help_text="whether its case has it read, by a task of its model"
    )
    facts = SealedJSON(
        blank=True,
        db_default=[],
        default=list,
        help_text="what each page of a long one says (facts)",
        of="document.case.instance_id",
    )

    def __str__(self) -> str:
        return f"reading of {self.document_id}: {self.state}"


class ReadPage(models.Model):
    """What a page of a document says, and where each word stands on it (orchestration.documents.words)."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="read_pages")
    number = models.IntegerField()
    words = SealedBytes(of="document.case.instance_id")
    text = SealedText(of="document.case.instance_id")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="read_page_once")]

    def __str__(self) -> str:
        return f"page {self.number} of {self.document_id}"

    @property
    def page(self) -> Page:
        return unpacked(orjson.loads(bytes(self.words)))


class ReadField(models.Model):
    """A value that was found in a document, where it stands, and what a person made of it: labelled data for the next
    version of what finds it."""

    class State(models.TextChoices):
        FOUND = "found"
        ACCEPTED = "accepted"
        CORRECTED = "corrected"

    document = models.ForeignKey(Document, models.CASCADE, related_name="read_fields")
    name = models.CharField(max_length=40)
    value = SealedText(max_length=300, of="document.case.instance_id")
    sure = models.FloatField()
    page = models.IntegerField()
    box = models.JSONField(help_text="left, upper, right, lower edge as fractions of the page")
    finder = models.CharField(max_length=60, help_text="what found it, and in which version")
    state = models.CharField(max_length=10, choices=State, default=State.FOUND)
    right = SealedText(
        max_length=300, blank=True, help_text="what a person says that it is", of="document.case.instance_id"
    )
    by = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "name"], name="read_field_once")]

    def __str__(self) -> str:
        return f"{self.name} of {self.document_id}"
