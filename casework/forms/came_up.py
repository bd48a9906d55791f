"""When did the page come up on which an answer was given?

The page carries it, signed; only who the page was made for can bring it back, for what it was about.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.contrib.auth.models import User
from django.core import signing

from orchestration.ground import clock

_OPENED: Final = "opened"


def carried(about: str, by: User) -> str:
    """What a page that comes up now carries of it. `about`: names what is answered on it."""
    return signing.dumps([about, by.pk, clock.utc_now().isoformat()], salt=_OPENED)


def read(page: str, about: str, by: User) -> datetime | None:
    """When it came up; None: it carries nothing that we made for it."""
    try:
        named, person, at = signing.loads(page, salt=_OPENED)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return datetime.fromisoformat(at) if (named, person) == (about, by.pk) else None
