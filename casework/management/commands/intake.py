"""How do cases come in from a file? `manage.py intake complaint messages.csv` makes one of every row, once.

Exit status: 0 all rows are cases now, 1 some rows are bad (each is named by its line), 2 the file cannot be used,
130 stopped by Ctrl-C. Running it again brings in what is missing and doubles nothing.
"""

from __future__ import annotations

import signal
import sys
import time
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError
from django.db import Error as DatabaseError
from tqdm import tqdm

from casework.intake.rows import BadRow, Table, Unusable, table
from casework.intake.run import Sender, take_in
from casework.models import Case
from orchestration.casetypes.case_type import Intake, by_definition, current
from orchestration.models import Definition

BAD_ROWS, UNUSABLE, STOPPED = 1, 2, 130
SOURCE_MOST = Case._meta.get_field("source").max_length or 64


@dataclass
class Tally:
    """What became of the rows so far."""

    began: float = field(default_factory=time.monotonic)
    counts: Counter[str] = field(default_factory=Counter)

    def line(self, dry_run: bool) -> str:
        seconds = max(time.monotonic() - self.began, 0.001)
        rows = self.counts.total()
        told = f"{self.counts['new']:,} new, {self.counts['there']:,} already there, {self.counts['bad']:,} bad"
        what = "rows would be" if dry_run else "rows"
        return f"{rows:,} {what}: {told} ({seconds:.1f} s, {rows / seconds:,.0f} a second)"


class Command(BaseCommand):
    help = "Bring in cases from a CSV file (UTF-8; the first line names the columns), each row once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("case_type", help="which case type, as `complaint`")
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--source", default="file",
            help="who sent it: references (or equal rows without one) make one case for each source [file]",
        )  # fmt: skip
        parser.add_argument("--dry-run", action="store_true", help="check every row, and bring in none")

    def handle(self, *, case_type: str, file: Path, source: str, dry_run: bool, **options: Any) -> None:
        intake = _intake(case_type)
        sender = Sender(case_type, _source(source), file.name, dry_run)
        tally = Tally()
        try:
            with _opened(file) as stream, _interrupts() as stop:
                self._take_in(_usable(stream, intake), sender, tally, stop, file.stat().st_size)
        except DatabaseError as error:
            self.stdout.write(tally.line(dry_run))
            told = f"The database failed ({type(error).__name__}). Run this again: what came in stays, nothing doubles."
            raise CommandError(told, returncode=UNUSABLE) from error
        self.stdout.write(tally.line(dry_run))
        if stop.is_set():
            self.stdout.write("Stopped. Run it again to go on: nothing is doubled.")
        if status := STOPPED if stop.is_set() else BAD_ROWS if tally.counts["bad"] else 0:
            sys.exit(status)

    def _take_in(self, rows: Table, sender: Sender, tally: Tally, stop: Event, size: int) -> None:
        with _progress(sender.file, size) as bar:
            for outcome in take_in(rows, sender):
                if isinstance(outcome, BadRow):
                    bar.write(f"{sender.file}:{outcome.line}: {outcome.reason}", file=self.stderr)
                    tally.counts["bad"] += 1
                else:
                    tally.counts["new" if outcome.created else "there"] += 1
                bar.set_postfix(tally.counts, refresh=False)
                bar.update(rows.lines.read - bar.n)
                if stop.is_set():
                    return


def _intake(case_type: str) -> Intake:
    try:
        return by_definition(current(case_type).pk).intake
    except Definition.DoesNotExist as missing:
        raise CommandError(f"{missing}.", returncode=UNUSABLE) from None


def _source(source: str) -> str:
    if not 1 <= len(source) <= SOURCE_MOST:
        raise CommandError(f"--source: a name of at most {SOURCE_MOST} characters is needed.", returncode=UNUSABLE)
    return source


def _opened(file: Path) -> BinaryIO:
    try:
        return file.open("rb")
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.", returncode=UNUSABLE) from None


def _usable(stream: BinaryIO, intake: Intake) -> Table:
    found = table(stream, intake)
    if isinstance(found, Unusable):
        raise CommandError(f"Nothing was brought in. {found.reason}", returncode=UNUSABLE)
    return found


def _progress(name: str, size: int) -> tqdm[Any]:
    """A bar over the bytes of the file: how many rows there are is known only at its end."""
    every = 0.1 if sys.stderr.isatty() else 5
    return tqdm(total=size, desc=name, unit="B", unit_scale=True, mininterval=every, dynamic_ncols=True)


@contextmanager
def _interrupts() -> Iterator[Event]:
    """Set once Ctrl-C was pressed, so that the row in hand is finished first; pressed again, it interrupts at once."""
    stop = Event()

    def pressed(*_: object) -> None:
        stop.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    before = signal.signal(signal.SIGINT, pressed)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)
