"""How sure and how right are the text models that ship, on texts that they had not seen?

Each text is judged once by a model that was trained and calibrated without it, and without the texts of its group.
Wished: a calibration error (ECE, ten bands) of at most 0.05.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestration.actors.bundled import text_recipes
from tests.benchmarks.scores import CASE_TYPES


def figures() -> Iterator[str]:
    """A line for each model."""
    for folder in sorted(CASE_TYPES.glob("*/training")):
        for recipe in text_recipes(folder):
            told = recipe.learn().metrics
            yield f"{recipe.key:<10} {told['held_out']} texts, {told['accuracy']:.1%} right, ECE {told['ece']:.3f}"
