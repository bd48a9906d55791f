"""Which rows say where somebody is signed in, and with which tokens programs come in as them?"""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models


class SignedIn(models.Model):
    """A session of a person, from where and with what; one whose session has ended says nothing any more."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="signed_in")
    session = models.CharField(max_length=40, unique=True, help_text="the key of Django's session")
    began = models.DateTimeField()
    seen = models.DateTimeField(help_text="when they last did something, to some minutes")
    address = models.CharField(max_length=64, blank=True)
    device = models.CharField(max_length=100, blank=True, help_text="what the browser says of itself, cut")
    issuer = models.CharField(max_length=255, blank=True, db_default="", help_text="the provider that let them in")
    named = models.CharField(
        max_length=255, blank=True, db_default="", db_index=True, help_text="as the provider names its session"
    )

    def __str__(self) -> str:
        return f"{self.person_id} since {self.began:%Y-%m-%d %H:%M}"


class GroupPurpose(models.Model):
    """What the people of a group look for, so that they read what may be read for that alone (`x-purposes`).

    The row stays where it was taken (`held`): deploying a case type gives a purpose to nobody who had it once.
    """

    group = models.ForeignKey("auth.Group", models.CASCADE, related_name="purposes")
    purpose = models.CharField(max_length=100)
    held = models.BooleanField(default=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("group", "purpose"), name="group_purpose"),)

    def __str__(self) -> str:
        return f"{self.group_id}: {self.purpose}"


class ApiToken(models.Model):
    """A program's way in as a person: what it may do as them, and until when. The token itself is kept nowhere.

    `second`: whoever made it had shown more than a password, so it goes on where that is demanded. `client`: of a
    program that is nobody's (`client_models`), for some minutes. `from_before`: of the time when tokens stood in the
    database as they are; it has no end and no name of its own.
    """

    class Scope(models.TextChoices):
        READ = "read", "read only"
        WORK = "work", "read and work"
        ADMINISTER = "administer", "whatever they may themselves"

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=100, help_text="where it is used")
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the token")
    scope = models.CharField(max_length=10, choices=Scope.choices)
    created = models.DateTimeField()
    expires = models.DateTimeField(null=True, help_text="null: of before")
    revoked = models.DateTimeField(null=True)
    last_used = models.DateTimeField(null=True, help_text="to a minute")
    from_before = models.BooleanField(default=False)
    days = models.PositiveSmallIntegerField(null=True, help_text="for how long it was made, also after it was replaced")
    case_types = ArrayField(
        models.CharField(max_length=64), default=list, db_default=[], help_text="none: of all types"
    )
    purposes = ArrayField(
        models.CharField(max_length=100), default=list, db_default=[], help_text="none: for all of the person's"
    )
    second = models.BooleanField(default=False, db_default=False)
    client = models.BooleanField(default=False, db_default=False)

    def __str__(self) -> str:
        return f"{self.name} of {self.person_id}"
