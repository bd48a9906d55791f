"""Has the database been made ready by this very release already? Then a start need not ask again what takes seconds.

A file beside the embedded database names the release (a digest of names, sizes and times of its files) that migrated it
last, and what was said then. Whatever is changed, in the release or by another one on the same data, makes it void.
"""

import hashlib
import json
import os
import subprocess
from contextlib import suppress
from pathlib import Path

from casework.runtime.database_programs import asked
from casework.runtime.locations import Locations

ONCE = ("deployed", "on their way")
PACKAGES = ("audit", "orchestration", "casework")
SUFFIXES = frozenset({".py", ".bpmn", ".cmmn", ".dmn", ".yaml", ".json", ".csv", ".sql"})


def release() -> str:
    """Stands for the files of the product as they are now."""
    home = Path(__file__).resolve().parents[2]
    found = hashlib.sha256()
    for package in PACKAGES:
        for file in sorted((home / package).rglob("*")):
            if file.suffix in SUFFIXES:
                facts = file.stat()
                found.update(f"{file.relative_to(home)} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return found.hexdigest()


def said_when_prepared(places: Locations, of: str) -> str | None:
    """What was said when this release made the database ready; None when it has not."""
    with suppress(OSError, ValueError, KeyError):
        kept = json.loads(_file(places).read_text())
        return str(kept["said"]) if kept["release"] == of else None
    return None


def keep_prepared(places: Locations, of: str, said: str) -> None:
    """Keep that this release made the database ready; only what is still true at the next start is kept of `said`."""
    lines = [line for line in said.splitlines() if not any(word in line for word in ONCE)]
    with (
        suppress(OSError),
        os.fdopen(os.open(_file(places), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file,
    ):
        json.dump({"release": of, "said": "\n".join(lines)}, file)


def has_tables(places: Locations) -> bool:
    """Whether the embedded database is there and has been migrated at all."""
    with suppress(subprocess.CalledProcessError):
        return bool(asked(places.database_url, "select to_regclass('django_migrations')"))
    return False


def _file(places: Locations) -> Path:
    return places.state / "prepared.json"
