"""Which worker outside is it, by the token that it shows?

A token is a random text that is shown once; only its digest is kept. It belongs to one actor, may end by itself and may
be taken back; both are on the control chain.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from typing import Final

from django.db import transaction
from django.db.models import Q

from audit.services import Fact, Origin, record_control
from orchestration.ground import clock
from orchestration.models import Actor, WorkerToken

PREFIX: Final = "cww_"
"""By which people, and programs that look for lost secrets, know such a token."""
BYTES: Final = 32
SEEN_EVERY: Final = timedelta(minutes=1)
"""How exactly it is kept when a token was used last."""
ACTION: Final = "worker.token"


def token_make(actor: Actor, name: str, expires: datetime | None, origin: Origin) -> tuple[WorkerToken, str]:
    """A new token of this actor: its row, and the text that nobody will see again."""
    secret, now = secret_make(PREFIX), clock.utc_now()
    with transaction.atomic():
        row = WorkerToken.objects.create(actor=actor, name=name, digest=digest_of(secret), created=now, expires=expires)
        detail = {"actor": actor.key, "name": name, "digest": row.digest, "expires": clock.written(expires)}
        record_control([Fact(ACTION, detail)], origin, now)
    return row, secret


def token_revoke(row: WorkerToken, origin: Origin) -> bool:
    """Take a token back, for good; whether that changed anything."""
    now = clock.utc_now()
    with transaction.atomic():
        changed = WorkerToken.objects.filter(pk=row.pk, revoked=None).update(revoked=now)
        if changed:
            detail = {"actor": row.actor.key, "name": row.name, "digest": row.digest, "revoked": True}
            record_control([Fact(ACTION, detail)], origin, now)
    return bool(changed)


def token_of(secret: str) -> WorkerToken | None:
    """The token of this text, with its actor; None where it is none, has ended or was taken back."""
    now = clock.utc_now()
    live = Q(revoked=None) & (Q(expires=None) | Q(expires__gt=now))
    row = WorkerToken.objects.select_related("actor").filter(live, digest=digest_of(secret)).first()
    if row is not None and (row.last_used is None or row.last_used < now - SEEN_EVERY):
        WorkerToken.objects.filter(pk=row.pk).update(last_used=now)
    return row


def secret_make(prefix: str) -> str:
    """A text that nobody guesses; the prefix says what it is."""
    return prefix + token_urlsafe(BYTES)


def digest_of(secret: str) -> str:
    """Enough for a text of 256 random bits: nobody finds it by trying (so no slow hash)."""
    return sha256(secret.encode("utf-8", "replace")).hexdigest()
