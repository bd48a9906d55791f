"""How are the copies of a case compared with their owner, by workers that may die at any moment?

The row `Comparison` is claimed by a conditional update, the owner is asked outside any transaction, and the answer is
kept with it. Who dies in the middle leaves a row that the sweep finds: asking again reads again.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F

from audit.data_keys import KeyFault
from audit.sealed_values import read
from audit.services import Fact, Origin
from casework.systems import healing
from casework.systems.copies import differing, told_digest
from casework.systems.models import Comparison
from orchestration.casetypes.case_type import CaseType, by_definition
from orchestration.casetypes.owners import Owner
from orchestration.ground import clock
from orchestration.ground.counts import counted
from orchestration.jobs.asking import Question, ask
from orchestration.jobs.attempt import Attempt
from orchestration.models import Instance
from orchestration.shell import services
from orchestration.shell.nudges import nudge_comparison
from orchestration.shell.services import Locked

State = Comparison.State
BEAT: Final = "system:copies"
OPEN: Final = (State.WAITING, State.RUNNING)
LOST_AFTER: Final = timedelta(minutes=6)
"""Longer than any actor may take."""
PATIENCE: Final = timedelta(seconds=30)
MOST_TRIES: Final = 3
FAILED_AGAIN: Final = timedelta(minutes=5)
"""How soon an owner that could not be asked is asked again by itself, where it is asked at all."""
SWEEP_AT_MOST: Final = 50


def owner_of(case_type: CaseType, key: str) -> Owner | None:
    return next((one for one in case_type.owners if one.key == key), None)


def comparison_ask(instance: int, owner: Owner, by: str) -> None:
    """Have copies compared, after the commit of what is being written; one that is under way stays."""
    now = clock.utc_now()
    row, _ = Comparison.objects.get_or_create(
        instance_id=instance, owner=owner.key, defaults={"state": State.SAME, "since": now}
    )
    asked = Comparison.objects.filter(pk=row.pk).exclude(state__in=OPEN)
    asked.update(state=State.WAITING, since=now, tries=0, asked_by=by)
    nudge_comparison(row.pk)


def compare(number: int) -> None:
    """Do one comparison, if it still waits for that."""
    waiting = Comparison.objects.filter(pk=number, state=State.WAITING)
    if not waiting.update(state=State.RUNNING, since=clock.utc_now(), tries=F("tries") + 1):
        return
    row = Comparison.objects.get(pk=number)
    instance = Instance.objects.only("definition", "data").get(pk=row.instance_id)
    try:
        case_type, data = by_definition(instance.definition_id), read(instance.data)
    except KeyFault as fault:  # it is tried again, for its key may come back
        again, why = clock.utc_now() + FAILED_AGAIN, f"The case cannot be read: {fault}"
        Comparison.objects.filter(pk=row.pk, state=State.RUNNING).update(
            state=State.FAILED, since=clock.utc_now(), look=again, error=why[:500]
        )
        return
    owner = owner_of(case_type, row.owner)
    if owner is None:
        _keep(row, Attempt("", "", 0, error="The case holds no copy of it."), owner)
        return
    if not owner.holds(data):
        _pass_over(row, owner)
        return
    now = clock.utc_now()
    number_of_reading = int(now.timestamp() * 1000)
    asked = Question(row.instance_id, case_type, owner.read, owner.asked(data), number_of_reading, row.asked_by or BEAT)
    _keep(row, ask(asked), owner)


@transaction.atomic
def _pass_over(row: Comparison, owner: Owner) -> None:
    """Nothing is asked of a case without copies, so nothing failed; it may come to hold some."""
    held = services.lock(row.instance_id)
    ours = Comparison.objects.filter(pk=row.pk, state=State.RUNNING, since=row.since)
    if held is not None:
        now = clock.utc_now()
        look = _again(held, owner, now, owner.every)
        ours.update(state=State.SAME, since=now, error="", differing=[], look=look)


@transaction.atomic
def _keep(row: Comparison, attempt: Attempt, owner: Owner | None) -> None:
    """The answer, held against the case as it is by now; healed at once where the case type says so."""
    held = services.lock(row.instance_id)
    ours = Comparison.objects.select_for_update().filter(pk=row.pk, state=State.RUNNING, since=row.since)
    if held is None or not ours.exists():
        return  # another worker has it by now
    now = clock.utc_now()
    row.actor, row.version, row.error, row.since = attempt.actor, attempt.version, attempt.error[:500], now
    if attempt.answer is None or owner is None:
        row.state, row.look = State.FAILED, _again(held, owner, now, FAILED_AGAIN)
        row.save()
        return
    data = held.state.root.variables
    row.at, row.theirs, row.mapping = now, owner.told(attempt.answer.output), owner.version
    before, row.differing = row.differing, differing(owner, data, row.theirs)
    row.state = State.DIFFERS if row.differing else State.SAME
    if row.differing and row.kept == told_digest(row.theirs):
        row.state = State.KEPT  # what a person has noted holds until the owner has something else again
    row.look = _again(held, owner, now, owner.every)
    row.save()
    if row.differing and owner.heals and _goes_on(held):
        healing.heal(held, row, owner, row.differing, Origin(BEAT, cause=f"comparison {row.pk}"), "")
    elif row.differing and row.differing != before:
        detail = {"owner": owner.system, "paths": row.differing, "mapping": owner.version, "actor": row.actor,
                  "version": row.version}  # fmt: skip
        services.record(held, [Fact("copies.differ", detail)], Origin(row.asked_by or BEAT))


def _again(held: Locked, owner: Owner | None, now: datetime, after: timedelta | None) -> datetime | None:
    """When it is compared again by itself: not where nobody asked for that, nor of a case that has ended."""
    if owner is None or owner.every is None or after is None or not _goes_on(held):
        return None
    return now + min(after, owner.every)


def _goes_on(held: Locked) -> bool:
    return held.state.root.state == "active"


def look_after() -> None:
    """Comparisons that are due, whose message was lost, or whose worker is."""
    now = clock.utc_now()
    due = Comparison.objects.filter(look__lte=now).exclude(state__in=OPEN).order_by("look")
    _begin(list(due.values_list("pk", flat=True)[:SWEEP_AT_MOST]), now)
    lost = Comparison.objects.filter(state=State.RUNNING, since__lt=now - LOST_AFTER)
    for row in lost[:SWEEP_AT_MOST]:
        dead = row.tries >= MOST_TRIES
        again = Comparison.objects.filter(pk=row.pk, state=State.RUNNING, since=row.since)
        error = f"Who compares has died of it {counted(row.tries, 'time')}." if dead else ""
        if again.update(state=State.FAILED if dead else State.WAITING, since=now, error=error) and not dead:
            nudge_comparison(row.pk)
    waiting = Comparison.objects.filter(state=State.WAITING, since__lt=now - PATIENCE).order_by("since")
    for number in waiting.values_list("pk", flat=True)[:SWEEP_AT_MOST]:
        Comparison.objects.filter(pk=number, state=State.WAITING).update(since=now)
        nudge_comparison(number)


def _begin(numbers: list[int], now: datetime) -> None:
    for number in numbers:
        row = Comparison.objects.filter(pk=number, look__lte=now).exclude(state__in=OPEN)
        if row.update(state=State.WAITING, since=now, tries=0, asked_by="", look=None):
            nudge_comparison(number)
