"""What do the background workers do for people's tasks?"""

from __future__ import annotations

from celery import shared_task

from casework.tasks.by_rule import assign_new
from orchestration.shell.nudges import PEOPLE


@shared_task(name=PEOPLE)
def assign() -> None:
    """Give out the new tasks whose case types have rules for that."""
    assign_new()
