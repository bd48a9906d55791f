"""How do copies get what their owner has: by a person with a reason, or by themselves?

What is taken over is what the owner told and the person has seen. A copy that they may not see stays as it is, a case
that has ended keeps what it was decided upon: there a person notes that it stays so, or has the owner follow
(`changing`).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from django.contrib.auth.models import User
from django.db import transaction

from audit.services import Fact, Origin
from casework.access.permissions import origin_of
from casework.cases.answers import seen
from casework.cases.locking import keep_refusal, locked
from casework.cases.own_words import keep_own_words
from casework.cases.services import REASON_LEAST, REASON_MOST
from casework.forms import answer_validation
from casework.forms.answer_validation import tells
from casework.models import Case
from casework.systems.copies import copies_of, differing, healed, told_digest
from casework.systems.models import Comparison
from orchestration.casetypes.owners import Owner
from orchestration.engine.commands import SetVariables
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.privacy.classification import pointer_of
from orchestration.shell import services
from orchestration.shell.services import Done, Locked

State = Comparison.State
ENDED: Final = (
    "The case has ended: it keeps what it was decided upon. Note that it stays so, or send the owner a change."
)
GOES_ON: Final = "The case goes on: take over what the owner has, or send it a change."
UNSEEN: Final = "Somebody who sees all copies of this owner has to note that."
STALE: Final = "The copies were compared anew since you looked. Look again before you take anything over."


@transaction.atomic
def copies_heal(*, by: User, case: Case, owner: Owner, told: str, reason: str) -> Done | Refused:
    """Take over what differs and this person sees. `told`: what stands for the answer that they saw."""
    held = locked(case.instance_id)
    look = seen(held, case, by)
    row = Comparison.objects.select_for_update().filter(instance=case.instance_id, owner=owner.key).first()
    asked = {"command": "heal", "owner": owner.system}
    if row is None or row.at is None:
        return Refused("unknown", "These copies were not compared yet.")
    if held.state.root.state != "active":
        return keep_refusal(held, by, asked, Refused("ended", ENDED))
    if told_digest(row.theirs) != told:
        return Refused("changed", STALE)
    if why := reason_errors(reason):
        return Refused("invalid", "Please correct what is marked.", why)
    paths = [path for path in differing(owner, look.root, row.theirs) if pointer_of(path) not in look.view.hidden]
    if not paths:
        return Refused("same", "Nothing that you see differs from what the owner has.")
    outcome = heal(held, row, owner, paths, origin_of(by), reason.strip())
    keep_own_words(case, by, [reason.strip()], outcome)
    return outcome


@transaction.atomic
def copies_keep(*, by: User, case: Case, owner: Owner, told: str, reason: str) -> Comparison | Refused:
    """Note that the copies of a case that has ended stay as history, though the owner has others by now."""
    held = locked(case.instance_id)
    look = seen(held, case, by)
    row = Comparison.objects.select_for_update().filter(instance=case.instance_id, owner=owner.key).first()
    if row is None or row.at is None:
        return Refused("unknown", "These copies were not compared yet.")
    if held.state.root.state == "active":
        return keep_refusal(held, by, {"command": "keep", "owner": owner.system}, Refused("goes-on", GOES_ON))
    if told_digest(row.theirs) != told:
        return Refused("changed", STALE)
    if why := reason_errors(reason):
        return Refused("invalid", "Please correct what is marked.", why)
    copies = list(copies_of(owner, look.root, row.theirs))
    if any(copy.pointer in look.view.hidden for copy in copies):
        return Refused("unseen", UNSEEN)
    apart = [copy.path for copy in copies if copy.differs]
    if not apart or row.state == State.KEPT:
        return Refused("same", "Nothing differs from what the owner has, or it is noted already.")
    detail = {"owner": owner.system, "paths": apart, "mapping": owner.version, "reason": reason.strip()}
    services.record(held, [Fact("copies.kept", detail)], origin_of(by))
    keep_own_words(case, by, [reason.strip()], None)
    row.state, row.since, row.kept = State.KEPT, clock.utc_now(), told
    row.save(update_fields=["state", "since", "kept"])
    return row


def heal(
    held: Locked, row: Comparison, owner: Owner, paths: Collection[str], origin: Origin, reason: str
) -> Done | Refused:
    """Write these copies as the owner has them, or say why they cannot be."""
    data = dict(held.state.root.variables)
    changes = healed(data, row.theirs, paths)
    if errors := answer_validation.errors_made(held.case_type, data, changes):
        why = "; ".join(f"{path}: {sentence}" for path, sentence in errors.items())
        return _unfit(row, f"What {owner.system} has does not fit into this kind of case. {why}")
    detail = {
        "owner": owner.system, "paths": list(paths), "mapping": owner.version, "reason": reason, "actor": row.actor,
        "version": row.version, "compared": row.at.isoformat() if row.at else "",
    }  # fmt: skip
    outcome = services.send(held, SetVariables(changes), origin, [Fact("copies.healed", detail)])
    if isinstance(outcome, Done):
        row.differing = differing(owner, outcome.state.root.variables, row.theirs)
        row.state, row.since = State.DIFFERS if row.differing else State.SAME, clock.utc_now()
        row.save(update_fields=["differing", "state", "since"])
    return outcome


def _unfit(row: Comparison, sentence: str) -> Refused:
    row.error = sentence[:500]
    row.save(update_fields=["error"])
    return Refused("unfit", sentence)


def reason_errors(reason: str) -> dict[str, str]:
    """What is wrong with a reason, by the name of its field."""
    fits = tells(reason.strip(), REASON_LEAST, REASON_MOST) and not answer_validation.text_errors({"reason": reason})
    if fits:
        return {}
    return {"reason": f"Say in {REASON_LEAST} to {REASON_MOST} characters why: it is kept in the history."}
