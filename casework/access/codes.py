"""Are these the digits that somebody's app shows now, or one of their recovery codes?

TOTP (RFC 6238) by pyotp: six digits, half a minute, one step of a clock that is wrong to either side. No code works
twice, also not of two requests at one moment. Recovery codes are ten, each for once.
"""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64encode
from typing import Final

import pyotp
from cryptography.fernet import Fernet, InvalidToken
from django.contrib.auth.models import User
from django.db import transaction
from django.utils.crypto import salted_hmac

from audit.services import Origin
from casework.access.factor_models import CodeApp, RecoveryCode
from casework.access.factors import app_digest, has_second, keep
from orchestration.actors.tokens import digest_of
from orchestration.ground.clock import utc_now

STEP: Final = 30
"""Seconds."""
ISSUER: Final = "Casewright"
RECOVERY: Final = 10
LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""None that are mistaken for each other."""


def secret_new() -> str:
    return pyotp.random_base32()


def address_of(secret: str, person: User) -> str:
    """What the picture says to the app (otpauth)."""
    return pyotp.TOTP(secret).provisioning_uri(name=person.get_username(), issuer_name=ISSUER)


def step_of(secret: str, code: str) -> int | None:
    """The half minute whose code this is, now or one to either side; None where it is none."""
    now = int(utc_now().timestamp()) // STEP
    app = pyotp.TOTP(secret)
    shown = "".join(code.split())
    steps = (step for step in (now, now - 1, now + 1) if pyotp.utils.strings_equal(app.generate_otp(step), shown))
    return next(steps, None)


@transaction.atomic
def app_keep(*, person: User, secret: str, code: str, origin: Origin) -> list[str] | None:
    """Somebody has set up an app and shows its code: recovery codes, told this once; None where the code is wrong."""
    step = step_of(secret, code)
    if step is None:
        return None
    CodeApp.objects.filter(person=person).delete()
    row = CodeApp.objects.create(person=person, secret=_encrypted(secret), made=utc_now(), last_step=step)
    keep(person, {"made": app_digest(row), "what": "an app for codes"}, origin)
    return recovery_make(person=person, origin=origin)


@transaction.atomic
def app_remove(*, person: User, origin: Origin) -> bool:
    """They sign in without the app; whether there was one."""
    row = CodeApp.objects.filter(person=person).first()
    if row is None:
        return False
    keep(person, {"removed": app_digest(row), "what": "their app for codes"}, origin)
    row.delete()
    if not has_second(person):
        RecoveryCode.objects.filter(person=person).delete()
    return True


@transaction.atomic
def recovery_make(*, person: User, origin: Origin) -> list[str]:
    """New recovery codes in place of those before."""
    codes = ["-".join("".join(secrets.choice(LETTERS) for _ in range(5)) for _ in range(2)) for _ in range(RECOVERY)]
    RecoveryCode.objects.filter(person=person).delete()
    RecoveryCode.objects.bulk_create(RecoveryCode(person=person, digest=_digest(person, code)) for code in codes)
    keep(person, {"recovery": len(codes)}, origin)
    return codes


def code_fits(person: User, code: str) -> bool:
    """Whether this is a code of theirs, of the app or from paper; it is used up with that."""
    return _fits_app(person, code) or _fits_paper(person, code)


def _fits_app(person: User, code: str) -> bool:
    row = CodeApp.objects.filter(person=person).first()
    secret = None if row is None else _decrypted(row.secret)
    step = None if secret is None else step_of(secret, code)
    if step is None:
        return False
    return bool(CodeApp.objects.filter(person=person, last_step__lt=step).update(last_step=step))


def _fits_paper(person: User, code: str) -> bool:
    letters = "".join(code.split()).lower().replace("-", "")
    written = f"{letters[:5]}-{letters[5:]}"
    return bool(RecoveryCode.objects.filter(person=person, digest=_digest(person, written)).delete()[0])


def _digest(person: User, code: str) -> str:
    return digest_of(f"recovery {person.pk} {code}")


def _cipher() -> Fernet:
    key = salted_hmac("casework.access.codes", "the secrets of code apps", algorithm="sha256").digest()
    return Fernet(urlsafe_b64encode(key))


def _encrypted(secret: str) -> str:
    return _cipher().encrypt(secret.encode()).decode()


def _decrypted(kept: str) -> str | None:
    """None after the product's secret key was changed: then no code fits, and an administrator takes the app away."""
    try:
        return _cipher().decrypt(kept.encode()).decode()
    except InvalidToken:
        return None
