"""Does every history hold? `manage.py verify_audit` checks all chains, rebuilds every case and compares its rows.

What stands as it was verified last is not read again; `--whole` reads everything. A run that was interrupted is gone on
with by the next one.
"""

from __future__ import annotations

import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from audit.data_keys import KeyFault
from casework.proof.histories import called
from orchestration.ground.counts import counted
from orchestration.shell.verification.checkpoints import Signed
from orchestration.shell.verification.control import control_has_begun
from orchestration.shell.verification.every import Report
from orchestration.shell.verification.everything import verify_everything
from orchestration.shell.verification.verdict import Verdict


class Command(BaseCommand):
    help = "Check every hash chain, and compare what the events lead to with the stored states and rows."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("cases", nargs="*", type=int, help="instance numbers; default: all")
        parser.add_argument("--whole", action="store_true", help="read every event, whatever was verified before")
        parser.add_argument(
            "--new-key", action="store_true", help="CASEWRIGHT_SECRET_KEY was changed on purpose: sign anew what holds"
        )
        parser.add_argument("--processes", type=int, default=min(2, os.cpu_count() or 1))

    def handle(self, **options: Any) -> None:
        try:
            self._verify(**options)
        except KeyFault as fault:
            raise CommandError(f"What is sealed could not be read, so not all was verified. {fault}") from fault

    def _verify(self, *, cases: list[int], whole: bool, processes: int, new_key: bool, **options: Any) -> None:
        with tqdm(unit=" events", unit_scale=True, disable=None) as bar:

            def told(line: str) -> None:
                with bar.external_write_mode(file=self.stdout):
                    self.stdout.write(line)

            def progress(events: int, of_all: int) -> None:
                bar.total = of_all
                bar.update(events)

            found = verify_everything(
                whole=whole, processes=processes, cases=cases or None, new_key=new_key, told=told, called=called,
                progress=progress,
            )  # fmt: skip
        if found.unsigned:
            self.stderr.write(f"Not held against checkpoints. {found.unsigned}")
        if found.broken:
            raise CommandError(counted(found.broken, "history does not hold", "histories do not hold"))
        self._holds(found.report, found.standing)
        if found.erased:
            self.stdout.write(
                f"Erased by order: {counted(found.erased, 'case')}, whose links hold without their contents."
            )
        if found.signed is not None:
            self.stdout.write(_as_signed(found.signed))

    def _holds(self, report: Report, standing: tuple[Verdict, ...]) -> None:
        events = report.read + report.events_before + sum(verdict.events for verdict in standing)
        self.stdout.write(f"All histories hold: {counted(report.cases, 'case')}, {counted(events, 'event')}.")
        if report.before:
            cases, read = counted(report.cases - report.before, "case"), counted(report.read, "event")
            others = counted(report.before, "other stands", "others stand")
            self.stdout.write(
                f"Read now: {cases}, {read}. {others} as verified before, not read again; --whole reads all."
            )
        if not control_has_begun():
            self.stdout.write("People, groups and actors were not compared: `manage.py deploy` notes who is there.")
        if report.went_on:
            self.stdout.write(f"This went on with the verification of {report.run.begun:%Y-%m-%d %H:%M} UTC.")


def _as_signed(signed: Signed) -> str:
    if not signed.number:
        return "Nothing was signed yet: what was forged whole, or cut off, does not show."
    return f"All stand as checkpoint {signed.number} of {signed.at} and those before it signed them."
