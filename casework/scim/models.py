"""Which rows say what a directory calls the people and groups that it keeps here?"""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models


class DirectoryRecord(models.Model):
    """A person or a group as a directory knows it. What they are here stands with them, and is verified there."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="directory")
    group = models.OneToOneField(Group, models.CASCADE, null=True, related_name="directory")
    external_id = models.CharField(max_length=255, blank=True)
    emails = models.JSONField(default=list, help_text="addresses of mail as they were sent")
    created = models.DateTimeField()
    modified = models.DateTimeField()
    removed = models.BooleanField(default=False, help_text="the directory has deleted it; here histories name it")

    def __str__(self) -> str:
        return f"directory record of {self.person_id or self.group_id}"
