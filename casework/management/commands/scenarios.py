"""Does a case type do what its authors say? `manage.py scenarios CASE_TYPE ...` runs its scenario files, in memory."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from casework.actors.bundled import CASE_TYPES
from orchestration.casetypes.scenarios import Result, run_files


class Command(BaseCommand):
    help = "Run the scenarios of case types: the *.yaml files in the folder `scenarios` of each. No database is needed."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "case_types", nargs="*", metavar="CASE_TYPE", help="a folder, or the name of one that ships; default: all"
        )

    def handle(self, *, case_types: list[str], **options: Any) -> None:
        wanted = case_types or sorted(path.parent.name for path in CASE_TYPES.glob("*/manifest.yaml"))
        results = [result for name in wanted for result in self.run(name)]
        failed = sum(1 for result in results if result.message)
        if failed:
            raise CommandError(f"{failed} of {len(results)} scenarios do not hold.")
        self.stdout.write(f"All {len(results)} scenarios hold.")

    def run(self, name: str) -> Iterator[Result]:
        """Every run of one case type, each said as it ends."""
        shipped = CASE_TYPES / name
        folder = (shipped if shipped.is_dir() else Path(name)) / "scenarios"
        if not any(folder.glob("*.yaml")):
            raise CommandError(f"{name} has no scenarios: no *.yaml file is in {folder}.")
        for result in run_files([folder]):
            said = f"FAILS  {result.file}, {result.run}: {result.message}"
            self.stdout.write(said if result.message else f"holds  {result.file}, {result.run}")
            yield result
