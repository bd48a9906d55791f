"""What do the background workers do?

Celery only says "look here": each task asks the rows what is true, so a lost, doubled or late message changes nothing.
Whatever cannot be done is logged and left for later; it never holds up what stands behind it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from celery import current_task, shared_task
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Least

from audit.checkpoints import CheckpointFault
from audit.services import Fact, Origin
from orchestration.agents import approvals
from orchestration.engine.commands import FireTimer
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.ground.tracing import carried
from orchestration.jobs import golden, leases, offering, retry, runner, side_by_side, trials
from orchestration.knowledge import register, vectors, withdrawal
from orchestration.messaging import outbox, subscribers, timer_start_events
from orchestration.models import EventDelivery, Job, Outbox, StartTimer, Timer
from orchestration.shell import services
from orchestration.shell.nudges import nudge_events, nudge_golden, nudge_jobs, nudge_outbox, nudge_replay
from orchestration.shell.savepoint import tried
from orchestration.shell.verification import checkpoints

log = structlog.get_logger()

SWEEP_AT_MOST = 500
NUDGE_AT_MOST = 150
"""So few nudges a sweep that a long queue of jobs is not made longer by asking after them."""
PATIENCE = timedelta(seconds=15)
"""How long a waiting job's last nudge may take before the sweep nudges again; four times as long at each next time, so
that a long queue does not fill with doubles of its own nudges."""
MOST_PATIENT = 4
LONGEST_WAIT = retry.JOBS.longest
"""A job that is to wait longer than any retry does was written down by a clock that has been put back since."""
OVER = frozenset({"unknown", "ended"})
"""Refusals that say: there is nothing left of what the command names."""

with_every_sweep: list[Callable[[], None]] = []
"""What others have looked after now and then, each by itself."""


@shared_task
def index_knowledge(document: int) -> None:
    """Read a document of the knowledge base, or tell the cases that used it, if it still waits for that."""
    register.index(document)
    withdrawal.tell(document)


@shared_task
def make_knowledge_indexes() -> None:
    """Have many passages be compared along an index, where it is lacking."""
    vectors.make_indexes()


@shared_task
def run_job(instance: int, number: int) -> None:
    """Do one job, if it is still to be done; before it the most urgent one, if it is another."""
    urgent = runner.urgent()
    if urgent is not None and urgent != (instance, number):
        runner.run(*urgent)
    with carried(vars(current_task.request) if current_task else {}, "worker"):
        runner.run(instance, number)


@shared_task
def run_shadow(job: int, version: int) -> None:
    """Try a version beside the one in use on a job that is done; what it gives is kept and not used."""
    trials.shadow(job, version)


@shared_task
def run_trial(job: int, version: int) -> None:
    """Try a version on one recorded job, for somebody who looks at both; what it gives is kept and not used."""
    side_by_side.run(job, version)


@shared_task
def replay_version(version: int) -> None:
    """Try a version on some more of the recorded jobs; the rest by a task of its own."""
    wait = trials.go_on(version)
    if wait is not None:
        nudge_replay(version, wait)


@shared_task
def run_golden(version: int) -> None:
    """Try a version on the golden cases that it was not tried on yet; the rest by a task of its own."""
    wait = golden.go_on(version)
    if wait is not None:
        nudge_golden(version, wait)


@shared_task
def fire_timers() -> None:
    """Fire every timer that is due, of cases and of starts. Each in its own step: one that is refused does not hold up
    the others."""
    due = Timer.objects.filter(due__lte=clock.utc_now()).order_by("due").values_list("pk", flat=True)
    for number in due[:SWEEP_AT_MOST]:
        timer = Timer.objects.filter(pk=number).first()
        if timer is not None:  # no other worker has fired it meanwhile
            _fire(timer)
    for number in timer_start_events.due()[:SWEEP_AT_MOST]:
        if not tried("case not begun", StartTimer(pk=number), timer_start_events.fire, number):
            timer_start_events.put_off(number)


def _fire(timer: Timer) -> None:
    """One step. The row of a timer that the case no longer knows goes; any other refusal is asked again later."""
    origin = Origin("system:timer", cause=f"timer {timer.timer}")
    outcome = tried("timer not fired", timer, services.send, timer.instance_id, FireTimer(timer.timer), origin)
    row = Timer.objects.filter(pk=timer.pk)
    if isinstance(outcome, Refused) and outcome.code in OVER:
        row.delete()
    elif not isinstance(outcome, services.Done):
        with transaction.atomic():
            if not isinstance(outcome, Refused):  # it broke, so that nothing of it was kept
                services.record(timer.instance_id, [_put_off(timer)], origin)
            row.update(due=clock.utc_now() + retry.TIMERS.pause(1))


def _put_off(timer: Timer) -> Fact:
    """That a timer is asked again later, though its case says that it is due."""
    why = {"code": "failed", "reason": "Something went wrong; it is tried again later."}
    return Fact("command.refused", {"command": "FireTimer", "timer": timer.timer, **why})


@shared_task
def sweep() -> None:
    """Find what was forgotten: jobs whose worker died, jobs whose nudge was lost, messages not delivered."""
    for job in runner.lost()[:SWEEP_AT_MOST]:
        tried("job not let go", job, runner.let_go, job)
    now = clock.utc_now()
    _look_after_workers_outside(now)
    waiting = Job.objects.filter(state=Job.State.WAITING)
    overlooked = waiting.filter(_overlooked(now)).order_by("run_at")
    forgotten = list(overlooked.values_list("pk", "instance", "job")[:NUDGE_AT_MOST])
    asked_for = Job.objects.filter(pk__in=[pk for pk, _, _ in forgotten], state=Job.State.WAITING)
    asked_for.update(run_at=now, overlooked=Least(F("overlooked") + 1, MOST_PATIENT))
    for _, instance, number in forgotten:
        nudge_jobs(instance, [number])
    for version in trials.stalled(now):
        nudge_replay(version)
    if outbox.due().exists():
        nudge_outbox()
    if subscribers.due().exists():
        nudge_events()
    for look_after in (register.look_after, vectors.look_after, withdrawal.look_after, approvals.look_after):
        tried("not looked after", None, look_after)
    for look_after in with_every_sweep:
        tried("not looked after", None, look_after)


def _look_after_workers_outside(now: datetime) -> None:
    """Leases that have run out, and jobs that were offered in vain."""
    for lease in leases.over():
        tried("lease not ended", lease, leases.let_go, lease)
    for job in offering.overdue(now)[:SWEEP_AT_MOST]:
        tried("job not taken back", job, offering.lapse, job)
    offering.choose_anew_in_vain()


def _overlooked(now: datetime) -> Q:
    """Jobs whose nudge must have been lost, or that a clock which has been put back since sent far away."""
    found = Q(run_at__gt=now + LONGEST_WAIT)
    for times in range(MOST_PATIENT + 1):
        found |= Q(overlooked=times, run_at__lte=now - PATIENCE * 4**times)
    return found


@shared_task
def sign_histories() -> None:
    """Sign where every history stands, once in a while. A fault of the key or the place is logged, and tried again."""
    if not settings.CHECKPOINT_KEY:
        return
    before, now = checkpoints.last_taken(), clock.utc_now()
    if before is None or before < now - timedelta(seconds=settings.CHECKPOINT_EVERY):
        try:
            checkpoints.take(now)
        except CheckpointFault as fault:
            log.error("no checkpoint", reason=str(fault))


@shared_task
def deliver_outbox() -> None:
    """Bring thrown messages and signals to the cases that wait for them."""
    for number in list(outbox.due()[:SWEEP_AT_MOST]):
        if not tried("letter not delivered", Outbox(pk=number), outbox.deliver, number):
            tried("letter not put off", Outbox(pk=number), outbox.put_off, number)


@shared_task
def deliver_events() -> None:
    """Tell other systems what has happened. Each by itself: one that does not answer holds up only its own."""
    for number in list(subscribers.due()[:SWEEP_AT_MOST]):
        tried("event not sent", EventDelivery(pk=number), subscribers.deliver, number)
