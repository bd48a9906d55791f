"""How does a backup become the product's database again? `manage.py restore FILE`, into an empty one."""

from __future__ import annotations

import subprocess
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from audit.data_keys import KeyFault, key_of
from audit.db.reaching import environment
from audit.sealed_streams import opened_stream, subject_of
from casework.erasure.again import erase_again, mentions_again
from casework.models import SearchedCase
from casework.runtime.database_programs import program
from orchestration.ground.counts import counted


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
            "--dbname", reached["PGDATABASE"],
        ]  # fmt: skip
        if wrong := _read(command, reached, file):
            raise CommandError(f"Nothing was restored: {wrong}")
        call_command("migrate", verbosity=0)
        if again := erase_again():
            self.stdout.write(f"{again} erased again, which the backup had still.")
        for rebuild in ("rebuild_lists", "rebuild_search") if not SearchedCase.objects.exists() else ():
            self._made_anew(rebuild)  # a backup of sealed cases leaves out what these make
        mentioned = mentions_again()
        if mentioned.taken:
            self.stdout.write(f"Taken out again of {counted(mentioned.taken, 'case')} of others, which named them.")
        for chain, order in mentioned.left:
            self.stdout.write(f"History {chain} names again whom order {order} took out: ask for it anew.")
        call_command("verify_audit", "--whole", *["--new-key"] * new_key, stdout=self.stdout)

    def _made_anew(self, command: str) -> None:
        """What one case lacks keeps nothing else from being restored; the verification at the end fails by it."""
        try:
            call_command(command, stdout=self.stdout, stderr=self.stderr)
        except CommandError as missed:
            self.stderr.write(str(missed))


def _read(command: list[str | Path], reached: dict[str, str], file: Path) -> str:
    """Gives the backup to the program that reads it, opened on the way where it is sealed; what went wrong."""
    with file.open("rb") as source, tempfile.TemporaryFile("w+") as said:
        try:
            if subject := subject_of(source):
                status = _opened(command, reached, opened_stream(subject, key_of(subject), source), said)
            else:
                status = subprocess.run([*command, file], env=reached, stderr=said, check=False).returncode  # noqa: S603
        except KeyFault as fault:
            return f"{file} cannot be opened: {fault}"
        said.seek(0)
        return said.read().strip() or "it ended with a fault" if status else ""


def _opened(command: list[str | Path], reached: dict[str, str], pieces: Iterator[bytes], said: IO[str]) -> int:
    """All of it is one transaction: what does not come to its end has changed nothing. Raises KeyFault."""
    reading = subprocess.Popen(command, env=reached, stdin=subprocess.PIPE, stderr=said)  # noqa: S603
    assert reading.stdin is not None  # it was asked for
    try:
        for piece in pieces:
            reading.stdin.write(piece)
        reading.stdin.close()
    except BrokenPipeError:
        pass  # it has ended, and said why
    except KeyFault:
        reading.kill()
        reading.wait()
        raise
    return reading.wait()
