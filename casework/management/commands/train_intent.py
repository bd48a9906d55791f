"""How does a text model learn from an organisation's own messages? `manage.py train_intent FILE.csv --activate`.

Of what a message is about; `--kind case-kind` which kind of case a letter begins, `--kind sentiment` its tone.

Reports what was measured on a held-out fifth of the rows, and registers the model as a new version.
With --activate it is tried on the golden cases first, and put to work where they let it; where answers come out
otherwise, --reason says why it may be used all the same. Exit status: 0 all rows were used, 1 some rows are bad (each
is named by its line), 2 nothing could be trained, 3 golden cases keep it from being used.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from audit.services import Origin
from casework.actors.bundled import ensure_actor
from orchestration.actors.kinds.text_model.labelled import Example, UnreadableFile, read_labelled
from orchestration.actors.kinds.text_model.training import FEATURES, Trained, train
from orchestration.actors.registry import register_model_version
from orchestration.ground.refusals import Refused
from orchestration.jobs.golden import put_to_work

KIND = "intent"
BAD_ROWS, UNUSABLE, KEPT_BACK = 1, 2, 3
ORIGIN = Origin("system:training")


class Command(BaseCommand):
    help = "Train a text model from a labelled CSV file (columns text and label, category or intent; also group)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--kind", choices=sorted(FEATURES), default=KIND, help="of model")
        parser.add_argument("--activate", action="store_true", help="use the new version, where golden cases let it")
        parser.add_argument("--reason", default="", help="why it is used where golden cases come out otherwise")

    def handle(self, *, file: Path, activate: bool, reason: str = "", kind: str = KIND, **options: Any) -> None:
        try:
            examples, faults = read_labelled(file)
        except (UnreadableFile, OSError) as error:
            raise CommandError(f"{file} cannot be used: {error}", returncode=UNUSABLE) from error
        for fault in faults:
            self.stderr.write(f"{file.name}:{fault.line}: {fault.reason}")
        trained = _trained(kind, file.name, examples)
        self.stdout.write("\n".join(report(trained)))
        ensure_actor(kind)
        row = register_model_version(kind, trained.version, trained.artefact, trained.metrics, activate=False)
        if activate and not row.active:
            outcome = put_to_work(row, ORIGIN, reason)
            if isinstance(outcome, Refused):
                told = f"Version {trained.version} is registered, and not at work. {outcome.message}"
                raise CommandError(told, returncode=KEPT_BACK)
        said = "registered and at work" if activate else "registered; --activate puts it to work"
        self.stdout.write(f"Version {trained.version} is {said}. {len(faults):,} rows were left out.")
        if faults:
            sys.exit(BAD_ROWS)


def _trained(kind: str, name: str, examples: list[Example]) -> Trained:
    every = 0.1 if sys.stderr.isatty() else 5
    with tqdm(desc=name, unit=" texts", mininterval=every, dynamic_ncols=True) as bar:

        def progress(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)
            if done == total:
                bar.set_postfix_str("read; now learning from them")

        try:
            groups = [row.group for row in examples]
            return train(kind, [row.text for row in examples], [row.label for row in examples], progress, groups)
        except ValueError as error:
            raise CommandError(f"Nothing could be trained: {error}", returncode=UNUSABLE) from error


def report(trained: Trained) -> list[str]:
    """What was measured, as lines for people."""
    m = trained.metrics
    lines = [
        f"{m['examples']:,} examples of {m['labels']} labels; measured on {m['held_out']:,} of them, held out.",
        f"Accuracy {m['accuracy']:.1%}, calibration error {m['ece']:.1%} (temperature {m['temperature']}).",
        "When it is this sure      texts   is right",
    ]
    for band in m["reliability"]:
        right = "-" if band["accuracy"] is None else f"{band['accuracy']:.1%}"
        lines.append(f"{band['from']:8.0%} to {band['to']:4.0%} {band['texts']:14,} {right:>10}")
    width = max(map(len, m["per_label"]))
    lines.append(f"{'Label':{width}}  texts  precision  recall")
    for label, row in m["per_label"].items():
        precision = "-" if row["precision"] is None else f"{row['precision']:.1%}"
        lines.append(f"{label:{width}}  {row['texts']:5,}  {precision:>9}  {row['recall']:>6.1%}")
    return lines
