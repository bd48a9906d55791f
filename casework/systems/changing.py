"""How does a case change a field that another system owns? It sends the owner a change, and keeps what comes of it.

The row `OwnerChange` holds what stood there and what is to; the owner is asked under the key of the row, the same at
each try, so that it does it once. Only what the owner has taken is then
written into the copy; that of a case that has ended stays as it was, and its owner may be sent what stands there.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F

from audit.data_keys import KeyFault
from audit.sealed_values import read
from audit.services import Fact, Origin
from casework.access.permissions import groups_of, origin_of
from casework.cases.answers import accepted, seen
from casework.cases.editing import CHANGED, standing
from casework.cases.locking import keep_refusal, locked
from casework.cases.own_words import keep_own_words, masked_words, told_by_digest
from casework.cases.read.decisions import titles
from casework.cases.read.values import options_at
from casework.forms.answer_validation import placed
from casework.models import Case
from casework.systems.comparing import LOST_AFTER, PATIENCE, SWEEP_AT_MOST, comparison_ask, owner_of
from casework.systems.copies import value_digest
from casework.systems.healing import reason_errors
from casework.systems.models import Comparison, OwnerChange
from orchestration.casetypes.case_type import CaseType, Form, FormField, by_definition
from orchestration.casetypes.form_answers import at_path
from orchestration.casetypes.owners import Change, Owner
from orchestration.engine.commands import SetVariables
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.jobs.asking import Question, ask
from orchestration.jobs.attempt import Attempt
from orchestration.models import Instance
from orchestration.privacy.classification import pointer_of
from orchestration.privacy.masking import View
from orchestration.shell import services
from orchestration.shell.nudges import nudge_change
from orchestration.shell.services import Locked

Json = Any
State = OwnerChange.State
OPEN: Final = (State.WAITING, State.RUNNING)
MOST_TRIES: Final = 6
FIRST: Final = timedelta(seconds=4)
LONGEST: Final = timedelta(minutes=10)


def changeable(owner: Owner, path: str, by: User, view: View) -> Change | None:
    """How this person may have the field changed where it is owned; None where they may not, or do not see it."""
    change = owner.changes.get(path)
    if change is None or pointer_of(path) in view.hidden:
        return None
    return change if not change.by or set(change.by) & set(groups_of(by).values()) else None


def change_form(case_type: CaseType, path: str) -> Form:
    """The one question: what should stand there."""
    label = titles(case_type).get(pointer_of(path), path)
    return Form("owned", (FormField(path, label, choices=options_at(case_type)(path), initial=path),))


@transaction.atomic
def change_ask(
    *, by: User, case: Case, owner: Owner, path: str, value: Json, stood: str, reason: str
) -> OwnerChange | Refused:
    """Ask the owner for a change. `stood`: what stands for the value that the person saw (`editing.standing`)."""
    held = locked(case.instance_id)
    look = seen(held, case, by)
    asked = {"command": "change", "path": path[:200], "owner": owner.system}
    if changeable(owner, path, by, look.view) is None:
        refused = Refused("denied", "This field cannot be changed there by you.")
        return keep_refusal(held, by, asked, refused)
    if why := reason_errors(reason):
        return Refused("invalid", "Please correct what is marked.", why)
    if standing(look.root, path) != stood:
        return Refused(CHANGED, "The field has changed since you looked at it. Look again.")
    if OwnerChange.objects.filter(instance=case.instance_id, path=path, state__in=OPEN).exists():
        return Refused("under-way", "A change of this field is on its way already.")
    changes = accepted(look, change_form(look.case_type, path), {path: value})
    if isinstance(changes, Refused):
        return changes
    before, after = stands(held, case, owner, path), at_path({**look.root, **changes}, path)
    if before == after:
        return Refused("invalid", "Please correct what is marked.", {path: "This is what stands there already."})
    now = clock.utc_now()
    row = OwnerChange.objects.create(
        instance_id=case.instance_id, owner=owner.key, path=path, before=before, after=after, mapping=owner.version,
        reason=reason.strip(), by=origin_of(by).actor, asked=now, since=now,
    )  # fmt: skip
    words = [*masked_words(look, {path: value}), reason.strip()]
    facts = told_by_digest([Fact("copy.asked", _told(row, owner) | {"reason": row.reason})], words)
    services.record(held, facts, origin_of(by))
    keep_own_words(case, by, words, None)
    nudge_change(row.pk)
    return row


def stands(held: Locked, case: Case, owner: Owner, path: str) -> Json:
    """What stands there: the copy; of a case that has ended what the owner told last, if it did."""
    if held.state.root.state != "active":
        row = Comparison.objects.filter(instance=case.instance_id, owner=owner.key, at__isnull=False).first()
        if row is not None:
            return row.theirs.get(path)
    return at_path(held.state.root.variables, path)


def _told(row: OwnerChange, owner: Owner) -> dict[str, Json]:
    return {
        "change": row.pk, "owner": owner.system, "path": row.path, "mapping": row.mapping,
        "before": value_digest(row.path, row.before), "after": value_digest(row.path, row.after),
    }  # fmt: skip


def change(number: int) -> None:
    """Send one change, if it still waits for that."""
    now = clock.utc_now()
    waiting = OwnerChange.objects.filter(pk=number, state=State.WAITING, since__lte=now + PATIENCE)
    if not waiting.update(state=State.RUNNING, since=now, tries=F("tries") + 1):
        return
    row = OwnerChange.objects.get(pk=number)
    instance = Instance.objects.only("definition", "data").get(pk=row.instance_id)
    try:
        case_type, data = by_definition(instance.definition_id), read(instance.data)
    except KeyFault as fault:  # what was to be sent there cannot be read either
        OwnerChange.objects.filter(pk=row.pk, state=State.RUNNING).update(
            state=State.FAILED, since=now, error=f"The case cannot be read: {fault}"[:500]
        )
        return
    owner = owner_of(case_type, row.owner)
    declared = None if owner is None else owner.changes.get(row.path)
    if owner is None or declared is None:
        _keep(row, Attempt("", "", 0, error="The kind of case does not know this change any more."), owner)
        return
    given = declared.given.filled({**data, "value": row.after, "before": row.before})
    _keep(row, ask(Question(row.instance_id, case_type, declared.capability, given, row.pk, row.by)), owner)


@transaction.atomic
def _keep(row: OwnerChange, attempt: Attempt, owner: Owner | None) -> None:
    """What the owner said, in the row and in the history; what it has taken is the copy from now on."""
    held = services.lock(row.instance_id)
    ours = OwnerChange.objects.select_for_update().filter(pk=row.pk, state=State.RUNNING, since=row.since)
    if held is None or not ours.exists():
        return
    row.actor, row.version, row.error = attempt.actor, attempt.version, (attempt.error or attempt.person)[:500]
    now, origin = clock.utc_now(), Origin(f"model:{attempt.actor}" if attempt.actor else "system:copies")
    done = attempt.answer is not None and not attempt.person and owner is not None
    if not done and attempt.temporary and attempt.code is None and row.tries < MOST_TRIES:
        row.state, row.since = State.WAITING, now + min(FIRST * 3 ** (row.tries - 1), LONGEST)
        row.save()
        nudge_change(row.pk, (row.since - now).total_seconds())
        return
    row.state = State.DONE if done else State.REFUSED if attempt.code else State.FAILED
    row.since = now
    row.save()
    detail = {} if owner is None else _told(row, owner)
    detail |= {"actor": row.actor, "version": row.version, "verdicts": [one.told() for one in attempt.verdicts]}
    if not done or owner is None:
        services.record(held, [Fact("copy.refused", detail | {"why": row.error})], origin)
        return
    facts = [Fact("copy.changed", detail)]
    if held.state.root.state == "active":
        changes = placed(dict(held.state.root.variables), {row.path: row.after})
        services.send(held, SetVariables(changes), origin, facts)
    else:
        services.record(held, facts, origin)
    comparison_ask(row.instance_id, owner, row.by)


def look_after() -> None:
    """Changes whose message was lost, and those whose worker is: they are sent again under the same key."""
    now = clock.utc_now()
    lost = OwnerChange.objects.filter(state=State.RUNNING, since__lt=now - LOST_AFTER)
    for row in lost[:SWEEP_AT_MOST]:
        again = OwnerChange.objects.filter(pk=row.pk, state=State.RUNNING, since=row.since)
        if again.update(state=State.WAITING, since=now):
            nudge_change(row.pk)
    waiting = OwnerChange.objects.filter(state=State.WAITING, since__lt=now - PATIENCE).order_by("since")
    for number in waiting.values_list("pk", flat=True)[:SWEEP_AT_MOST]:
        OwnerChange.objects.filter(pk=number, state=State.WAITING).update(since=now)
        nudge_change(number)
