"""How is all that the product knows put into one file? `manage.py backup FILE`, while people go on working."""

from __future__ import annotations

import os
import subprocess
from argparse import ArgumentParser
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError

from audit.db.reaching import environment
from casework.runtime.database_programs import program


class Command(BaseCommand):
    help = "Write the database as it is at this moment into a file (pg_dump's own format), readable by its owner alone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, **options: Any) -> None:
        if file.exists():
            raise CommandError(f"{file} is there already.")
        unfinished = file.with_name(file.name + ".unfinished")
        command: list[str | Path] = [program("pg_dump"), "--format=custom", "--no-owner", "--no-privileges"]
        with _new(unfinished) as out:
            done = subprocess.run(  # noqa: S603
                command, env=environment(), stdout=out, stderr=subprocess.PIPE, check=False, text=True
            )
            os.fsync(out.fileno())
        if done.returncode:
            unfinished.unlink()
            raise CommandError(f"Nothing was written: {done.stderr.strip()}")
        unfinished.rename(file)
        _sync_folder(file.parent)
        self.stdout.write(f"{file} has everything, {file.stat().st_size:,} bytes. Keep the secret key with it, apart.")


def _new(file: Path) -> IO[bytes]:
    """A file that nobody else could ever read. One that is there already is somebody's, or was left by a backup that
    was killed, with whatever rights it has."""
    file.unlink(missing_ok=True)
    return open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _sync_folder(folder: Path) -> None:
    """So that a machine that loses its power has the file by its new name."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
