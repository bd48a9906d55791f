"""Which rows of a CSV file can become cases, and what is wrong with the others?

Pure and streaming: lines of bytes in, one value a row out, in the order of the file. A bad row is named by the line on
which it begins and by a reason, never by what stands in it, and it takes no other row with it. RFC 4180, with UTF-8 in
it (a byte order mark is skipped), comma, semicolon or tab between the fields. What sheets leave behind (`sheets`) is
passed over where it is empty, and named where it has damaged something.
"""

from __future__ import annotations

import csv
import hmac
import json
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

from casework.forms.answer_validation import nested
from casework.intake.sheets import MARKS, damage, is_blank, may_be_the_end, stated_delimiter, without_end
from orchestration.casetypes.case_type import Intake
from orchestration.casetypes.files import DOCUMENT
from orchestration.ground.counts import counted

DELIMITERS = (",", ";", "\t")
REFERENCE = "reference"
"""The place in `Intake.columns` that is no field of the case, but the sender's own reference."""

UNNAMED = ""
"""The place of a column without a name, which must be empty in every row."""

LONGEST_LINE = 256 * 1024
LONGEST_ROW = 1024 * 1024
MOST_HELD = 1000
"""Blank lines after one that may be the last: with more, it is taken for one of the middle."""
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
UNBALANCED = "A quotation mark is missing, or one inside a text is not doubled."
STRAY_LINE_END = "There is a line end (CR) inside a text. Put the text in quotation marks."


@dataclass(frozen=True, slots=True)
class Row:
    """A row that can be read: the line (from 1) where it begins, the sender's reference ("" without) and its data.

    `document`: the text of the document with which its case begins; empty where it begins with none.
    """

    line: int
    reference: str
    data: Mapping[str, Any]
    document: str = ""


@dataclass(frozen=True, slots=True)
class BadRow:
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Unusable:
    """The file as a whole cannot be taken in, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Table:
    """A file whose header was understood; `rows` reads on from there, `places` are the fields of its columns.

    A column without a name has the place `UNNAMED`.
    """

    lines: Lines
    delimiter: str
    places: tuple[str, ...]

    @property
    def has_reference(self) -> bool:
        return REFERENCE in self.places

    def rows(self) -> Iterator[Row | BadRow]:
        """Every row that is not blank."""
        for record in _records(self.lines):
            row = _row(self, record) if isinstance(record, _Record) else record
            if row is not None:
                yield row


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    raw: bytes
    too_long: bool = False


@dataclass(frozen=True, slots=True)
class _Record:
    """The lines of one row, before it is split into fields. `rest` is what it holds beside its first line."""

    first: _Line
    rest: tuple[_Line, ...] = ()

    def text(self) -> list[str]:
        """The lines as text. What is no UTF-8 becomes lone surrogates, so that only the row that has them is bad."""
        return [line.raw.decode("utf-8", "surrogateescape") for line in (self.first, *self.rest)]

    def fields(self, delimiter: str) -> list[str] | None:
        """The fields; None where quotation marks and line ends do not make one row of it."""
        try:
            found = list(csv.reader(self.text(), delimiter=delimiter, strict=True))
        except csv.Error:
            return None
        return found[0] if len(found) == 1 else None


class Lines:
    """The physical lines of a file with their numbers. None is held that is too long; lines can be given back."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._ahead = _without_end(iter(self._physical, None))
        self._back: deque[_Line] = deque()
        self._number = 0
        self.read = 0
        """Bytes read so far."""

    def next(self) -> _Line | None:
        return self._back.popleft() if self._back else next(self._ahead, None)

    def _physical(self) -> _Line | None:
        raw = self._stream.readline(LONGEST_LINE)
        if not raw:
            return None
        self._number += 1
        self.read += len(raw)
        too_long = len(raw) == LONGEST_LINE and not raw.endswith(b"\n")
        while too_long and (more := self._stream.readline(LONGEST_LINE)):
            self.read += len(more)
            if more.endswith(b"\n"):
                break
        if self._number == 1:
            raw = MARKS.sub(b"", raw)
        return _Line(self._number, raw, too_long)

    def give_back(self, lines: tuple[_Line, ...]) -> None:
        self._back.extendleft(reversed(lines))


def _without_end(lines: Iterator[_Line]) -> Iterator[_Line]:
    """The lines, the last of them without what programs end a file with. In the middle of a file it is somebody's text:
    so a line that may be the last one is held back, with the blank ones after it, until it is known."""
    held: list[_Line] = []
    for line in lines:
        goes_on = bool(held) and is_blank(line.raw) and len(held) < MOST_HELD
        if not goes_on:
            yield from held
            held = []
        if goes_on or may_be_the_end(line.raw):
            held.append(line)
        else:
            yield line
    yield from (replace(line, raw=without_end(line.raw)) for line in held)


def table(stream: BinaryIO, intake: Intake) -> Table | Unusable:
    """Read the header: which column is which field, by the case type's manifest."""
    lines = Lines(stream)
    header = _first(lines)
    stated = stated_delimiter(header.first.raw) if isinstance(header, _Record) else None
    if stated is not None:
        header = _first(lines)
    if header is None:
        return Unusable("The file is empty. Its first line has to name the columns.")
    if isinstance(header, BadRow):
        return Unusable(f"Line {header.line}, which has to name the columns, cannot be read. {header.reason}")
    if header.first.raw.startswith(UTF_16):
        return Unusable("The file is UTF-16. Save it as UTF-8.")
    known = {name.casefold(): place for name, place in intake.columns.items()}
    delimiter, names = _split_best(header, known, [stated] if stated in DELIMITERS else DELIMITERS)
    fault = _fault(names, known, intake)
    return Unusable(fault) if fault else Table(lines, delimiter, tuple(known.get(name, UNNAMED) for name in names))


