"""How is it signed where every history stands? `manage.py checkpoint`; the product also does it by itself.

After a restored backup that is older than the last checkpoint, `--anew WHY` sets aside what was signed.
"""

from __future__ import annotations

import getpass
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.checkpoints import CheckpointFault, public, signing_key
from audit.services import Origin
from orchestration.ground import clock
from orchestration.ground.counts import counted
from orchestration.shell.verification.checkpoints import begin_anew, take


class Command(BaseCommand):
    help = "Sign where every history stands, and put the file where checkpoints are kept."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--anew", metavar="WHY", help="set aside what was signed, and sign from the beginning")

    def handle(self, *, anew: str | None, **options: Any) -> None:
        try:
            if anew:
                origin = Origin(f"operator:{getpass.getuser()}", cause="manage.py checkpoint")
                self.stdout.write(f"{begin_anew(origin, anew, clock.utc_now())} checkpoints were set aside.")
            statement = take(clock.utc_now(), though_quiet=True)
            key = public(signing_key()).hex()
        except CheckpointFault as fault:
            raise CommandError(str(fault)) from fault
        if statement is None:
            raise CommandError("Somebody else is signing at this moment.")
        self.stdout.write(
            f"Checkpoint {statement.number}: {counted(statement.heads, 'chain')}, {len(statement.changed)} changed."
        )
        self.stdout.write(f"Public key: {key}")
