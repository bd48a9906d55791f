"""What does a list offer to filter and to order by, and what does it say of the filters that are set? Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from casework.lists.asked import TAG, Asked, Given, Order
from casework.lists.columns import COMMENTS, UNIT, Column

DIRECTIONS: Final = {
    "number": ("lowest first", "highest first"), "moment": ("earliest first", "latest first"),
    "words": ("A to Z", "Z to A"),
}  # fmt: skip


LONG: Final = 6
"""Choices that stand in the filter's form at once."""
FIRST: Final = 6
"""Fields of a group that stand there at once."""
GROUPS: Final = {
    "what": ("What", ("choice", "text")), "who": ("Who", ("person",)), "when": ("When", ("date",)),
    "much": ("How much", ("number", "money")),
}  # fmt: skip
"""Under which heads the fields of the filter stand, by the kinds of their columns."""


@dataclass(frozen=True, slots=True)
class Input:
    """A field of the filter's form; `kind`: number, date or search."""

    name: str
    label: str
    kind: str
    value: str

    @property
    def id(self) -> str:
        return "filter-" + self.name.replace(".", "-")


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    words: str
    checked: bool


@dataclass(frozen=True, slots=True)
class FilterField:
    """How one column can be filtered: by inputs, or by choices, which are all named `name`."""

    column: Column
    inputs: tuple[Input, ...]
    name: str
    choices: tuple[Choice, ...]

    @property
    def is_long(self) -> bool:
        """Whether the choices are too many to stand there all at once."""
        return len(self.choices) > LONG

    @property
    def chosen(self) -> int:
        return sum(choice.checked for choice in self.choices)

    @property
    def is_set(self) -> bool:
        return bool(self.chosen) or any(each.value for each in self.inputs)


@dataclass(frozen=True, slots=True)
class FilterGroup:
    """Fields of the filter's form under one head: what is set, then those that most case types have."""

    key: str
    title: str
    fields: tuple[FilterField, ...]

    @property
    def first(self) -> tuple[FilterField, ...]:
        return self.fields[:FIRST]

    @property
    def further(self) -> tuple[FilterField, ...]:
        """What is asked for less often."""
        return self.fields[FIRST:]

    @property
    def used(self) -> int:
        """How many of them are set."""
        return sum(each.is_set for each in self.fields)


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is set, or one that was left out and why; `address`: of the list without it."""

    words: str
    address: str
    is_fault: bool


@dataclass(frozen=True, slots=True)
class Header:
    """The head of a column; `address`: of the list in its order, or turned around; "": there is none. `sorted`: as
    `aria-sort` says it."""

    column: Column
    address: str
    sorted: str


def filter_groups(columns: Iterable[Column], given: Sequence[Given]) -> list[FilterGroup]:
    """The fields of the filter's form with what is asked for in them; tags beyond the first are left to the chips."""
    tag = Input(TAG, "Tag", "search", next((value for name, value in given if name == TAG), ""))
    fields = [_field(column, given) for column in columns if column.path != COMMENTS]
    fields += [FilterField(Column(TAG, "Tag", "text"), (tag,), "", ())]
    fields.sort(key=lambda field: (not field.is_set, -field.column.used_by, not field.choices))
    groups = (
        FilterGroup(key, title, tuple(field for field in fields if _kind(field.column) in kinds))
        for key, (title, kinds) in GROUPS.items()
    )
    return [group for group in groups if group.fields]


def _kind(column: Column) -> str:
    """A business unit says who works on a case."""
    return "person" if column.path == UNIT else column.kind


def _field(column: Column, given: Sequence[Given]) -> FilterField:
    name = f"is.{column.path}"
    asked = {value for each, value in given if each == name}
    choices = tuple(Choice(value, words, value in asked) for value, words in column.options)
    return FilterField(column, () if choices else tuple(_inputs(column, dict(given))), name, choices)


def _inputs(column: Column, values: dict[str, str]) -> Iterable[Input]:
    if column.held == "words":
        name = f"begins.{column.path}"
        yield Input(name, f"{column.label} begins with", "search", values.get(name, ""))
        return
    for verb in ("from", "to"):
        name = f"{verb}.{column.path}"
        kind = "number" if column.held == "number" else "date"
        yield Input(name, verb.capitalize(), kind, values.get(name, ""))


def chips(asked: Asked, given: Sequence[Given], address: Callable[[tuple[Given, ...]], str]) -> list[Chip]:
    """The filters of a list as they are said above it; `address`: of the list with these filters alone."""

    def without(name: str, value: str | None = None) -> str:
        return address(tuple(one for one in given if one[0] != name or value not in (None, one[1])))

    used = (Chip(one.words, without(*one.given), False) for one in asked.filters)
    return [*used, *(Chip(words, without(name), True) for name, words in asked.faults)]


def orders(column: Column) -> list[tuple[str, str]]:
    """The two orders of a column, as an address asks for them, and in words."""
    up, down = DIRECTIONS[column.held]
    return [(column.path, f"{column.label}, {up}"), (f"-{column.path}", f"{column.label}, {down}")]


def header(column: Column, order: Order | None, address: Callable[[str], str]) -> Header:
    """The head of a column in a list of this order; `address`: of the list in another."""
    if not column.is_ordered:
        return Header(column, "", "")
    is_here = order is not None and order.column == column
    descending = order is not None and order.descending
    turned = Order(column, is_here and not descending)
    said = ("descending" if descending else "ascending") if is_here else ""
    return Header(column, address(str(turned)), said)
