"""How do the case types that ship get into the product? `manage.py deploy [FOLDER ...]`."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.services import Origin
from casework.access.roles import ensure_roles
from casework.access.roles_verification import control_begin
from casework.actors.bundled import CASE_TYPES, ensure_actors, ensure_reader
from casework.actors.recommenders import ensure_recommender
from casework.actors.shipped import ensure_prompts, ensure_shipped
from casework.erasure.rules import rule_begin
from casework.knowledge.shipped import ensure_knowledge
from orchestration.casetypes.case_type import by_definition, current, folder_files, read
from orchestration.casetypes.deployment import deploy
from orchestration.casetypes.derived import lower_than_their_source
from orchestration.casetypes.offered import unoffered
from orchestration.ground.refusals import Refused
from orchestration.models import Definition


class Command(BaseCommand):
    help = "Deploy case types: each folder becomes one immutable version, unless the newest has the same files already."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folders", nargs="*", type=Path, help="default: all that ship and nobody has changed since")
        parser.add_argument("--note", default="Shipped with Casewright")

    def handle(self, *, folders: list[Path], note: str, **options: Any) -> None:
        chosen = folders or shipped_folders()
        for folder in chosen:
            files = folder_files(folder)
            if not folders and (kept := kept_by_people(files)) is not None:
                self.stdout.write(f"{kept.name}: version {kept.version} stays; a person has published it")
            else:
                self.deploy(folder, files, note)
            for line in (*ensure_actors(folder / "training"), *ensure_recommender(folder / "training")):
                self.stdout.write(line)
            for name in ensure_knowledge(folder / "knowledge"):
                self.stdout.write(f"{name}: in the knowledge base")
            for line in ensure_shipped(folder / "actors"):
                self.stdout.write(line)
        for line in ensure_prompts(shipped_folders()):
            self.stdout.write(line)
        ensure_reader()
        control_begin(Origin("system:setup"))
        for folder in chosen:
            self.warn(folder)

    def deploy(self, folder: Path, files: dict[str, str], note: str) -> None:
        outcome = deploy(files, Origin("system:setup"), note=note)
        if isinstance(outcome, Refused):
            raise CommandError("\n".join([f"{folder.name} was not deployed:", *outcome.errors.values()]))
        ensure_roles(outcome.case_type)
        if outcome.created and outcome.definition.version == 1:
            rule_begin(outcome.case_type, Origin("system:setup"))
        said = "deployed" if outcome.created else "is there already"
        self.stdout.write(f"{outcome.case_type.name}: version {outcome.definition.version} {said}")

    def warn(self, folder: Path) -> None:
        """Say which work of its newest version nobody can do yet, and what in it may tell what is masked."""
        newest = current(read(folder_files(folder)).key)
        case_type = by_definition(newest.pk)
        for words in (*(words for _, words in unoffered(case_type)), *map(str, lower_than_their_source(case_type))):
            self.stderr.write(f"{newest.name}: {words}")


def shipped_folders() -> list[Path]:
    return [path for path in sorted(CASE_TYPES.iterdir()) if (path / "manifest.yaml").exists()]


def kept_by_people(files: dict[str, str]) -> Definition | None:
    """The newest version of this case type, when a person has published it: a start must not take their rules back."""
    newest = Definition.objects.filter(key=read(files).key).order_by("-version").first()
    return newest if newest is not None and newest.deployed_by_id is not None else None
