"""Which rows say how an identity provider names somebody, and which of its groups are which here?"""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models


class ExternalIdentity(models.Model):
    """Somebody at a provider is this person here. Their name and address there may change; the subject does not."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="identities")
    issuer = models.CharField(max_length=255)
    subject = models.CharField(max_length=255)
    made = models.DateTimeField()
    last_used = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["issuer", "subject"], name="one_person_an_identity")]

    def __str__(self) -> str:
        return f"identity of {self.person_id}"


class GroupClaim(models.Model):
    """Whom the provider says to be in this group of its own is in that group here, from one sign-in to the next."""

    value = models.CharField(max_length=255, help_text="as the provider names it")
    group = models.ForeignKey(Group, models.CASCADE, related_name="claims")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["value", "group"], name="claim_gives_group_once")]

    def __str__(self) -> str:
        return f"{self.value} is {self.group_id}"
