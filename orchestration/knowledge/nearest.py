"""Which of very many vectors are nearest to a question's, of those of some documents?

In two steps (Charikar 2002, and as vector databases do): the signs of the numbers, a bit each, are compared first, all
of them; the `CANDIDATES` that agree in most bits are compared exactly. As long as there are no more than that, nothing
but the exact comparison is done. A vector takes 0.8 kB.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

DIMENSIONS: Final = 384
CANDIDATES: Final = 4_000
FARTHEST: Final = np.uint16(2 * DIMENSIONS)
LANES: Final = DIMENSIONS // 64

Halves = NDArray[np.float16]


@dataclass(slots=True)
class Vectors:
    """What one embedding says of the pieces of whole documents, as this process has read them."""

    pieces: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    documents: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    vectors: Halves = field(default_factory=lambda: np.zeros((0, DIMENSIONS), np.float16))
    slots: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))
    """Of each piece, the place of its document in `known`."""
    known: dict[int, int] = field(default_factory=dict)
    read: frozenset[int] = frozenset()
    """The documents that were asked for, also those of which nothing is here."""
    middle: NDArray[np.float32] = field(default_factory=lambda: np.zeros(DIMENSIONS, np.float32))
    bits: NDArray[np.uint64] = field(default_factory=lambda: np.zeros((LANES, 0), np.uint64))

    def joined(self, documents: Collection[int], rows: Iterable[tuple[int, int, bytes]]) -> Vectors:
        """These and (document, piece, vector) of more documents; these stay as they are, for who searches meanwhile."""
        found = list(rows)
        read = np.frombuffer(b"".join(bytes(row[2]) for row in found), np.float32).reshape(-1, DIMENSIONS)
        return made(
            np.concatenate([self.pieces, np.array([row[1] for row in found], np.int64)]),
            np.concatenate([self.documents, np.array([row[0] for row in found], np.int64)]),
            np.concatenate([self.vectors, read.astype(np.float16)]),
            self.read | frozenset(documents),
        )

    def holds(self, pieces: Collection[int]) -> list[bool]:
        """Whether each of these pieces is among those that can be found."""
        there = np.isin(np.fromiter(pieces, np.int64, len(pieces)), self.pieces)
        return [bool(one) for one in there]

    def nearest(self, question: NDArray[np.float32], allowed: Collection[int], most: int) -> dict[int, float]:
        """How near each of the nearest pieces of these documents is, the nearest first."""
        at = self._candidates(question, self._readable(allowed))
        near = np.einsum("ij,j->i", self.vectors[at].astype(np.float32), question)  # `@` has threads that wait spinning
        first = np.argpartition(-near, most - 1)[:most] if len(near) > most else np.arange(len(near))
        ordered = first[np.argsort(-near[first], kind="stable")]
        return {int(self.pieces[at[one]]): float(near[one]) for one in ordered}

    def _readable(self, allowed: Collection[int]) -> NDArray[np.bool_]:
        open_to = np.zeros(len(self.known) + 1, bool)
        open_to[[self.known[one] for one in allowed if one in self.known]] = True
        return open_to[self.slots]

    def _candidates(self, question: NDArray[np.float32], readable: NDArray[np.bool_]) -> NDArray[np.intp]:
        if np.count_nonzero(readable) <= CANDIDATES:
            return np.flatnonzero(readable)
        asked = signs((question - self.middle)[None])
        apart = np.bitwise_count(self.bits[0] ^ asked[0]).astype(np.uint16)
        for lane in range(1, LANES):
            apart += np.bitwise_count(self.bits[lane] ^ asked[lane])
        apart[~readable] = FARTHEST
        return np.argpartition(apart, CANDIDATES - 1)[:CANDIDATES]


def made(
    pieces: NDArray[np.int64], documents: NDArray[np.int64], vectors: Halves, read: frozenset[int] = frozenset()
) -> Vectors:
    """What is compared first, made of the vectors: on which side of their middle each number is."""
    known = {int(one): place for place, one in enumerate(np.unique(documents))}
    slots = np.searchsorted(np.unique(documents), documents).astype(np.int32)
    middle = vectors.mean(axis=0, dtype=np.float32) if len(vectors) else np.zeros(DIMENSIONS, np.float32)
    parts = [signs(part - middle) for part in np.array_split(vectors, max(1, len(vectors) // 8_192))]
    bits = np.ascontiguousarray(np.concatenate(parts, axis=1))
    return Vectors(pieces, documents, vectors, slots, known, read, middle, bits)


def signs(vectors: NDArray[np.float32]) -> NDArray[np.uint64]:
    """Which numbers are above nothing, a bit each: (LANES, number of vectors)."""
    return np.packbits(vectors > 0, axis=1).view(np.uint64).T
