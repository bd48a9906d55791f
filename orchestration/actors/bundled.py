"""Which models does a case type bring along?

A folder of labelled CSV files, one for each kind of text model (`intent.csv`, `sentiment.csv`), and schemas of scores
(`NAME.score.yaml`) with the recipe of made-up rows that they first learn from. Models are trained where the case type
is deployed: a few seconds, and no binary in the repository. What a model is learnt by is its recipe: other rows or
another method in a later release are another recipe.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from orchestration.actors.kinds.score.schema import SUFFIX, Schema, read_schema
from orchestration.actors.kinds.text_model.labelled import read_labelled
from orchestration.actors.kinds.text_model.training import FEATURES, Trained, method, train
from orchestration.actors.recipe import Recipe, digest_of

if TYPE_CHECKING:
    from orchestration.actors.kinds.score.training import Trained as Score


SCORE_METHOD: Final = 1
"""Raised with whatever makes another score of the same rows."""


def text_recipes(folder: Path) -> Iterator[Recipe]:
    """Of each `<kind>.csv` in the folder, by name; the same files give the same versions on one machine.

    Raises ValueError where a file is of no known kind or, when it is learnt from, has a bad row: it must be right.
    """
    for path in sorted(folder.glob("*.csv")):
        if path.stem not in FEATURES:
            raise ValueError(f"{path.name} is named for no kind of model; known: {', '.join(FEATURES)}.")
        yield Recipe(path.stem, digest_of(path.read_bytes(), method(path.stem)), partial(_build, path))


def score_recipes(folder: Path) -> Iterator[tuple[Schema, Recipe]]:
    """Of each score in the folder: what it is called and takes, and what it is learnt by. Raises BadSchema."""
    for schema in shipped_scores(folder):
        learnt_by = digest_of(replace(schema, card={}, origin=""), SCORE_METHOD)
        yield schema, Recipe(schema.name, learnt_by, partial(build_score, schema))


def _build(path: Path) -> Trained:
    examples, faults = read_labelled(path)
    if faults:
        raise ValueError(f"{path.name}, line {faults[0].line}: {faults[0].reason}.")
    groups = [row.group for row in examples]
    return train(path.stem, [row.text for row in examples], [row.label for row in examples], groups=groups)


def shipped_scores(folder: Path) -> Iterator[Schema]:
    """The schemas of the scores in the folder. Raises BadSchema."""
    yield from (read_schema(path) for path in sorted(folder.glob(f"*{SUFFIX}")))


def build_score(schema: Schema) -> Score:
    """A score that has learnt from the made-up rows of its schema. Raises BadSchema."""
    from orchestration.actors.kinds.score.made_up import made_up
    from orchestration.actors.kinds.score.training import train as train_score

    examples = made_up(schema)
    return train_score(schema, examples.rows, examples.so)
