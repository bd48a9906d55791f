"""How does a score learn from an organisation's own cases? `manage.py train_score NAME --csv FILE --schema FILE`.

Reports what was measured on rows held out, and registers the model as a new version of the actor NAME, which a person
puts to work on its page. Exit status: 0 all rows were used, 1 some rows are bad (each is named by its line), 2 nothing
could be trained.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from casework.actors.bundled import ensure_score
from orchestration.actors.kinds.score.schema import BadSchema, read_schema
from orchestration.actors.kinds.score.table import read_table
from orchestration.actors.kinds.score.training import Trained, train
from orchestration.actors.registry import register_model_version

BAD_ROWS, UNUSABLE = 1, 2


class Command(BaseCommand):
    help = "Train a scoring model from a CSV file whose columns a schema names."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="the actor whose version it becomes, as `credit-risk`")
        parser.add_argument("--csv", type=Path, required=True, dest="table")
        parser.add_argument("--schema", type=Path, required=True)
        parser.add_argument("--note", default="", help="what is new in it")

    def handle(self, *, name: str, table: Path, schema: Path, note: str, **options: Any) -> None:
        try:
            found = replace(read_schema(schema), name=name)
            examples = read_table(table, found)
            trained = train(found, examples.rows, examples.so)
        except (BadSchema, OSError, ValueError) as error:
            raise CommandError(f"Nothing could be trained: {error}", returncode=UNUSABLE) from error
        for line, reason in examples.bad:
            self.stderr.write(f"{table.name}:{line}: {reason}")
        self.stdout.write("\n".join(report(trained)))
        ensure_score(found)
        said = note or f"Learnt from {table.name}"
        register_model_version(
            name, trained.version, trained.artefact, trained.metrics, activate=False, note=said[:500]
        )
        self.stdout.write(f"Version {trained.version} is registered. {len(examples.bad):,} rows were left out.")
        self.stdout.write(f"A person puts it to work: Actors, {found.title}, version {trained.version}.")
        if examples.bad:
            sys.exit(BAD_ROWS)


def report(trained: Trained) -> list[str]:
    """What was measured, as lines for people."""
    m = trained.metrics
    lines = [
        f"{m['rows']:,} rows, {m['share']:.1%} of which {trained.schema.words}.",
        "Each was scored once by a model that had not seen it.",
        f"AUC {m['auc']:.3f}, Brier score {m['brier']:.3f}, calibration error {m['ece']:.3f}.",
        "When it says         cases   came true",
    ]
    return [*lines, *(_band(one) for one in m["reliability"])]


def _band(one: dict[str, Any]) -> str:
    return f"{one['from']:8.0%} to {one['to']:4.0%} {one['cases']:9,} {one['came_true']:11.1%}"
