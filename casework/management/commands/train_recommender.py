"""How does a recommender learn from a shop's own purchases? `manage.py train_recommender KEY --csv FILE`.

Columns `customer`, `item`, `name` (may be left out) and `consent` (where it says no, the purchase is left out). Reports
how often the last purchase of a customer, held out, is among ten that are named, beside what is bought most; and
registers a version, which a person puts to work. Exit status: 0 all rows were used, 1 some are bad, 2 nothing could be
learnt.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from casework.actors.recommenders import read_table, register
from orchestration.models import Actor

BAD_ROWS, UNUSABLE = 1, 2


class Command(BaseCommand):
    help = "Train a recommender from a CSV file of purchases."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("key", nargs="?", default="shop-advice", help="the actor whose version it becomes")
        parser.add_argument("--csv", type=Path, required=True, dest="table")

    def handle(self, *, key: str, table: Path, **options: Any) -> None:
        if not Actor.objects.filter(key=key, kind="recommender").exists():
            raise CommandError(f"There is no recommender {key!r}.", returncode=UNUSABLE)
        try:
            found = read_table(table)
            version, m = register(key, found.purchases, note=f"Learnt from {table.name}")
        except (OSError, ValueError, ZeroDivisionError) as error:
            raise CommandError(f"Nothing could be learnt: {error}", returncode=UNUSABLE) from error
        for line, why in found.bad:
            self.stderr.write(f"{table.name}:{line}: {why}")
        self.stdout.write(f"{m['purchases']:,} purchases of {m['customers']:,} customers, {m['items']:,} items.")
        self.stdout.write(f"{found.left_out:,} purchases of people who did not agree were left out.")
        self.stdout.write(
            f"Held out: {m['hit_rate']:.1%} of {m['asked']:,} last purchases among {m['places']} named; "
            f"{m['hit_rate_of_popular']:.1%} among those bought most."
        )
        self.stdout.write(f"Version {version} is registered; a person puts it to work on the actor's page.")
        if found.bad:
            sys.exit(BAD_ROWS)
