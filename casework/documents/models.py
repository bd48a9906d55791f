"""Which documents stand in a case?"""

from __future__ import annotations

from django.db import models


class Document(models.Model):
    """A file in a case. Its content stands in the store under its digest; the history of the case has both."""

    case = models.ForeignKey("casework.Case", models.CASCADE, related_name="documents")
    name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64, db_index=True, help_text="SHA-256 of the content")
    size = models.IntegerField(help_text="bytes")
    kind = models.CharField(max_length=12, help_text="one of orchestration.documents.kinds.KINDS")
    pages = models.IntegerField()
    level = models.CharField(max_length=12, help_text="who sees it: whose clearance is at least this")
    added = models.DateTimeField()
    by = models.CharField(max_length=200, help_text="as the history names who added it")

    def __str__(self) -> str:
        return f"document {self.pk} of case {self.case_id}"
