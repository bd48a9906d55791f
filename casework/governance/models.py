"""Which rows say who answers for the rules and models of a case type, and by when they are looked at again?"""

from __future__ import annotations

from django.db import models


class RulesOwner(models.Model):
    """Of all versions of a case type. Changes stand on the control chain; actors have theirs on their cards."""

    case_type = models.CharField(max_length=64, primary_key=True)
    owner = models.CharField(max_length=200)
    review_by = models.DateField()

    def __str__(self) -> str:
        return f"{self.case_type}: {self.owner} until {self.review_by}"
