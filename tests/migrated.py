"""Does each database of a test run have to be migrated anew? No: the first is, and the others begin with what it left.

A hundred migrations take ten seconds of a core. What they leave in an empty database depends on their files and the
pinned packages alone, so it is kept in `build/` by the hash of both, as pg_dump writes it, also for the next run. There
Django finds nothing left to do; whoever changes a migration migrates in full.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
from typing import Final

from casework.runtime.database_programs import program
from casework.runtime.locations import ROOT

KEPT: Final = ROOT / "build"
PACKAGES: Final = ("audit", "casework", "orchestration")


def migrate(database: str) -> None:
    """Bring an empty database, by its address, to the tables of this checkout."""
    kept = KEPT / f"migrated-{_release()}.sql"
    if kept.exists():
        _run("psql", "-qX", "-v", "ON_ERROR_STOP=1", "-o", os.devnull, "-f", str(kept), "-d", database)
        return
    _migrate_in_full(database)
    KEPT.mkdir(exist_ok=True)
    unfinished = kept.with_suffix(f".{os.getpid()}")
    _run("pg_dump", "--no-owner", "--no-privileges", "-f", str(unfinished), "-d", database)
    for older in KEPT.glob("migrated-*.sql"):
        older.unlink(missing_ok=True)
    unfinished.rename(kept)


def _migrate_in_full(database: str) -> None:
    """By the product's own command, with keys of its own."""
    with tempfile.TemporaryDirectory() as folder:
        places = {"CASEWRIGHT_DATA_KEY": f"{folder}/data.key", "CASEWRIGHT_DATA_KEYS": f"{folder}/keys"}
        settings = {"DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "casework.settings"} | places
        command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        subprocess.run(command, cwd=ROOT, env=os.environ | settings, check=True)


def _release() -> str:
    """What the tables depend on, as a hash."""
    files = sorted(file for package in PACKAGES for file in (ROOT / package / "migrations").glob("*.py"))
    files += (ROOT / "orchestration" / "knowledge").glob("vectors.py")  # what is made after the migrations
    digest = hashlib.sha256()
    for file in (*files, ROOT / "requirements.txt"):
        digest.update(f"{file.relative_to(ROOT)}\n{file.read_text(encoding='utf-8')}\n".encode())
    return digest.hexdigest()[:16]


def _run(name: str, *arguments: str) -> None:
    subprocess.run([program(name), *arguments], check=True, cwd="/")
