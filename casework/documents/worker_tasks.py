"""What do background workers do about documents? The rows say what there is to do."""

from __future__ import annotations

from celery import shared_task

from casework.documents import reading


@shared_task(name="casework.documents.read")
def read_document(number: int) -> None:
    """Read a document, if it still is to be read."""
    reading.read(number)
