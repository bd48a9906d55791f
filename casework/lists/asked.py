"""What is asked of a list by its address: which filters on fields of the cases, and in which order?

The grammar: `is.PATH=`, `from.PATH=`, `to.PATH=`, `begins.PATH=`, `tag=WORD` and `sort=PATH` or `sort=-PATH`, each
PATH a column that the reader may choose, and in an order also `@deadline`: when the next deadline of the case is due.
`is.@unit=KEY` is the business unit of the case, or one above it.
Whatever else is asked for is left out and said; a field that is masked for the reader and one that is nowhere get the
same words. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, LiteralString

from casework.forms.answer_validation import read_number
from casework.lists.columns import COMMENTS, UNIT, Column
from casework.lists.projection import key, moment_of
from casework.lists.tag_words import MARK, NOT_A_WORD, tag_of

WAYS: Final = {
    "number": ("is", "from", "to"), "money": ("is", "from", "to"), "date": ("from", "to"),
    "choice": ("is", "begins"), "text": ("is", "begins"), "person": ("is", "begins"),
}  # fmt: skip
"""How each kind of field can be filtered."""
VERBS: Final = ("is", "from", "to", "begins")
TAG: Final = "tag"
"""Asks for cases with a tag; several times: with all of them."""
MOST: Final = 24
LONGEST: Final = 100

DEADLINE: Final = Column("@deadline", "Deadline", "date")
"""When the next deadline of a case is due: no field of its data, and shown to whoever sees the case."""
ORDERED_BY: Final = frozenset((DEADLINE.path, f"-{DEADLINE.path}"))

Bound = str | float | datetime
Given = tuple[str, str]
"""A filter as an address says it: name and value."""


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition; of several `is` on one field any may hold, everything else has to hold together.

    `given`: as the address says it. `words`: as people read it.
    """

    column: Column
    verb: str
    bound: Bound
    given: Given
    words: str


@dataclass(frozen=True, slots=True)
class Order:
    column: Column
    descending: bool

    def __str__(self) -> str:
        return f"-{self.column.path}" if self.descending else self.column.path


@dataclass(frozen=True, slots=True)
class Grouping:
    """`sql`: the value by which a row of the list is in its group; empty where a `column` has it. `values`: those that
    are known, with their words, in the order of the groups."""

    key: str
    label: str
    sql: LiteralString = ""
    column: Column | None = None
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Within:
    """One group of a list, alone."""

    grouping: Grouping
    value: str


@dataclass(frozen=True, slots=True)
class Asked:
    """`faults`: by the name in the address why it was left out, in a sentence. `order`: None for the list's own.
    `within`: the one group of the list that is shown (`lists.grouping`). `only`: of which case types; none: of all."""

    filters: tuple[Filter, ...] = ()
    order: Order | None = None
    faults: tuple[tuple[str, str], ...] = ()
    within: Within | None = None
    only: tuple[str, ...] = ()


NOTHING: Final = Asked()
NO_UNIT: Final = "There is no business unit of this key that you see."
NOT_THERE: Final = "There is no field of this name to filter or order by that you may read."


def is_filter(name: str) -> bool:
    """Whether a name in an address asks for a filter on a field."""
    return name == TAG or (name.partition(".")[0] in VERBS and "." in name)


def given_filters(query: Iterable[tuple[str, Sequence[str]]]) -> tuple[Given, ...]:
    """The filters of an address as they stand there, without those that a form left empty."""
    found = ((name, value.strip()[:LONGEST]) for name, values in query if is_filter(name) for value in values)
    return tuple(dict.fromkeys(one for one in found if one[1]))[:MOST]


def asked(given: Iterable[Given], sort: str, columns: Iterable[Column]) -> Asked:
    """What of this can be done for a reader who may choose these columns."""
    known = {column.path: column for column in columns}
    filters, faults = list[Filter](), dict[str, str]()
    for name, value in given:
        verb, _, path = name.partition(".")
        found = _tagged(value) if name == TAG else _filter(known.get(path), verb, (name, value))
        if isinstance(found, Filter):
            filters.append(found)
        else:
            faults[name] = found
    in_order = {DEADLINE.path: DEADLINE, **{path: one for path, one in known.items() if one.is_ordered}}
    column = in_order.get(sort.removeprefix("-"))
    if sort and column is None:
        faults["sort"] = NOT_THERE
    order = None if column is None else Order(column, sort.startswith("-"))
    return Asked(tuple(filters), order, tuple(faults.items()))


def _tagged(value: str) -> Filter | str:
    word = tag_of(value)
    return (
        Filter(Column(MARK + word, "Tag", "choice"), "is", word, (TAG, value), f"Tag: {word}") if word else NOT_A_WORD
    )


def _filter(column: Column | None, verb: str, given: Given) -> Filter | str:
    if column is None or column.path == COMMENTS:
        return NOT_THERE
    if column.path == UNIT:
        return _in_unit(column, verb, given)
    if verb not in WAYS[column.kind]:
        return f"{column.label} cannot be filtered in this way; it can with: {', '.join(WAYS[column.kind])}."
    bound = _bound(column, verb, given[1])
    if bound is None:
        wanted = "a day such as 2026-11-29" if column.kind == "date" else "a number such as 1450 or 14.50"
        return f"{column.label} is left out of the filter: it needs {wanted}."
    return Filter(column, verb, bound, given, _words(column, verb, given[1]))


def _in_unit(column: Column, verb: str, given: Given) -> Filter | str:
    if verb != "is":
        return f"{column.label} cannot be filtered in this way; it can with: is."
    words = dict(column.options).get(given[1])
    return NO_UNIT if words is None else Filter(column, verb, given[1], given, f"{column.label}: {words}")


def _bound(column: Column, verb: str, text: str) -> Bound | None:
    if column.held == "number":
        return _number(text, column.unit)
    if column.held == "moment":
        return _moment(text, verb)
    return key(text) or None


def _number(text: str, unit: str) -> float | None:
    """A number, with its unit or without; of a share also per cent."""
    written = text.removesuffix(unit).strip() if unit else text
    found = read_number(written)
    if found is None:
        return None
    return float(found) / 100 if unit == "%" and (text.endswith("%") or abs(found) > 1) else float(found)


def _moment(text: str, verb: str) -> datetime | None:
    """The first moment that is in, and for `to` the first that is out: a day is in as a whole."""
    found = moment_of(text)
    if found is None or verb == "from":
        return found
    return found + (timedelta(days=1) if len(text) == len("2026-11-29") else timedelta(microseconds=1))


def _words(column: Column, verb: str, value: str) -> str:
    said = dict(column.options).get(value, value)
    if column.unit and not value.endswith(column.unit):
        said = f"{value} {column.unit}" if column.unit != "%" else value
    return {
        "is": f"{column.label}: {said}", "from": f"{column.label} from {said}", "to": f"{column.label} to {said}",
        "begins": f"{column.label} begins “{said}”",
    }[verb]  # fmt: skip


def by_field(filters: Iterable[Filter]) -> Iterator[tuple[Column, list[Filter]]]:
    """The filters of each field together."""
    found: dict[Column, list[Filter]] = {}
    for one in filters:
        found.setdefault(one.column, []).append(one)
    yield from found.items()
