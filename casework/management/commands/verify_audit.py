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

from audit.checkpoints import CheckpointFault
from audit.data_keys import KeyFault
from casework.models import Case
from orchestration.shell.verification.checkpoints import Signed, verify_checkpoints
from orchestration.shell.verification.control import control_has_begun, keep_standing, verify_access, verify_control
from orchestration.shell.verification.erased import verify_erased
from orchestration.shell.verification.every import Report, ended, verify_all
from orchestration.shell.verification.kept import Verified
from orchestration.shell.verification.verdict import Fault, Verdict


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
        broken = 0
        heads: list[Verified] = []
        standing = [
            ("rules, roles and actors", verify_control(heads, new_key=new_key)),
            ("access", verify_access(heads, new_key=new_key)),
        ]
        erased, gone = verify_erased()
        standing.append(("erased by order", gone))
        for name, verdict in standing:
            broken += not verdict.ok
            for fault in verdict.faults:
                self.stdout.write(_line(name, fault))
        with tqdm(unit=" events", unit_scale=True, disable=None) as bar:

            def named(case: int, fault: Fault) -> None:
                with bar.external_write_mode(file=self.stdout):
                    self.stdout.write(_line(_called(case), fault))

            def progress(events: int, of_all: int) -> None:
                bar.total = of_all
                bar.update(events)

            report = verify_all(
                whole=whole, processes=processes, cases=cases or None, progress=progress, new_key=new_key,
                named=named,
            )  # fmt: skip
        broken += report.broken
        signed = self._signed() if not cases else None
        broken += signed is not None and bool(signed.faults)
        keep_standing(report.run.pk, heads)
        ended(report, broken, None if cases else sum(verdict.events for _, verdict in standing))
        if broken:
            raise CommandError(f"{broken} histories do not hold")
        self._holds(report, [verdict for _, verdict in standing])
        if erased:
            self.stdout.write(f"Erased by order: {erased} cases, whose links hold without their contents.")
        if signed is not None:
            self.stdout.write(_as_signed(signed))

    def _signed(self) -> Signed | None:
        """What was signed, after each thing that is not so any more was said."""
        try:
            signed = verify_checkpoints()
        except CheckpointFault as fault:
            self.stderr.write(f"Not held against checkpoints. {fault}")
            return None
        for sentence in signed.faults:
            self.stdout.write(f"checkpoints: {sentence}")
        return signed

    def _holds(self, report: Report, standing: list[Verdict]) -> None:
        events = report.read + report.events_before + sum(verdict.events for verdict in standing)
        self.stdout.write(f"All histories hold: {report.cases} cases, {events} events.")
        if report.before:
            self.stdout.write(
                f"Read now: {report.cases - report.before} cases, {report.read} events. {report.before} others stand "
                "as they were verified before, and were not read again; --whole reads them."
            )
        if not control_has_begun():
            self.stdout.write("People, groups and actors were not compared: `manage.py deploy` notes who is there.")
        if report.went_on:
            self.stdout.write(f"This went on with the verification of {report.run.begun:%Y-%m-%d %H:%M} UTC.")


def _as_signed(signed: Signed) -> str:
    if not signed.number:
        return "Nothing was signed yet: what was forged whole, or cut off, does not show."
    return f"All stand as checkpoint {signed.number} of {signed.at} and those before it signed them."


def _called(instance: int) -> str:
    """As pages call the case, and as its chain and this command do where that is another number."""
    found = Case.objects.filter(instance=instance).values_list("pk", flat=True).first()
    return f"case {instance}" if found in (None, instance) else f"case {found} (instance {instance})"


def _line(what: str, fault: Fault) -> str:
    at = f", event {fault.sequence}" if fault.sequence else ""
    return f"{what}{at}: {fault.reason}"
