"""How do the case types that ship get into the product? `manage.py deploy [FOLDER ...]`."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.services import Origin
from casework.roles import ensure_roles
from casework.shipped import CASE_TYPES, ensure_actors
from orchestration.casetypes import folder_files
from orchestration.deployment import deploy
from orchestration.services import Refused


class Command(BaseCommand):
    help = "Deploy case types: each folder becomes one immutable version, unless the newest has the same files already."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folders", nargs="*", type=Path, help="default: all case types that ship")
        parser.add_argument("--note", default="Shipped with Casewright")

    def handle(self, *, folders: list[Path], note: str, **options: Any) -> None:
        for folder in folders or [path for path in sorted(CASE_TYPES.iterdir()) if (path / "manifest.yaml").exists()]:
            outcome = deploy(folder_files(folder), Origin("system:setup"), note=note)
            if isinstance(outcome, Refused):
                raise CommandError("\n".join([f"{folder.name} was not deployed:", *outcome.errors.values()]))
            ensure_roles(outcome.case_type)
            said = "deployed" if outcome.created else "is there already"
            self.stdout.write(f"{outcome.case_type.name}: version {outcome.definition.version} {said}")
            ensure_actors(folder / "training")