def _first(lines: Lines) -> _Record | BadRow | None:
    """The next row with something in it."""
    return next((row for row in _records(lines) if isinstance(row, BadRow) or row.first.raw.strip(b' \t\r\n,;"')), None)


def derived_reference(data: Mapping[str, Any], seen: Counter[str], secret: bytes) -> str:
    """A reference for a row whose sender gave none: its content, and which of the rows with this content it is.

    The same rows get the same references in any order and in any file, so that nothing comes in twice. Keyed, because
    the reference is shown to people who may not see the content, and could try out what it is. Counts in `seen`.
    """
    content = json.dumps(data, sort_keys=True, ensure_ascii=False).encode()
    digest = hmac.digest(secret, content, "sha256").hex()[:32]
    seen[digest] += 1
    return f"{digest}-{seen[digest]}"


def _records(lines: Lines) -> Iterator[_Record | BadRow]:
    """Lines that belong together: a row goes on while a quotation is open, while its marks are odd in number."""
    while (first := lines.next()) is not None:
        if first.too_long:
            yield BadRow(first.number, f"The line has more than {LONGEST_LINE} bytes.")
        elif first.raw.strip():
            rest = _rest(first, lines)
            yield BadRow(first.number, UNBALANCED) if rest is None else _Record(first, rest)


def _rest(first: _Line, lines: Lines) -> tuple[_Line, ...] | None:
    """The further lines of a row; None, and nothing read, where its quotation never ends."""
    marks, size, rest = first.raw.count(b'"'), len(first.raw), []
    while marks % 2:
        line = lines.next()
        if line is not None:
            rest.append(line)
        if line is None or line.too_long or (size := size + len(line.raw)) > LONGEST_ROW:
            lines.give_back(tuple(rest))
            return None
        marks += line.raw.count(b'"')
    return tuple(rest)


def _row(table: Table, record: _Record) -> Row | BadRow | None:
    """None for a row of nothing but delimiters."""
    line = record.first.number
    fields = record.fields(table.delimiter)
    if fields is None:  # where its marks paired with those of a later row, that row and those between are read again
        table.lines.give_back(record.rest)
        return BadRow(line, UNBALANCED if b'"' in record.first.raw else STRAY_LINE_END)
    if any("\udc80" <= character <= "\udcff" for field in fields for character in field):
        return BadRow(line, "This is not UTF-8. Save the file as UTF-8, or correct this row.")
    if any("\0" in field for field in fields):
        return BadRow(line, "There is a NUL byte in this row.")
    if not any(field.strip() for field in fields):
        return None
    while len(fields) > len(table.places) and not fields[-1].strip():
        fields.pop()
    if len(fields) != len(table.places):
        return BadRow(line, _wrong_number(len(fields), len(table.places), record, table.delimiter))
    if reason := _unusable(table, fields):
        return BadRow(line, reason)
    given = {place: field for place, field in zip(table.places, fields, strict=True) if place != UNNAMED}
    reference, document = given.pop(REFERENCE, "").strip(), given.pop(DOCUMENT, "").strip("\r\n")
    return Row(line, reference, nested((place, text) for place, text in given.items() if text.strip()), document)


def _unusable(table: Table, fields: Sequence[str]) -> str:
    """Why what stands in a field is surely not what its author wrote; empty where it may be."""
    for number, (place, field) in enumerate(zip(table.places, fields, strict=True), 1):
        if place == UNNAMED and field.strip():
            return f"Column {number} has no name, and there is something in it."
        if reason := damage(field):
            return f"Column {number}: {reason}"
    return ""


def _wrong_number(found: int, wanted: int, record: _Record, delimiter: str) -> str:
    named = {",": "comma", ";": "semicolon", "\t": "tab"}[delimiter]
    where = f" The row goes on to line {record.rest[-1].number}." if record.rest else ""
    told = f"This row has {counted(found, 'field')} instead of {wanted}."
    return f"{told} A {named} inside a text needs quotation marks.{where}"


def _split_best(header: _Record, known: Mapping[str, str], among: Iterable[str]) -> tuple[str, list[str]]:
    """The delimiter that gives the most known columns, and the names between."""
    ways = {delimiter: _names(header, delimiter) for delimiter in among}
    best = max(ways, key=lambda delimiter: sum(name in known for name in ways[delimiter]))
    return best, ways[best]


def _names(header: _Record, delimiter: str) -> list[str]:
    return [name.strip().casefold() for name in header.fields(delimiter) or [""]]


def _fault(names: list[str], known: Mapping[str, str], intake: Intake) -> str:
    """What is wrong with the columns, or an empty text. An unknown name is not repeated: it may be data."""
    unknown = [number for number, name in enumerate(names, 1) if name and name not in known]
    if unknown:
        which = "Column " + ", ".join(map(str, unknown)) + (" is" if len(unknown) == 1 else " are")
        return f"{which} not known. The first line has to name the columns; they can be: {', '.join(intake.columns)}."
    places = [known[name] for name in names if name]
    twice = sorted({place for place in places if places.count(place) > 1})
    if twice:
        return f"More than one column holds the {twice[0]}. Leave one of them."
    missing = [place for place in intake.required if place not in places]
    if missing:
        called = " or ".join(name for name, place in intake.columns.items() if place == missing[0])
        return f"The column {called} is missing."
    return ""
