"""How do the keys under which contents are sealed change, while people go on working? `manage.py rotate_keys`.

What is done already is passed over, so who stops it goes on with the same command.
"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit import data_keys
from audit.data_keys import KeyFault
from orchestration.documents import store
from orchestration.ground.counts import counted

SAID_EVERY = 1000


class Command(BaseCommand):
    help = "Wrap each data key by the newest master key, and seal what is still kept in clear."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--new", action="store_true", help="make a new master key first")
        parser.add_argument("--drop-old", action="store_true", help="forget master keys of before, in the end")

    def handle(self, *, new: bool, drop_old: bool, **options: Any) -> None:
        if not data_keys.is_sealing():
            raise CommandError("CASEWRIGHT_DATA_KEY names no file: nothing is sealed, so there is nothing to rotate.")
        try:
            if new:
                self.stdout.write(f"New master key {data_keys.master_added()}.")
            wrapped, unread = self._wrap()
            self.stdout.write(f"{counted(wrapped, 'data key')} wrapped anew.")
            sealed, damaged = self._seal()
            self.stdout.write(f"{counted(sealed, 'content')} sealed that were kept in clear.")
            if drop_old and not unread:
                self.stdout.write(f"{counted(data_keys.masters_dropped(), 'master key')} of before forgotten.")
        except KeyFault as fault:
            raise CommandError(str(fault)) from fault
        if unread:
            raise CommandError(f"{unread} data keys could not be read. They, and the master keys, are as they were.")
        if damaged:
            raise CommandError(f"{damaged} contents could not be read. They are as they were.")

    def _wrap(self) -> tuple[int, int]:
        wrapped = unread = 0
        for number, subject in enumerate(data_keys.subjects(), 1):
            try:
                wrapped += data_keys.rewrapped(subject)
            except KeyFault as fault:
                unread += 1
                self.stderr.write(f"{subject}: {fault}")
            self._progress(number, "data keys")
        return wrapped, unread

    def _seal(self) -> tuple[int, int]:
        sealed = damaged = 0
        for number, (name, digest) in enumerate(store.all_kept(), 1):
            try:
                sealed += store.sealed_in_place(name, digest)
            except (store.Damaged, store.Away, KeyFault) as error:
                damaged += 1
                self.stderr.write(str(error))
            self._progress(number, "contents")
        return sealed, damaged

    def _progress(self, number: int, what: str) -> None:
        if not number % SAID_EVERY:
            self.stdout.write(f"{number:,} {what} looked at.")
