"""Which embedded services are needed here? Those that no environment variable replaces by a server of your own."""

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager

from casework.runtime.locations import Locations
from casework.runtime.lock import AlreadyRunning, take_lock
from casework.runtime.postgres import Postgres
from casework.runtime.valkey import Valkey

ONE_COMMAND = "for one command"
PASSING = 30.0
"""Seconds to wait for a database that is about to come up, or for a lock that is about to be given back."""


@contextmanager
def embedded_services(places: Locations, lock: int) -> Iterator[list[Postgres | Valkey]]:
    """PostgreSQL and Valkey run inside the block, unless DATABASE_URL and CELERY_BROKER_URL name others."""
    services: list[Postgres | Valkey] = []
    if not os.environ.get("DATABASE_URL"):
        services.append(Postgres(places, keep=(lock,)))
    if not os.environ.get("CELERY_BROKER_URL"):
        services.append(Valkey(places, keep=(lock,)))
    try:
        for service in services:
            service.start()
        yield services
    finally:
        for service in reversed(services):
            service.stop()
        shutil.rmtree(places.sockets, ignore_errors=True)


@contextmanager
def services_for_one_command(places: Locations) -> Iterator[None]:
    """The services inside the block: those of the product if it runs, else started for the while."""
    lock = _lock_unless_serving(places)
    if lock is None:
        yield
        return
    with embedded_services(places, lock):
        yield
    os.close(lock)


def _lock_unless_serving(places: Locations) -> int | None:
    """The lock, after waiting for other single commands; None when the product runs and has the services up.

    While the product starts, or its last process ends, the lock is taken and the database is not there: that passes.
    """
    until = time.monotonic() + PASSING
    while True:
        try:
            return take_lock(places, address=ONE_COMMAND)
        except AlreadyRunning as running:
            if running.owner.get("address") != ONE_COMMAND and (_database_is_there(places) or time.monotonic() > until):
                return None
        time.sleep(0.2)


def _database_is_there(places: Locations) -> bool:
    return bool(os.environ.get("DATABASE_URL")) or places.postgres_socket.exists()
