"""Does a key in somebody's device sign what we asked it to (WebAuthn Level 3, by py_webauthn)?

What is asked stands in the session, is used up by the first answer, and holds for this host alone: a page that only
looks like ours gets a signature that is good for nothing.
"""

from __future__ import annotations

import json
from typing import Any, Final

import webauthn
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from audit.services import Origin
from casework.access.factor_models import Passkey, RecoveryCode
from casework.access.factors import has_second, keep, key_digest
from orchestration.ground.clock import utc_now
from orchestration.ground.refusals import Refused

ASKED: Final = "passkey-asked"
MOST: Final = 10
LONGEST_ANSWER: Final = 20_000
NOT_TAKEN: Final = Refused("passkey", "The device’s answer does not fit what was asked. Try again.")


def registration(request: HttpRequest, person: User) -> str:
    """What the browser is asked for to make a key (JSON of PublicKeyCredentialCreationOptions)."""
    options = webauthn.generate_registration_options(
        rp_id=_host(request), rp_name="Casewright", user_id=f"person {person.pk}".encode(),
        user_name=person.get_username(), user_display_name=person.get_full_name() or person.get_username(),
        exclude_credentials=_known(person),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.PREFERRED
        ),
    )  # fmt: skip
    return _ask(request, options)


@transaction.atomic
def passkey_keep(*, request: HttpRequest, person: User, name: str, answer: str, origin: Origin) -> Passkey | Refused:
    """Keep the key that the browser made."""
    if not 1 <= len(name.strip()) <= 60 or not name.isprintable():
        return Refused("invalid", "Give the device a name of 1 to 60 letters.")
    if Passkey.objects.filter(person=person).count() >= MOST:
        return Refused("many", f"{MOST} passkeys are the most that somebody has. Take one away first.")
    challenge = request.session.pop(ASKED, None)
    if challenge is None:
        return NOT_TAKEN
    try:
        made = webauthn.verify_registration_response(
            credential=_read(answer), expected_challenge=base64url_to_bytes(challenge), expected_rp_id=_host(request),
            expected_origin=_origin(request),
        )  # fmt: skip
    except (WebAuthnException, ValueError, KeyError, TypeError):
        return NOT_TAKEN
    credential = bytes_to_base64url(made.credential_id)
    if Passkey.objects.filter(credential=credential).exists():
        return NOT_TAKEN
    row = Passkey.objects.create(
        person=person, name=name.strip(), credential=credential, public_key=made.credential_public_key,
        sign_count=made.sign_count, made=utc_now(),
    )  # fmt: skip
    keep(person, {"made": key_digest(row), "what": f"the passkey “{row.name}”"}, origin)
    return row


@transaction.atomic
def passkey_remove(*, row: Passkey, origin: Origin) -> None:
    """This key lets nobody in any more."""
    keep(row.person, {"removed": key_digest(row), "what": f"the passkey “{row.name}”"}, origin)
    row.delete()
    if not has_second(row.person):
        RecoveryCode.objects.filter(person=row.person).delete()


def question(request: HttpRequest, person: User) -> str:
    """What the browser is asked to sign with a key of theirs (JSON); empty where they have none."""
    known = _known(person)
    if not known:
        return ""
    return _ask(request, webauthn.generate_authentication_options(rp_id=_host(request), allow_credentials=known))


def passkey_fits(request: HttpRequest, person: User, answer: str) -> bool:
    """Whether one of their keys signed what was asked last, here. Each question is answered once."""
    challenge = request.session.pop(ASKED, None)
    try:
        read = _read(answer)
        row = Passkey.objects.filter(person=person, credential=str(read.get("id", ""))).first()
        if row is None or challenge is None:
            return False
        signed = webauthn.verify_authentication_response(
            credential=read, expected_challenge=base64url_to_bytes(challenge), expected_rp_id=_host(request),
            expected_origin=_origin(request), credential_public_key=bytes(row.public_key),
            credential_current_sign_count=row.sign_count,
        )  # fmt: skip
    except (WebAuthnException, ValueError, KeyError, TypeError):
        return False
    Passkey.objects.filter(pk=row.pk).update(sign_count=signed.new_sign_count, last_used=utc_now())
    return True


def _ask(request: HttpRequest, options: Any) -> str:
    request.session[ASKED] = bytes_to_base64url(options.challenge)
    return webauthn.options_to_json(options)


def _known(person: User) -> list[PublicKeyCredentialDescriptor]:
    ids = Passkey.objects.filter(person=person).values_list("credential", flat=True)
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(one)) for one in ids]


def _read(answer: str) -> dict[str, Any]:
    """Raises ValueError for what no device says."""
    try:
        read = json.loads(answer) if len(answer) <= LONGEST_ANSWER else None
    except RecursionError:
        read = None
    if not isinstance(read, dict) or not str(read.get("id", "")).isascii() or "\0" in str(read.get("id", "")):
        raise ValueError("not the answer of a device")
    return read


def _host(request: HttpRequest) -> str:
    """Without its port, as WebAuthn names who asks (RP ID)."""
    return request.get_host().rsplit(":", 1)[0]


def _origin(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"
