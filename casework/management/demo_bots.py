"""Who are the bots of the demo? Outside workers with a token each, which `make run` starts (`casework.bots.house`)."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from casework.access.roles import SETUP
from casework.bots.house import SCRIPTS
from orchestration.actors.tokens import token_make, token_of
from orchestration.models import Actor

NAME: Final = "make run"


def ensure_bots(file: Path) -> None:
    """Have a token that counts for each of them, in the file that they are started with."""
    kept = _kept(file)
    found = {actor.key: _token(actor, kept.get(actor.key, "")) for actor in Actor.objects.filter(key__in=SCRIPTS)}
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as written:
        json.dump(found, written)


def _kept(file: Path) -> dict[str, str]:
    with suppress(OSError, ValueError):
        return dict(json.loads(file.read_text("utf-8")))
    return {}


def _token(actor: Actor, kept: str) -> str:
    row = token_of(kept)
    return kept if row is not None and row.actor_id == actor.pk else token_make(actor, NAME, None, SETUP)[1]
