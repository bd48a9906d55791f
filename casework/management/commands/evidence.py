"""How are histories written out to be checked without the product? `manage.py evidence FILE [CASE ...]`."""

from __future__ import annotations

import getpass
import os
from argparse import ArgumentParser
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError

from audit.evidence import written
from audit.reading import links_of, links_of_all
from audit.services import Fact, Origin, record_control
from casework.models import Case
from orchestration.ground import clock
from orchestration.shell.verification.every import snapshot


class Command(BaseCommand):
    help = "Write all histories, or those of some cases, into a file that audit/verifier.py checks without the product."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("cases", nargs="*", help="references of cases; default: everything")

    def handle(self, *, file: Path, cases: list[str], **options: Any) -> None:
        chains = [_chain(reference) for reference in cases]
        if file.exists():
            raise CommandError(f"{file} is there already.")
        digest, lines = sha256(), 0
        with _new(file) as out, snapshot():
            for line in written(links_of(chains) if chains else links_of_all(), chains or None, clock.utc_now()):
                out.write(line)
                digest.update(line)
                lines += 1
        said = {"digest": digest.hexdigest(), "events": lines - 2, "chains": chains}
        origin = Origin(f"operator:{getpass.getuser()}", cause="manage.py evidence")
        record_control([Fact("evidence.written", said)], origin, clock.utc_now())
        told = "It names people, and holds in clear what is not kept sealed: it is for its owner alone."
        self.stdout.write(f"{file}: {lines - 2} events. {told}")
        named = " ".join(f"--case {chain}" for chain in chains)
        self.stdout.write(f"python verifier.py {file} --checkpoints FOLDER --key PUBLIC_KEY {named}".rstrip())


def _chain(reference: str) -> int:
    found = Case.objects.filter(reference=reference).values_list("instance_id", flat=True).first()
    if found is None:
        raise CommandError(f"There is no case {reference}.")
    return found


def _new(file: Path) -> IO[bytes]:
    return open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
