"""What do background workers do about copies? The rows say what there is to do."""

from __future__ import annotations

from celery import shared_task

from casework.systems import changing, comparing


@shared_task(name="casework.systems.compare")
def compare_copies(number: int) -> None:
    """Compare copies with their owner, if they still are to be compared."""
    comparing.compare(number)


@shared_task(name="casework.systems.change")
def send_change(number: int) -> None:
    """Send a change to the owner of a copy, if it still is to be sent."""
    changing.change(number)
