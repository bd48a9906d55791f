"""Which documents does the knowledge base hold, in which pieces, and which answers were made from them?"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class KnowledgeDocument(models.Model):
    """A document that answers may be made from. Its content stands in the store under its digest."""

    class State(models.TextChoices):
        WAITING = "waiting", "is being read"
        READY = "ready", "can be found"
        FAILED = "failed", "could not be read"

    name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the content")
    size = models.IntegerField(help_text="bytes")
    kind = models.CharField(max_length=12, help_text="one of orchestration.documents.kinds.KINDS")
    level = models.CharField(max_length=12, help_text="who may read it: whose clearance is at least this")
    groups = models.JSONField(default=list, help_text="names of the groups that may read it; none: all groups")
    unit = models.CharField(
        max_length=40,
        blank=True,
        default="",
        db_default="",
        help_text="the part of the organisation that has it, by key",
    )
    base = models.CharField(
        max_length=40,
        blank=True,
        default="",
        db_default="",
        help_text="the knowledge base that it belongs to; none: found in each of them",
    )
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    since = models.DateTimeField(help_text="of this state, or of the last look at it")
    said = models.CharField(max_length=300, blank=True, help_text="why it could not be read")
    pieces = models.IntegerField(default=0)
    embedded = models.JSONField(
        default=dict, help_text="by which embeddings its pieces were embedded, as they are named"
    )
    reading = models.CharField(
        max_length=300, blank=True, default="", db_default="", help_text="the embeddings that read it now"
    )
    read_to = models.IntegerField(default=0, db_default=0, help_text="up to which piece they have read it")
    pages = models.IntegerField(
        default=0, db_default=0, help_text="how many it has; 0: it has none, or it is not opened"
    )
    at_page = models.IntegerField(default=0, db_default=0, help_text="the page that is to be read next; 0: none")
    begun = models.SmallIntegerField(
        default=0, db_default=0, help_text="how often it was begun since a piece was kept last"
    )
    added = models.DateTimeField()
    by = models.CharField(max_length=200, help_text="as the history names who added it")
    withdrawn = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["state", "withdrawn"], name="knowledge_found")]

    def __str__(self) -> str:
        return f"{self.name} (knowledge {self.pk})"


class KnowledgePiece(models.Model):
    """Some paragraphs of a document under their heading (a chunk), and what they mean as numbers.

    The database keeps its `words` beside it (a generated column of the migration), which only searches read; and its
    numbers as a type that it can compare, where it has one (`orchestration.knowledge.vectors`): they are written here,
    and only searches read them.
    """

    document = models.ForeignKey(KnowledgeDocument, models.CASCADE, related_name="chunks")
    number = models.IntegerField()
    heading = models.CharField(max_length=300)
    text = models.TextField()
    page = models.IntegerField(default=0, db_default=0, help_text="on which it begins; 0: its document has no pages")
    vector = ArrayField(models.FloatField(), help_text="384 numbers of length one, as the English embedding gives them")
    wide = ArrayField(
        models.FloatField(), null=True, help_text="as that of many languages gives them, where it is installed"
    )
    language = models.CharField(max_length=2, blank=True, help_text="as that of many languages hears it")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="knowledge_piece_once")]

    def __str__(self) -> str:
        return f"piece {self.number} of {self.document_id}"


class KnowledgeUse(models.Model):
    """An answer was made from this piece: which job of which case it was given to, and at which attempt."""

    piece = models.ForeignKey(KnowledgePiece, models.CASCADE, related_name="uses")
    job = models.ForeignKey("orchestration.Job", models.CASCADE, related_name="+")
    attempt = models.IntegerField()
    cited = models.BooleanField(help_text="whether the answer names it as its source")
    told = models.DateTimeField(null=True, help_text="when its case was told that the document was withdrawn")
    review = models.BigIntegerField(
        default=0, db_default=0, help_text="the root case in which a person looks at the answer again then; 0: none"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["piece", "job", "attempt"], name="knowledge_use_once")]

    def __str__(self) -> str:
        return f"piece {self.piece_id} in job {self.job_id}"
