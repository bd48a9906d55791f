"""Are those found that are nearest, of the documents that were asked for and of no others?"""

from __future__ import annotations

import numpy as np
import pytest

from orchestration.knowledge import nearest
from orchestration.knowledge.nearest import DIMENSIONS, Vectors

SHARE = 0.9
"""Of the ten nearest, how many at least are found of very many; `python -m tests.benchmarks passages` prints it."""


def some(count: int, seed: int = 1) -> np.ndarray:
    found = np.random.default_rng(seed).standard_normal((count, DIMENSIONS)).astype(np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def held(vectors: np.ndarray, documents: int) -> Vectors:
    rows = [(at % documents, at, one.tobytes()) for at, one in enumerate(vectors)]
    middle = len(rows) // 2
    return Vectors().joined(range(documents), rows[:middle]).joined(range(documents), rows[middle:])


def exact(vectors: np.ndarray, question: np.ndarray, allowed: set[int], documents: int) -> list[int]:
    order = np.argsort(-(vectors @ question), kind="stable").tolist()
    return [at for at in order if at % documents in allowed][:10]


@pytest.mark.parametrize(("candidates", "least"), [(4_000, 1.0), (300, SHARE)])
def test_the_nearest_are_found_and_none_of_a_document_that_was_not_asked_for(
    monkeypatch: pytest.MonkeyPatch, candidates: int, least: float
) -> None:
    """Exactly while there are few; and nearly so where a first look leaves out nine of ten."""
    monkeypatch.setattr(nearest, "CANDIDATES", candidates)
    base, documents = some(40), 7
    vectors = base[np.arange(3_500) % 40] + 0.5 * some(3_500, 2)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    there, right = held(vectors, documents), []
    for number, question in enumerate(some(40)):
        allowed = {number % documents, (number + 3) % documents}
        found = there.nearest(question, allowed, 10)
        assert {one % documents for one in found} <= allowed
        assert list(found.values()) == sorted(found.values(), reverse=True)
        right.append(len(set(found) & set(exact(vectors, question, allowed, documents))) / 10)
    assert np.mean(right) >= least


def test_nothing_is_found_of_nothing_and_what_holds_no_vectors_is_not_asked_for_again() -> None:
    empty = Vectors().joined([4], [])
    assert empty.nearest(some(1)[0], [4], 10) == {} and empty.read == {4}
    assert empty.holds([1, 2]) == [False, False]
