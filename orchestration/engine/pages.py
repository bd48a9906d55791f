"""How does a step read ten of a thousand open items, and write those only?

The stored rows of a state stand in pages of sixteen consecutive ids, each a stretch of bytes. `Pages` decodes one when
something on it is asked for; a `Table` makes an item of a row when that is asked for, and keeps what was changed apart.
Encoding takes the bytes of every page on which nothing changed as they are.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any, Final, TypeVar, overload

import orjson

Row = Sequence[Any]
"""An instance, item or wait without field names; its id comes first."""

T = TypeVar("T")
D = TypeVar("D")

_BITS: Final = 4
SIZE: Final = 1 << _BITS
"""Ids of a page."""

KINDS: Final = 3
"""A page is three lists of rows: instances, items, waits."""

NOTHING: Final[Mapping[str, Sequence[int]]] = {"pages": (), "words": (), "lengths": ()}

_NO_ROWS: Final[Sequence[dict[int, Row]]] = ({},) * KINDS


class Pages:
    """Rows as they were stored; never changed, so that states share them. `decoded` counts the pages read so far.

    Beside the pages stand their words, in which a name is found without decoding any page.
    """

    __slots__ = (
        "_page_ends", "_pages_start", "_raw", "_rows", "_word_ends", "_words_start", "decoded", "layout", "numbers",
    )  # fmt: skip

    def __init__(self, raw: bytes = b"", start: int = 0, layout: Mapping[str, Sequence[int]] = NOTHING) -> None:
        """`raw` from `start` on: the words of all pages, then the pages, each followed by a comma or a bracket.

        `layout`: the numbers of the pages, ascending, the lengths of their words and their own. Raises ValueError when
        they do not fit.
        """
        self._raw = raw
        self._rows: dict[int, Sequence[dict[int, Row]]] = {}
        self.decoded = 0
        self.layout, self.numbers = layout, layout["pages"]
        self._word_ends, self._page_ends = list(accumulate(layout["words"])), list(accumulate(layout["lengths"]))
        if not len(self.numbers) == len(self._word_ends) == len(self._page_ends):
            raise ValueError("the layout of the state is not one")
        self._words_start = start + 1
        self._pages_start = self._words_start + _end(self._word_ends) + 1
        if self.numbers and self._pages_start + _end(self._page_ends) != len(raw):
            raise ValueError("the pages of the state do not fill it")

    def _place(self, number: int) -> int | None:
        place = bisect_left(self.numbers, number)
        return place if place < len(self.numbers) and self.numbers[place] == number else None

    def run(self, first: int, stop: int) -> tuple[bytes, bytes]:
        """The words and the rows of the pages at these places in `numbers`, as they are stored, with commas between."""
        words = _span(self._words_start, self._word_ends, first, stop)
        return self._raw[words], self._raw[_span(self._pages_start, self._page_ends, first, stop)]

    def rows(self, number: int) -> Sequence[dict[int, Row]]:
        """The rows of a page by id, a mapping a kind. Raises ValueError."""
        found = self._rows.get(number)
        if found is None:
            found = self._rows[number] = self._read(number)
        return found

    def _read(self, number: int) -> Sequence[dict[int, Row]]:
        place = self._place(number)
        if place is None:
            return _NO_ROWS
        self.decoded += 1
        return [{row[0]: row for row in rows} for rows in orjson.loads(self.run(place, place + 1)[1])]

    def mentioning(self, text: str) -> Iterator[int]:
        """The numbers of the pages among whose words this text is."""
        wanted, start, stop = orjson.dumps(text), self._words_start, self._pages_start
        at = self._raw.find(wanted, start, stop)
        while at >= 0:
            place = self._place_of(at - start)
            yield self.numbers[place]
            at = self._raw.find(wanted, start + place + self._word_ends[place], stop)

    def _place_of(self, offset: int) -> int:
        """Which page's words stand at this offset among all words: their ends, and a comma after each."""
        low, high = 0, len(self._word_ends) - 1
        while low < high:
            middle = (low + high) // 2
            if self._word_ends[middle] + middle < offset:
                low = middle + 1
            else:
                high = middle
        return low


def _end(ends: Sequence[int]) -> int:
    """Where pieces of these ends stop, with one character between and after them."""
    return ends[-1] + len(ends) if ends else 0


def _span(start: int, ends: Sequence[int], first: int, stop: int) -> slice:
    return slice(start + first + (ends[first - 1] if first else 0), start + stop - 1 + ends[stop - 1])


def stored(tables: Sequence[Table[Any]], pages: Pages) -> tuple[dict[str, Sequence[int]], bytes, bytes]:
    """The layout, the words and the pages of what was stored as `pages` and is now as the tables say.

    Between two pages on which something changed, all others are taken over in one piece.
    """
    layout: dict[str, list[int]] = {name: [] for name in NOTHING}
    pieces: list[tuple[bytes, bytes]] = []
    place, last = 0, len(pages.numbers)
    for number in sorted({number for table in tables for number in table.changed}):
        at = bisect_left(pages.numbers, number)
        _take_over(pages, place, at, layout, pieces)
        place = at + (at < last and pages.numbers[at] == number)
        if rows := _rows(tables, number):
            pieces.append(rows)
            for name, length in zip(NOTHING, (number, len(rows[0]), len(rows[1])), strict=True):
                layout[name].append(length)
    _take_over(pages, place, last, layout, pieces)
    return {**layout}, b",".join(words for words, _ in pieces), b",".join(rows for _, rows in pieces)


