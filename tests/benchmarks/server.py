"""Where are the figures measured? On an embedded PostgreSQL of the run's own, with every durability setting on.

Each section begins with what ships and nothing else: with a database and a state folder as they were set up, and in a
process of its own. What one leaves behind, or replaces in the product, is no other's.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psycopg

from casework.runtime.locations import ROOT, Locations, locations
from casework.runtime.postgres import Postgres
from tests.migrated import migrate

SYSTEMS: Final = "DEMO_SYSTEMS_BELOW"
"""An environment variable with the state folder in which the systems of the demo were set up."""
AS_SET_UP: Final = "as_set_up"
"""The name of the database, and of the folder, that no section touches."""


@contextmanager
def product(ships: bool = True) -> Iterator[str]:
    """Start the server, migrate, deploy what ships (unless `ships` says not), and give the connection string; all gone
    at the end."""
    folder = Path(tempfile.mkdtemp(prefix="cw-bench-", dir="/tmp"))
    folder.chmod(0o755)  # for root, the server runs as `nobody`
    server = Postgres(Locations(state=folder, sockets=folder / "s"))
    try:
        server.start()
        os.environ.update({
            SYSTEMS: str(locations().state), "CASEWRIGHT_STATE": f"{folder}/state", "CELERY_BROKER_URL": "memory://",
            "DATABASE_URL": f"postgresql://casewright@/casewright?host={folder / 's'}", "DATABASE_CONN_MAX_AGE": "3600",
            "CASEWRIGHT_DATA_KEY": f"{folder}/state/data.key", "CASEWRIGHT_DATA_KEYS": f"{folder}/state/keys",
        })  # fmt: skip
        configured()
        migrate(os.environ["DATABASE_URL"])
        if ships:
            subprocess.run([sys.executable, "manage.py", "deploy"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        yield f"host={folder / 's'} user=casewright dbname=casewright"
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def kept(dsn: str) -> None:
    """Put what was set up aside, for `begun_anew`."""
    with psycopg.connect(dsn, dbname="postgres", autocommit=True) as server:
        server.execute(f"alter database casewright rename to {AS_SET_UP}")
    state = Path(os.environ["CASEWRIGHT_STATE"])
    state.mkdir(exist_ok=True)  # where nothing was deployed, nothing stands in it
    state.rename(state.with_name(AS_SET_UP))


def begun_anew(dsn: str) -> None:
    """Leave nothing of what was measured before, under the same addresses."""
    with psycopg.connect(dsn, dbname="postgres", autocommit=True) as server:
        server.execute("drop database if exists casewright with (force)")
        server.execute(f"create database casewright template {AS_SET_UP}")
    state = Path(os.environ["CASEWRIGHT_STATE"])
    shutil.rmtree(state, ignore_errors=True)
    shutil.copytree(state.with_name(AS_SET_UP), state)


def configured() -> None:
    """Let models be imported; nothing is asked of a database."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "casework.settings"
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    import django

    django.setup()
