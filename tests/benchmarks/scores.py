"""How good are the scores that ship, on made-up rows and on the tables in ../shared/data, where they are?

Each row is scored once by a model that was trained and calibrated without it. Wished: a calibration error (ECE, ten
bands) of at most 0.05.
"""

from __future__ import annotations

import resource
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from orchestration.actors.bundled import build_score
from orchestration.actors.kinds.score.schema import read_schema
from orchestration.actors.kinds.score.table import read_table
from orchestration.actors.kinds.score.training import Trained, train

CASE_TYPES: Final = Path("casework/casetypes")
DATA: Final = Path(__file__).resolve().parents[3] / "shared/data"
MADE_UP: Final = ("loan/training/credit-risk.score.yaml", "insurance-claim/training/motor-fraud.score.yaml")
TABLES: Final = (
    ("loan/training/german-credit.yaml", "german-credit/german.csv"),
    ("insurance-claim/training/motor-claims.yaml", "motor-claims/claims.csv"),
)


def figures() -> Iterator[str]:
    """A line for each model."""
    for path in MADE_UP:
        begun = _cpu()
        yield _line("made-up rows", build_score(read_schema(CASE_TYPES / path)), _cpu() - begun)
    for path, table in TABLES:
        if not (DATA / table).exists():
            yield f"{table}: skipped, it is not in ../shared/data"
            continue
        begun, schema = _cpu(), read_schema(CASE_TYPES / path)
        examples = read_table(DATA / table, schema)
        yield _line(table, train(schema, examples.rows, examples.so), _cpu() - begun)


def _line(of: str, trained: Trained, seconds: float) -> str:
    m = trained.metrics
    return (
        f"{trained.schema.name:12} {of:25} {m['rows']:5,} rows  AUC {m['auc']:.3f}  Brier {m['brier']:.3f}  "
        f"ECE {m['ece']:.3f}  {seconds:.1f} s of CPU to train and measure"
    )


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
