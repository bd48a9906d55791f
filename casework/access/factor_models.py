"""Which rows hold somebody's second factors: an app for codes, recovery codes, passkeys?"""

from __future__ import annotations

from django.conf import settings
from django.db import models


class CodeApp(models.Model):
    """An app that shows somebody another six digits every half minute (TOTP, RFC 6238)."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="code_app")
    secret = models.TextField(help_text="encrypted with the product's secret key")
    made = models.DateTimeField()
    last_step = models.BigIntegerField(default=0, help_text="the half minute whose code was used last")

    def __str__(self) -> str:
        return f"code app of {self.person_id}"


class RecoveryCode(models.Model):
    """A code on paper that lets somebody in once, without their app or key."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the code")

    def __str__(self) -> str:
        return f"recovery code of {self.person_id}"


class Passkey(models.Model):
    """A key in somebody's device (WebAuthn); here stands its public half."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="passkeys")
    name = models.CharField(max_length=60, help_text="how its owner calls the device")
    credential = models.CharField(max_length=1400, unique=True, help_text="its id, base64url")
    public_key = models.BinaryField()
    sign_count = models.BigIntegerField()
    made = models.DateTimeField()
    last_used = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.name} of {self.person_id}"
