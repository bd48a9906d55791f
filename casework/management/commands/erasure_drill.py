"""Does an erasure leave nothing? `manage.py erasure_drill` plants a person, erases them, and looks everywhere.

First it plants them in a case of somebody else's too, takes them out of that, and looks through all that is kept of it.

With `--backup` also in a backup that was made before: it is restored into a database of its own, as `restore` does.
"""

from __future__ import annotations

import getpass
import secrets
from argparse import ArgumentParser
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit import data_keys
from audit.sealed_values import case_subject
from audit.services import Origin
from casework.documents.services import file_of
from casework.erasure.again import erase_again
from casework.erasure.erasing import erase_now
from casework.erasure.everywhere import Everywhere, look
from casework.erasure.finding import traces
from casework.erasure.rehearsal import backed_up, restored
from casework.erasure.taking_out import take_out_now
from casework.erasure.words import Words
from casework.intake.services import Opened, case_open
from casework.models import UnsentForm
from orchestration.ground import clock
from orchestration.ground.counts import counted
from orchestration.ground.refusals import Refused


class Command(BaseCommand):
    help = "Plant a made-up person in a complaint, erase them as an order does, and look for them in all that is kept."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--backup", action="store_true", help="also restore a backup of before, and look there")
        parser.add_argument("--case-type", default="complaint", help="one that takes a message and a customer")

    def handle(self, *, case_type: str, backup: bool, **options: Any) -> None:
        mark = f"Zq{secrets.token_hex(8)}"
        self._take_out(f"Zq{secrets.token_hex(8)}", case_type)
        chain = _plant(mark, case_type)
        planted = look(mark)
        if not planted.hits:
            raise CommandError("The planted person was not found before the erasure: this drill shows nothing.")
        self.stdout.write(f"Planted in a case of {case_type}: found in {counted(len(planted.hits), 'place')}.")
        with ExitStack() as made:
            file = made.enter_context(backed_up()) if backup else None
            self._erase(chain, mark)
            self._say(look(mark), "Erased")
            if file is not None:
                self._restore(file, mark)

    def _take_out(self, mark: str, case_type: str) -> None:
        """Of a case of somebody else's, which goes as well when it was looked through."""
        chain = _plant_mention(mark, case_type)
        if not (planted := look(mark)).hits:
            raise CommandError("The mention that was planted was not found before: this drill shows nothing.")
        self.stdout.write(f"Mentioned in a case of somebody else's: found in {counted(len(planted.hits), 'place')}.")
        origin = Origin(f"operator:{getpass.getuser()}", cause="manage.py erasure_drill")
        taken = take_out_now(chain=chain, words=Words((mark,)), order=0, origin=origin)
        if isinstance(taken, Refused):
            raise CommandError(taken.message)
        self._say(look(mark), "Taken out, and the case of somebody else's verifies")
        erase_now(chain=chain, order=0, why="A drill with a made-up person.", origin=origin)

    def _erase(self, chain: int, mark: str) -> None:
        origin = Origin(f"operator:{getpass.getuser()}", cause="manage.py erasure_drill")
        if erase_now(chain=chain, order=0, why="A drill with a made-up person.", origin=origin) is None:
            raise CommandError("The planted case was gone before it was erased.")
        UnsentForm.objects.filter(pk__in=traces((mark,)).forms).delete()
        if data_keys.has_key(case_subject(chain)):
            raise CommandError("The key of the planted case is still there, and opens a backup of before.")

    def _restore(self, file: Path, mark: str) -> None:
        with restored(file):
            had = look(mark)
            if not had.hits:
                raise CommandError("The backup of before does not have the planted person: this shows nothing.")
            self.stdout.write(f"The backup of before has them in {counted(len(had.hits), 'place')}.")
            erase_again()
            UnsentForm.objects.filter(pk__in=traces((mark,)).forms).delete()
            self._say(look(mark), "Restored and erased again")

    def _say(self, left: Everywhere, done: str) -> None:
        for place in left.hits:
            self.stdout.write(f"Still there: {place}")
        looked = f"{left.tables} tables, {left.files} files, {left.keys} keys of broker and cache"
        if left.hits:
            raise CommandError(f"{counted(len(left.hits), 'hit')} in {looked}.")
        self.stdout.write(f"{done}: 0 hits in {looked}.")


def _plant_mention(mark: str, case_type: str) -> int:
    """A case of somebody else's in which the person stands: in what was written, its reference and a document."""
    data = {"message": f"Ask {mark} about it, {mark}!", "customer": {"name": "Otto Drill", "email": "otto@example.org"}}
    file = file_of(f"{mark}.txt", f"A note about {mark}.".encode())
    outcome = case_open(
        by=None, case_type=case_type, reference=f"DRILL of {mark}", source="drill", data=data,
        file=None if isinstance(file, Refused) else file,
    )  # fmt: skip
    if not isinstance(outcome, Opened):
        raise CommandError(f"No case could be planted: {outcome.message}")
    return outcome.case.instance_id


def _plant(mark: str, case_type: str) -> int:
    """A case, its document, and a form that nobody sent; the number of its chain."""
    data = {"message": f"I am {mark}, call me.", "customer": {"name": mark, "email": f"{mark.lower()}@example.org"}}
    file = file_of(f"{mark}.txt", f"A letter of {mark}.".encode())
    outcome = case_open(
        by=None, case_type=case_type, reference=f"DRILL-{mark}", source="drill", data=data,
        file=None if isinstance(file, Refused) else file,
    )  # fmt: skip
    if not isinstance(outcome, Opened):
        raise CommandError(f"No case could be planted: {outcome.message}")
    UnsentForm.objects.create(
        token=secrets.token_urlsafe(32), action="/cases/new/", fields=f"message={mark}", created=clock.utc_now()
    )
    return outcome.case.instance_id
