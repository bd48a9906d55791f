"""Which rows hold what an administrator wants to change of rights or settings, until a second one has said yes?"""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models


class RightsProposal(models.Model):
    """A change that gives rights, to a person or group, or of a setting, and waits for somebody else than who asked.

    `change`: for a person `{"join": [groups], "on": true}`, `{"home": unit}` or `{"role": group, "units": [units]}`,
    for a group `{"clearance": level, "give": [rights], "map": [values of the identity provider]}` or `{"unit": unit}`.
    For a setting, by its kind and name (`people.settled`), its arguments; `stood`: what stood when it was asked for.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+")
    group = models.ForeignKey(Group, models.CASCADE, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=20, blank=True, default="", help_text="of a setting")
    name = models.CharField(max_length=300, blank=True, default="", help_text="whose setting it is")
    change = models.JSONField()
    stood = models.JSONField(null=True, blank=True)
    reason = models.CharField(max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    created = models.DateTimeField()

    def __str__(self) -> str:
        return f"for {self.person_id or self.group_id or self.name} by {self.by_id}"
