"""Which evaluators are there?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from orchestration.actors.capability import Guard


def evaluator_faults(declared: Iterable[Guard]) -> Iterator[str]:
    """What is not understood in the evaluators that a file declares."""
    yield from ()
