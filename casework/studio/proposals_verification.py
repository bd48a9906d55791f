"""Is what waits to be published what an admin uploaded?"""

from __future__ import annotations

from collections.abc import Iterator

from casework.models import Proposal
from casework.studio.publishing import DISCARDED, KEPT, PROPOSED
from orchestration.casetypes.files import content_hash
from orchestration.ground.clock import utc_now
from orchestration.shell.verification.change import Change
from orchestration.shell.verification.control import BEGUN, with_every_control


def proposals_apart(changes: list[Change]) -> Iterator[str]:
    """Uploads that the control chain does not know, and those whose files are other ones by now."""
    told = {change.detail["proposal"]: change for change in changes if change.action == PROPOSED}
    begun = next((change.at for change in changes if change.action == BEGUN), None)
    for row in Proposal.objects.select_related("by").order_by("pk").iterator(chunk_size=5):
        change = told.pop(row.pk, None)
        if change is None:
            if begun is not None and row.created > begun:
                yield f"the upload {row.source} for {row.key} was made by nobody"
        elif change.detail["hash"] != content_hash(row.files):
            yield f"the files of the upload {row.source} for {row.key} are not those that were uploaded"
        elif (change.detail["key"], change.actor) != (row.key, f"person:{row.by.get_username()}"):
            yield f"the upload {row.source} is for another kind of case, or somebody else's"
    over = {change.detail["proposal"] for change in changes if change.action == DISCARDED}
    published = {change.detail["hash"] for change in changes if change.action == "definition.deployed"}
    for number, change in told.items():
        if number not in over and change.detail["hash"] not in published and change.at > utc_now() - KEPT:
            yield f"the upload {change.detail['source']} for {change.detail['key']} is gone"


def hang_in() -> None:
    if proposals_apart not in with_every_control:
        with_every_control.append(proposals_apart)
