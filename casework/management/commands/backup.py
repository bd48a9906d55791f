"""How is all that the product knows put into one file? `manage.py backup FILE`, while people go on working."""

from __future__ import annotations

import os
import subprocess
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from casework.runtime.database_programs import program, reach


class Command(BaseCommand):
    help = "Write the database as it is at this moment into a file (pg_dump's own format), readable by its owner alone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, **options: Any) -> None:
        if file.exists():
            raise CommandError(f"{file} is there already.")
        unfinished = file.with_name(file.name + ".unfinished")
        command: list[str | Path] = [program("pg_dump"), "--format=custom", "--no-owner", "--no-privileges"]
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            done = subprocess.run(  # noqa: S603
                command, env=reach(connection.settings_dict), stdout=out, stderr=subprocess.PIPE, check=False, text=True
            )
        if done.returncode:
            unfinished.unlink()
            raise CommandError(f"Nothing was written: {done.stderr.strip()}")
        unfinished.rename(file)
        self.stdout.write(f"{file} has everything, {file.stat().st_size:,} bytes. Keep the secret key with it, apart.")
