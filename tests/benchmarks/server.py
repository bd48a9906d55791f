"""Where are the figures measured? On an embedded PostgreSQL of the run's own, with every durability setting on."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from casework.runtime.locations import Locations
from casework.runtime.postgres import Postgres


@contextmanager
def product() -> Iterator[str]:
    """Start the server, migrate, deploy what ships, and give the connection string; all gone at the end."""
    folder = Path(tempfile.mkdtemp(prefix="cw-bench-", dir="/tmp"))
    folder.chmod(0o755)  # for root, the server runs as `nobody`
    server = Postgres(Locations(state=folder, sockets=folder / "s"))
    try:
        server.start()
        dsn = f"host={folder / 's'} user=casewright dbname=casewright"
        os.environ["DATABASE_URL"] = f"postgresql://casewright@/casewright?host={folder / 's'}"
        os.environ["CASEWRIGHT_DATA_KEY"], os.environ["CASEWRIGHT_DATA_KEYS"] = f"{folder}/data.key", f"{folder}/keys"
        os.environ["CELERY_BROKER_URL"] = "memory://"
        os.environ["DATABASE_CONN_MAX_AGE"] = "3600"
        configured()
        _set_up()
        yield dsn
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def configured() -> None:
    """Let models be imported; nothing is asked of a database."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "casework.settings"
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    import django

    django.setup()


def _set_up() -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("deploy", verbosity=0)
