"""What do background workers do about controls? They fire them when it is time."""

from __future__ import annotations

from celery import shared_task

from casework.proof.controls import rounds
from orchestration.shell.nudges import CONTROLS


@shared_task(name=CONTROLS)
def fire_controls() -> None:
    """Fire all controls, if nobody has since this was asked for."""
    if rounds.is_due():
        rounds.fire_all(rounds.BEAT)