def _take_over(
    pages: Pages, first: int, stop: int, layout: Mapping[str, list[int]], pieces: list[tuple[bytes, bytes]]
) -> None:
    if first < stop:
        pieces.append(pages.run(first, stop))
        for name in NOTHING:
            layout[name] += pages.layout[name][first:stop]


def _rows(tables: Sequence[Table[Any]], number: int) -> tuple[bytes, bytes] | None:
    """The words and rows of a page on which something changed; None where nothing is left of it."""
    instances, items, waits = rows = [table.rows(number) for table in tables]
    if not (instances or items or waits):
        return None
    words = {word for row in items for word in (row[3], *row[6])} | {word for row in waits for word in row[3:5]}
    return orjson.dumps(sorted(words - {""})), orjson.dumps(rows)


def _mentions(row: Row, text: str) -> bool:
    return text in row or any(text in part for part in row if type(part) is dict)


class Table(Mapping[int, T]):
    """What is open of one kind, by id, ascending. Only `apply` writes, and only to the working copy of a state.

    What was written is kept apart from what was only read, which is stored as it was.
    """

    __slots__ = ("_gone", "_kind", "_make", "_pages", "_read", "_store", "_written")

    def __init__(self, kind: int, make: Callable[[Row], T], store: Callable[[T], Row], pages: Pages) -> None:
        self._kind, self._make, self._store, self._pages = kind, make, store, pages
        self._read: dict[int, T] = {}
        self._written: dict[int, T] = {}
        self._gone: set[int] = set()

    def working(self) -> Table[T]:
        """A copy that may be written."""
        copy: Table[T] = Table.__new__(Table)
        copy._kind, copy._make, copy._store, copy._pages = self._kind, self._make, self._store, self._pages
        copy._read, copy._written, copy._gone = self._read.copy(), self._written.copy(), self._gone.copy()
        return copy

    # -- reading

    @overload
    def get(self, id: int, /) -> T | None: ...
    @overload
    def get(self, id: int, /, default: T | D) -> T | D: ...
    def get(self, id: int, /, default: Any = None) -> Any:
        found = self._written.get(id)
        if found is None:
            found = self._read.get(id)
            if found is None:
                row = self._row(id)
                if row is None:
                    return default
                found = self._read[id] = self._make(row)
        return found

    def _row(self, id: int) -> Row | None:
        """As it is stored; None where it is not, or was taken out."""
        return None if id in self._gone else self._pages.rows(id >> _BITS)[self._kind].get(id)

    def __getitem__(self, id: int) -> T:
        found = self._written.get(id) or self._read.get(id)  # asked at every turn of the engine
        if found is None:
            found = self.get(id)
            if found is None:
                raise KeyError(id)
        return found

    def __contains__(self, id: object) -> bool:
        return id in self._written or (isinstance(id, int) and self._row(id) is not None)

    def __iter__(self) -> Iterator[int]:
        stored = (id for number in self._pages.numbers for id in self._pages.rows(number)[self._kind])
        return iter(sorted({*self._written, *(id for id in stored if id not in self._gone)}))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __bool__(self) -> bool:
        return bool(self._written) or any(True for _ in self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Mapping) and dict(self) == dict(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(dict(self))

    def mentioning(self, text: str) -> list[T]:
        """Those of which this is the node, the kind, the name or a fact, and what was changed in this step."""
        found = {*self._written}
        for number in self._pages.mentioning(text):
            rows = self._pages.rows(number)[self._kind]
            found.update(id for id, row in rows.items() if id not in self._gone and _mentions(row, text))
        return [self[id] for id in sorted(found)]

    # -- writing

    def __setitem__(self, id: int, value: T) -> None:
        self._written[id] = value

    def pop(self, id: int) -> T | None:
        """Take one out and return it; None where it is not there."""
        found = self.get(id)
        if found is not None:
            self._written.pop(id, None)
            self._read.pop(id, None)
            if self._row(id) is not None:
                self._gone.add(id)
        return found

    # -- storing

    @property
    def changed(self) -> set[int]:
        """The numbers of the pages on which it differs from what was stored."""
        return {id >> _BITS for id in (*self._written, *self._gone)}

    def rows(self, number: int) -> list[Row]:
        """The rows of one page as they are to be stored."""
        stored, written, gone = self._pages.rows(number)[self._kind], self._written, self._gone
        if not written and not gone:
            return list(stored.values())
        first = number << _BITS
        return [
            self._store(written[id]) if id in written else stored[id]
            for id in range(first, first + SIZE)
            if id in written or (id in stored and id not in gone)
        ]
