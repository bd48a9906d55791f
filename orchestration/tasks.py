"""What do the background workers do?

Celery only says "look here": each task asks the rows what is true, so a lost, doubled or late message changes nothing.
Whatever cannot be done is logged and left for later; it never holds up what stands behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any

import orjson
import structlog
from celery import shared_task
from django.db import OperationalError, transaction
from django.db.models import Model, Q, QuerySet

from audit.services import Origin
from orchestration import jobs, rows, services, start_timers, starts
from orchestration.casetypes import by_definition
from orchestration.engine.bpmn.view import correlation_key
from orchestration.engine.commands import FireTimer, ReceiveMessage, ReceiveSignal
from orchestration.models import Job, Outbox, StartTimer, Subscription, Timer
from orchestration.nudges import nudge_jobs, nudge_outbox

log = structlog.get_logger()

SWEEP_AT_MOST = 500
NUDGE_AT_MOST = 150
"""So few nudges a sweep that a long queue of jobs is not made longer by asking after them."""
PATIENCE = timedelta(seconds=45)
"""How long a waiting job's last nudge may take before the sweep nudges again."""
LONGEST_WAIT = timedelta(seconds=rows.retry_delay(100))
"""A job that is to wait longer than any retry does was written down by a clock that has been put back since."""
LATER = timedelta(minutes=5)
"""How long a timer that could not be fired is left alone."""
OVER = frozenset({"unknown", "ended"})
"""Refusals that say: there is nothing left of what the command names."""


@shared_task
def run_job(instance: int, number: int) -> None:
    """Do one job, if it is still to be done."""
    jobs.run(instance, number)


@shared_task
def fire_timers() -> None:
    """Fire every timer that is due, of cases and of starts. Each in its own step: one that is refused does not hold up
    the others."""
    due = Timer.objects.filter(due__lte=services.utc_now()).order_by("due").values_list("pk", flat=True)
    for number in due[:SWEEP_AT_MOST]:
        timer = Timer.objects.filter(pk=number).first()
        if timer is not None:  # no other worker has fired it meanwhile
            _fire(timer)
    for number in start_timers.due()[:SWEEP_AT_MOST]:
        if not _tried("case not begun", StartTimer(pk=number), start_timers.fire, number):
            start_timers.put_off(number)


def _fire(timer: Timer) -> None:
    """One step. The row of a timer that the case no longer knows goes; any other refusal is asked again later."""
    origin = Origin("system:timer", cause=f"timer {timer.timer}")
    outcome = _tried("timer not fired", timer, services.send, timer.instance_id, FireTimer(timer.timer), origin)
    row = Timer.objects.filter(pk=timer.pk)
    if isinstance(outcome, services.Refused) and outcome.code in OVER:
        row.delete()
    elif not isinstance(outcome, services.Done):
        row.update(due=services.utc_now() + LATER)


@shared_task
def sweep() -> None:
    """Find what was forgotten: jobs whose worker died, jobs whose nudge was lost, messages not delivered."""
    for job in jobs.lost()[:SWEEP_AT_MOST]:
        _tried("job not let go", job, jobs.let_go, job)
    now = services.utc_now()
    waiting = Job.objects.filter(state=Job.State.WAITING)
    overlooked = waiting.filter(Q(run_at__lte=now - PATIENCE) | Q(run_at__gt=now + LONGEST_WAIT))
    forgotten = list(overlooked.order_by("run_at").values_list("pk", "instance", "job")[:NUDGE_AT_MOST])
    Job.objects.filter(pk__in=[pk for pk, _, _ in forgotten], state=Job.State.WAITING).update(run_at=now)
    for _, instance, number in forgotten:
        nudge_jobs(instance, [number])
    if Outbox.objects.filter(delivered=None).exists():
        nudge_outbox()


@shared_task
def deliver_outbox() -> None:
    """Bring thrown messages and signals to the cases that wait for them."""
    waiting = Outbox.objects.filter(delivered=None).order_by("id").values_list("pk", flat=True)
    for number in list(waiting):
        _tried("letter not delivered", Outbox(pk=number), _deliver, number)


def _deliver(number: int) -> None:
    """Bring one letter to its receivers and mark it, in the one transaction around: all of it, or another time."""
    open_letters = Outbox.objects.filter(pk=number, delivered=None).select_for_update(skip_locked=True)
    letter = open_letters.first()
    if letter is None:  # another worker has it
        return
    waiting = Subscription.objects.filter(kind=letter.kind, name=letter.name).exclude(instance=letter.sender_id)
    delivered = _signal(letter, waiting) if letter.kind == "signal" else _message(letter, waiting)
    if delivered:
        Outbox.objects.filter(pk=number).update(delivered=services.utc_now())


def _signal(letter: Outbox, waiting: QuerySet[Subscription]) -> bool:
    """To all that wait, in the order of their numbers, so that two deliveries never wait for each other; then it
    begins the processes that begin with it."""
    signal = ReceiveSignal(letter.name, orjson.loads(bytes(letter.variables)))
    for instance in waiting.order_by("instance").values_list("instance", flat=True).distinct():
        _tried("signal not received", letter, services.send, instance, signal, _sender(letter), but=OperationalError)
    list(starts.begin("signal", letter.name, signal.variables, _sender(letter)))
    return True


def _message(letter: Outbox, waiting: QuerySet[Subscription]) -> bool:
    """To the first that waits for it and takes it, else it begins a case where a process begins with it.

    It stays while only cases that stand still wait for it.
    """
    variables = orjson.loads(bytes(letter.variables))
    keys = {version: _key(letter, version, variables) for version in _versions(waiting)}
    fitting = Q()
    for version, key in keys.items():
        of_key = Q() if key is None else Q(correlation=key) | Q(correlation=None)
        fitting |= Q(instance__definition=version) & of_key
    standing_still = Q(instance__status="suspended")
    awake = waiting.filter(fitting).exclude(standing_still).order_by("id")
    for instance, version in dict.fromkeys(awake.values_list("instance", "instance__definition")):
        message = ReceiveMessage(letter.name, variables=variables, correlation=keys[version])
        if isinstance(services.send(instance, message, _sender(letter)), services.Done):
            return True
    if waiting.filter(fitting & standing_still).exists():
        return False
    next(starts.begin("message", letter.name, variables, _sender(letter)), None)
    return True


def _versions(waiting: QuerySet[Subscription]) -> Iterable[int]:
    return waiting.order_by().values_list("instance__definition", flat=True).distinct()


def _key(letter: Outbox, version: int, variables: Mapping[str, Any]) -> str | None:
    """The letter's own correlation key, or the one that the receivers' models read from its content."""
    if letter.correlation is not None:
        return letter.correlation
    return correlation_key(by_definition(version).library, letter.name, variables, services.utc_now())


def _sender(letter: Outbox) -> Origin:
    return Origin(f"case:{letter.sender_id}", cause=f"{letter.kind} {letter.name}"[:200])


def _tried(what: str, row: Model, work: Callable[..., Any], *given: Any, but: type[Exception] | tuple[()] = ()) -> Any:
    """What the work gives, or None where it broke: all that it wrote is undone, and the log says which row it was.

    Raises what `but` names.
    """
    try:
        with transaction.atomic():
            return work(*given)
    except but:
        raise
    except Exception as error:  # whatever it is: the rows behind this one must have their turn
        log.error(what, kind=type(row).__name__, row=row.pk, error=type(error).__name__, exc_info=True)
        return None
