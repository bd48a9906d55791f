"""What do the background workers do?

Celery only says "look here": each task asks the rows what is true, so a lost, doubled or late message changes nothing.
"""

from __future__ import annotations

from datetime import timedelta

import orjson
from celery import shared_task
from django.db.models import Q

from audit.services import Origin
from orchestration import jobs, services
from orchestration.engine.commands import FireTimer, ReceiveMessage, ReceiveSignal
from orchestration.models import Job, Outbox, Subscription, Timer
from orchestration.nudges import nudge_jobs, nudge_outbox

SWEEP_AT_MOST = 500
PATIENCE = timedelta(seconds=45)
"""How long a waiting job's first nudge may take before the sweep nudges again."""


@shared_task
def run_job(instance: int, number: int) -> None:
    """Do one job, if it is still to be done."""
    jobs.run(instance, number)


@shared_task
def fire_timers() -> None:
    """Fire every timer that is due. Each in its own step: one that is refused does not hold up the others."""
    due = Timer.objects.filter(due__lte=services.utc_now()).order_by("due").values_list("instance", "timer")
    for instance, timer in due[:SWEEP_AT_MOST]:
        services.send(instance, FireTimer(timer), Origin("system:timer", cause=f"timer {timer}"))


@shared_task
def sweep() -> None:
    """Find what was forgotten: jobs whose worker died, jobs whose nudge was lost, messages not delivered."""
    now = services.utc_now()
    died = Job.objects.filter(state=Job.State.RUNNING, lease_until__lt=now)
    died.update(state=Job.State.WAITING, lease_until=None, run_at=now - PATIENCE)
    waiting = Job.objects.filter(state=Job.State.WAITING, run_at__lte=now - PATIENCE).order_by("run_at")
    for instance, number in waiting.values_list("instance", "job")[:SWEEP_AT_MOST]:
        nudge_jobs(instance, [number])
    if Outbox.objects.filter(delivered=None).exists():
        nudge_outbox()


@shared_task
def deliver_outbox() -> None:
    """Bring thrown messages and signals to the cases that wait for them."""
    for letter in Outbox.objects.filter(delivered=None).order_by("id")[:SWEEP_AT_MOST]:
        _deliver(letter)


def _deliver(letter: Outbox) -> None:
    variables = orjson.loads(bytes(letter.variables))
    origin = Origin(f"case:{letter.sender_id}", cause=f"{letter.kind} {letter.name}")
    waiting = Subscription.objects.filter(kind=letter.kind, name=letter.name).exclude(instance=letter.sender_id)
    if letter.kind == "signal":
        for instance in waiting.order_by("instance").values_list("instance", flat=True).distinct():
            services.send(instance, ReceiveSignal(letter.name, variables), origin)
    else:
        message = ReceiveMessage(letter.name, variables=variables, correlation=letter.correlation)
        if letter.correlation is not None:
            waiting = waiting.filter(Q(correlation=letter.correlation) | Q(correlation=None))
        for instance in waiting.order_by("id").values_list("instance", flat=True):
            if isinstance(services.send(instance, message, origin), services.Done):
                break
    Outbox.objects.filter(pk=letter.pk).update(delivered=services.utc_now())
