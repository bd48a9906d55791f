"""How does a real list of sanctions come to screen names? `manage.py read_sanctions FOLDER`.

FOLDER has `sdn.csv` and `alt.csv` as the Office of Foreign Assets Control publishes them. They become a new version of
the actor that screens names, which a person puts to work on its page.
"""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any, Final

import orjson
from django.core.management.base import BaseCommand, CommandError

from orchestration.actors.contract import version_of
from orchestration.actors.kinds.watchlist.file import list_fault
from orchestration.actors.registry import register_model_version
from orchestration.diligence.names import Entry
from orchestration.diligence.ofac import listed
from orchestration.models import Actor, ActorVersion

KIND: Final = "watchlist"


class Command(BaseCommand):
    help = "Register a list of sanctions as a new version of an actor that screens names."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="where sdn.csv and alt.csv are")
        parser.add_argument("--actor", default="name-list", help="whose version it becomes [name-list]")
        parser.add_argument("--source", default="OFAC, SDN list", help="what the list is called")

    def handle(self, *, folder: Path, actor: str, source: str, **options: Any) -> None:
        found = Actor.objects.filter(key=actor, kind=KIND).first()
        if found is None:
            raise CommandError(f"There is no actor {actor!r} that screens names.")
        try:
            entries = listed(folder)
        except OSError as error:
            raise CommandError(f"The list cannot be read: {error}") from error
        artefact = _file(found.capability, source, entries)
        if wrong := list_fault(KIND, artefact):
            raise CommandError(f"This is no list of names. {wrong}")
        version = version_of(artefact)
        if ActorVersion.objects.filter(actor=found, version=version).exists():
            self.stdout.write(f"This list is there already, as version {version}.")
            return
        register_model_version(actor, version, artefact, {}, activate=False, note=f"{source}: {len(entries):,} entries")
        self.stdout.write(f"{len(entries):,} entries are registered as version {version}.")
        self.stdout.write(f"A person puts it to work: Actors, {found.name}, version {version}.")


def _file(capability: str, source: str, entries: list[Entry]) -> bytes:
    told = [
        {"id": one.id, "name": one.name[:350], "kind": one.kind, "programme": one.programme[:350], "also": one.also}
        for one in entries
    ]
    return orjson.dumps({"capability": capability, "source": source, "entries": told})
