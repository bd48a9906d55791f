"""What do workers do for agents outside? They bring what is to be told; each address by itself."""

from __future__ import annotations

from celery import shared_task

from casework.agents.a2a import pushes
from casework.agents.models import TaskPush
from orchestration.shell.nudges import PUSHES
from orchestration.shell.savepoint import tried


@shared_task(name=PUSHES, ignore_result=True)
def tell_agents() -> None:
    """Tell agents of their tasks. One that does not answer holds up only its own."""
    for number in list(pushes.due().order_by("run_at").values_list("pk", flat=True)[: pushes.AT_ONCE]):
        tried("agent not told", TaskPush(pk=number), pushes.deliver, number)
