"""How does a sealed backup become unreadable, wherever copies of it are? `manage.py forget_backup FILE`."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit import data_keys
from audit.sealed_streams import subject_of


class Command(BaseCommand):
    help = "Destroy the key of a sealed backup. Nobody reads it any more, nor any copy of it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, **options: Any) -> None:
        if not file.is_file():
            raise CommandError(f"There is no file {file}.")
        with file.open("rb") as source:
            subject = subject_of(source)
        if not subject.startswith("backup-"):
            raise CommandError(f"{file} is no sealed backup. Throw it away, with each copy of it.")
        if not data_keys.has_key(subject):
            raise CommandError("Its key is destroyed already, or is not where it was.")
        data_keys.destroy(subject)
        self.stdout.write(f"The key of {file} is destroyed: nobody reads it any more, nor any copy of it.")
