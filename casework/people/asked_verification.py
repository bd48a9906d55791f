"""Is each change that waits for a second person the one that was asked for?

Who agrees agrees to what the row says, so it has to be what somebody asked for: each event that tells of an asking has
the digest of it. Of one that was asked for before events had one, whom or what it is for is held alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from casework.people.models import RightsProposal
from casework.people.second_person import ASKED, digest_of, whom
from casework.people.settled import SETTINGS
from orchestration.shell.verification.change import Change
from orchestration.shell.verification.control import with_every_control


def asked_apart(changes: list[Change]) -> Iterator[str]:
    """A sentence for each proposal that nobody asked for so."""
    asked = [change for change in changes if change.action == ASKED]
    told = {change.detail["digest"] for change in asked if "digest" in change.detail}
    before = {change.detail["of"] for change in asked if "digest" not in change.detail}
    for row in RightsProposal.objects.select_related("person", "group", "by").order_by("pk"):
        if digest_of(row) not in told and _whom(row) not in before:
            yield f"what waits for a second person as number {row.pk} was not asked for so"


def _whom(row: RightsProposal) -> str:
    """Nobody, for a kind of setting that there is not."""
    return "" if row.kind and row.kind not in SETTINGS else whom(row)


def hang_in() -> None:
    if asked_apart not in with_every_control:
        with_every_control.append(asked_apart)
