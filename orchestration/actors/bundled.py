"""Which models does a case type bring along?

A folder of labelled CSV files, one for each kind (`intent.csv`, `sentiment.csv`). Models are trained from them where
the case type is deployed: a few seconds, and no binary in the repository.
"""

from pathlib import Path

from orchestration.actors.kinds.text_model.labelled import read_labelled
from orchestration.actors.kinds.text_model.training import FEATURES, Trained, train


def build_shipped_models(folder: Path) -> tuple[Trained, ...]:
    """A model for each `<kind>.csv` in the folder, by name; the same files give the same versions on one machine.

    Raises ValueError where a file is of no known kind or has a bad row: what ships must be right.
    """
    return tuple(_build(path) for path in sorted(folder.glob("*.csv")))


def _build(path: Path) -> Trained:
    if path.stem not in FEATURES:
        raise ValueError(f"{path.name} is named for no kind of model; known: {', '.join(FEATURES)}.")
    examples, faults = read_labelled(path)
    if faults:
        raise ValueError(f"{path.name}, line {faults[0].line}: {faults[0].reason}.")
    return train(path.stem, [row.text for row in examples], [row.label for row in examples])
