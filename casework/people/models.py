"""Which rows hold what an administrator wants to change of rights, until a second one has said yes?"""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models


class RightsProposal(models.Model):
    """A change that gives rights, to a person or to a group, and waits for somebody else than who asked for it.

    `change`: for a person `{"join": [groups], "on": true}`, `{"home": unit}` or `{"role": group, "units": [units]}`,
    for a group `{"clearance": level, "give": [rights], "map": [values of the identity provider]}` or `{"unit": unit}`.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+")
    group = models.ForeignKey(Group, models.CASCADE, null=True, blank=True, related_name="+")
    change = models.JSONField()
    reason = models.CharField(max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    created = models.DateTimeField()

    def __str__(self) -> str:
        return f"for {self.person_id or self.group_id} by {self.by_id}"
