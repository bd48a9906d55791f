"""What is known while the place where documents are kept does not answer? Nothing: neither that a thing is there, nor
that it is gone.

Whatever goes wrong with Django's storage of the name `documents` is Away; only what is not there is FileNotFoundError.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

import structlog
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages

from orchestration.ground.refusals import Refused

log = structlog.get_logger("casework.documents")

BRINGING: Final = "bringing"
"""The folder in which a store that takes its time has files until they are whole, each named after its content."""
AWAY: Final = Refused(
    "store-away", "Where documents are kept does not answer now, or has no room. Nothing was added; try again later."
)


class Away(Exception):
    """The store does not answer, refuses, or has no room: whether something is there is not known."""


@contextmanager
def _asked() -> Iterator[Storage]:
    try:
        yield storages["documents"]
    except FileNotFoundError:
        raise
    except OSError as error:
        log.warning("the store of documents is away", why=str(error)[:200])
        raise Away("Where documents are kept does not answer now. Try again later.") from error


class Reached:
    """The storage. Everything raises Away."""

    def exists(self, name: str) -> bool:
        with _asked() as store:
            return store.exists(name)

    def size(self, name: str) -> int:
        with _asked() as store:
            return store.size(name)

    def save(self, name: str, content: bytes) -> None:
        with _asked() as store:
            store.save(name, ContentFile(content))

    def delete(self, name: str) -> None:
        with _asked() as store:
            store.delete(name)

    def read(self, name: str) -> bytes | None:
        """None where nothing stands under this name."""
        try:
            with _asked() as store, store.open(name) as file:
                return bytes(file.read())
        except FileNotFoundError:
            return None

    def listdir(self, folder: str) -> tuple[list[str], list[str]]:
        """The folders and files in it."""
        with _asked() as store:
            return store.listdir(folder)

    def since(self, name: str) -> datetime | None:
        """When it was kept; None where nothing stands under this name."""
        try:
            with _asked() as store:
                return store.get_modified_time(name)
        except FileNotFoundError:
            return None


def answers() -> bool:
    """Whether the store says whether it has something."""
    try:
        Reached().exists("00/asked")
    except Away:
        return False
    return True
