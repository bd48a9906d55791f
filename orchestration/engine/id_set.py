"""Which items stand in this one, when they may be a thousand?

A bit set in pages of 60 numbers, in ascending order, which is the order of creation. A stage with a thousand open items
is kept, copied and written as seventeen pairs of integers, so that adding one or taking one away costs next to nothing.
A few ids are stored as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

_PAGE: Final = 60
"""Bits of a page: what an integer of 64 bits can hold."""

_FEW: Final = 8


class IdSet:
    """A set of ids, of positive integers."""

    __slots__ = ("_pages",)

    def __init__(self, stored: Sequence[Any] = ()) -> None:
        """What `stored` gave. Raises ValueError."""
        self._pages: dict[int, int] = {}
        if stored:
            if type(stored[0]) is list:
                self._pages = dict(stored)
            else:
                for id in stored:
                    self.add(id)

    def copy(self) -> IdSet:
        copy = IdSet()
        copy._pages = self._pages.copy()
        return copy

    def stored(self) -> list[Any]:
        """The ids, or, where they are many, pairs of a page and its bits."""
        pages = self._pages
        if not pages:
            return []
        few = len(pages) <= _FEW and len(self) <= _FEW
        return list(self) if few else sorted(pages.items())

    def add(self, id: int) -> None:
        page, bit = divmod(id, _PAGE)
        self._pages[page] = self._pages.get(page, 0) | 1 << bit

    def discard(self, id: int) -> None:
        page, bit = divmod(id, _PAGE)
        left = self._pages.get(page, 0) & ~(1 << bit)
        if left:
            self._pages[page] = left
        else:
            self._pages.pop(page, None)

    def __contains__(self, id: int) -> bool:
        page, bit = divmod(id, _PAGE)
        return bool(self._pages.get(page, 0) >> bit & 1)

    def __iter__(self) -> Iterator[int]:
        pages = self._pages
        for page in sorted(pages) if len(pages) > 1 else tuple(pages):
            bits = pages[page]
            while bits:
                lowest = bits & -bits
                yield page * _PAGE + lowest.bit_length() - 1
                bits ^= lowest

    def __len__(self) -> int:
        count = 0
        for bits in self._pages.values():
            count += bits.bit_count()
        return count

    def __bool__(self) -> bool:
        return bool(self._pages)

    def __repr__(self) -> str:
        return f"IdSet{list(self)}"
