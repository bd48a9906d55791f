"""What do background workers do about proof? They verify all histories, one portion at a time."""

from __future__ import annotations

from celery import shared_task

from casework.proof import histories
from orchestration.shell.nudges import HISTORIES


@shared_task(name=HISTORIES)
def verify_histories() -> None:
    """Verify for some seconds, unless it was done since this was asked for; where there is more, it asks again."""
    if histories.is_wanted():
        histories.go_on()
