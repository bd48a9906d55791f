"""How does a backup become the product's database again? `manage.py restore FILE`, into an empty one."""

from __future__ import annotations

import subprocess
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from audit.db.reaching import environment
from casework.erasure.again import erase_again
from casework.runtime.database_programs import program


class Command(BaseCommand):
    help = "Read a backup into an empty database, migrate it to this release, and verify every history."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--new-key", action="store_true", help="CASEWRIGHT_SECRET_KEY is another than then")

    def handle(self, *, file: Path, new_key: bool, **options: Any) -> None:
        if not file.is_file():
            raise CommandError(f"There is no file {file}.")
        if connection.introspection.table_names():
            raise CommandError("The database is not empty. Restore into a new one, so that nothing is lost.")
        connection.close()
        reached = environment()
        command: list[str | Path] = [
            program("pg_restore"), "--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges",
            "--dbname", reached["PGDATABASE"], file,
        ]  # fmt: skip
        done = subprocess.run(command, env=reached, capture_output=True, check=False, text=True)  # noqa: S603
        if done.returncode:
            raise CommandError(f"Nothing was restored: {done.stderr.strip()}")
        call_command("migrate", verbosity=0)
        if again := erase_again():
            self.stdout.write(f"{again} erased again, which the backup had still.")
        call_command("verify_audit", "--whole", *["--new-key"] * new_key, stdout=self.stdout)
