"""How are the groups of a list said: their headings, counts, and the way to the whole of each?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.contrib.auth.models import User

from casework.lists.asked import Grouping, Within
from casework.lists.controls import Chip
from casework.lists.grouping import Sized, as_filter, chosen, in_order, words_of
from casework.lists.owners import names_of


@dataclass(frozen=True, slots=True)
class Heading:
    """A group as a page shows it. `address`: of the list that has all of it."""

    words: str
    count: int
    rows: tuple[Any, ...]
    address: str

    @property
    def more(self) -> bool:
        return self.count > len(self.rows)


@dataclass(frozen=True, slots=True)
class Headings:
    """`is_cut`: the list is too long to be counted whole, so each count is of its first `cap` rows."""

    groups: tuple[Heading, ...]
    is_cut: bool
    cap: int


def grouping_shown(
    groups: Sequence[Sized[Any]], offered: Sequence[Grouping], start: Any, by: User, cap: int, is_cut: bool = False
) -> Headings | None:
    """The groups of a page in their order; `start`: the place of its list; `is_cut`: it is known to be longer than what
    was counted. None where nothing is grouped."""
    grouping = chosen(offered, start.group)
    if grouping is None or not groups:
        return None
    names = names_of(grouping, (group.value for group in groups), by)
    found = tuple(
        Heading(words_of(grouping, group.value, names), group.size, group.rows, _alone(grouping, group.value, start))
        for group in in_order(grouping, groups, names)
    )
    return Headings(found, is_cut or sum(group.size for group in groups) > cap, cap)


def _alone(grouping: Grouping, value: str, start: Any) -> str:
    """The address of a group's own list: by a filter where there is one, which an index serves."""
    given = as_filter(grouping, value)
    if given is None:
        return str(replace(start, within=value).address)
    return str(replace(start, group="", filters=(*start.filters, given)).address)


def within_chip(within: Within | None, by: User, whole: str) -> Iterator[Chip]:
    """The one group that is shown, among the filters; `whole`: the address of all groups."""
    if within is not None:
        names = names_of(within.grouping, [within.value], by)
        yield Chip(f"{within.grouping.label}: {words_of(within.grouping, within.value, names)}", whole, False)
