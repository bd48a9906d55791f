"""How is all that the product knows put into one file? `manage.py backup FILE`, while people go on working."""

from __future__ import annotations

import os
import secrets
import subprocess
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import IO, Any, Final

from django.core.management.base import BaseCommand, CommandError

from audit import data_keys
from audit.data_keys import KeyFault
from audit.db.reaching import environment
from audit.lasting_files import sync
from audit.sealed_streams import seal_stream
from casework.runtime.database_programs import program

MADE_ANEW: Final = ("casework_listedvalue", "casework_searchedcase", "casework_searchedword")
"""What finds and orders cases says in clear what these hold sealed: a backup would remember it of who is erased."""


class Command(BaseCommand):
    help = "Write the database as it is at this moment into a file (pg_dump's own format), readable by its owner alone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--sealed", action="store_true", help="under a key of its own, which forget_backup destroys"
        )

    def handle(self, *, file: Path, sealed: bool = False, **options: Any) -> None:
        if file.exists():
            raise CommandError(f"{file} is there already.")
        unfinished = file.with_name(file.name + ".unfinished")
        command: list[str | Path] = [program("pg_dump"), "--format=custom", "--no-owner", "--no-privileges"]
        command += [f"--exclude-table-data={table}" for table in MADE_ANEW if data_keys.is_sealing()]
        with _new(unfinished) as out:
            wrong = _sealed(command, out) if sealed else _dumped(command, out)
            os.fsync(out.fileno())
        if wrong:
            unfinished.unlink()
            raise CommandError(f"Nothing was written: {wrong}")
        unfinished.rename(file)
        sync(file.parent)
        self.stdout.write(f"{file} has everything, {file.stat().st_size:,} bytes. Keep the secret key with it, apart.")
        if data_keys.is_sealing():
            self.stdout.write(
                "Sealed cases in it come back only with the folder of keys and the master key: mirror both."
            )
        if sealed:
            self.stdout.write("It is sealed: without its data key and the master key nobody reads it, nor do you.")


def _dumped(command: list[str | Path], out: IO[bytes]) -> str:
    """Writes the dump; what went wrong."""
    done = subprocess.run(  # noqa: S603
        command, env=environment(), stdout=out, stderr=subprocess.PIPE, check=False, text=True
    )
    return done.stderr.strip() or "it ended with a fault" if done.returncode else ""


def _sealed(command: list[str | Path], out: IO[bytes]) -> str:
    """Writes the dump sealed as it comes; what went wrong. The key of what did not come to its end is destroyed."""
    subject = f"backup-{secrets.token_hex(8)}"
    try:
        key = data_keys.key_of(subject, make=True)
    except KeyFault as fault:
        return str(fault)
    with tempfile.TemporaryFile("w+") as said:
        dump = subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, stderr=said)  # noqa: S603
        assert dump.stdout is not None  # it was asked for
        seal_stream(subject, key, dump.stdout, out)
        if not dump.wait():
            return ""
        data_keys.destroy(subject)
        said.seek(0)
        return said.read().strip() or "it ended with a fault"


def _new(file: Path) -> IO[bytes]:
    """A file that nobody else could ever read. One that is there already is somebody's, or was left by a backup that
    was killed, with whatever rights it has."""
    file.unlink(missing_ok=True)
    return open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
