"""Do the tokens of outside workers stand on the control chain as they are?

A row that nobody gave out there would let somebody fetch work and bring results.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from orchestration.actors.tokens import ACTION
from orchestration.ground.clock import written
from orchestration.models import WorkerToken
from orchestration.shell.verification.change import Change


def tokens_apart(changes: Iterable[Change]) -> Iterator[str]:
    """A sentence for each token that is not as the chain says."""
    made: dict[str, Change] = {}
    revoked: dict[str, datetime] = {}
    for change in changes:
        if change.action == ACTION and "revoked" in change.detail:
            revoked[change.detail["digest"]] = change.at
        elif change.action == ACTION:
            made[change.detail["digest"]] = change
    for row in WorkerToken.objects.select_related("actor").order_by("pk"):
        name = f"token {row.name} of {row.actor.key}"
        given_out = made.pop(row.digest) if row.digest in made else None
        if given_out is None:
            yield f"{name} was never given out"
        elif not _is_as_made(row, given_out):
            yield f"{name} is not as it was given out"
        if row.revoked != revoked.get(row.digest):
            yield f"{name} is {'taken back' if row.revoked else 'good'}, though the last change says otherwise"
    for change in made.values():
        yield f"token {change.detail['name']} of {change.detail['actor']} was given out, but is gone"


def _is_as_made(row: WorkerToken, change: Change) -> bool:
    expires = written(row.expires)
    told = (change.detail["actor"], change.detail["name"], change.detail["expires"], change.at)
    return told == (row.actor.key, row.name, expires, row.created)
