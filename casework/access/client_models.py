"""Which rows say which programs come in by themselves, and with which secrets?"""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from casework.access.models import ApiToken


class ServicePrincipal(models.Model):
    """A program that is nobody's: a row among the people that has no password, and that somebody answers for."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="service")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", help_text="answers for it")
    scope = models.CharField(max_length=10, choices=ApiToken.Scope.choices)
    case_types = ArrayField(models.CharField(max_length=64), default=list, help_text="none: of all types")
    made = models.DateTimeField()

    def __str__(self) -> str:
        return f"service {self.person_id}"


class ClientSecret(models.Model):
    """With what a program asks for a token that lasts some minutes. The secret itself is kept nowhere."""

    principal = models.ForeignKey(ServicePrincipal, models.CASCADE, related_name="secrets")
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the secret")
    made = models.DateTimeField()
    expires = models.DateTimeField()
    revoked = models.DateTimeField(null=True)
    last_used = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"secret of {self.principal_id}"
