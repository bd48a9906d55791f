"""How many comments stand on the case of each row, where a list shows that column? One statement, or none."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from django.db.models import Count

from casework.lists.columns import COMMENTS, Cell, Column
from casework.models import Comment


def comments_on(cases: Collection[int], columns: Sequence[Column]) -> Mapping[int, int]:
    """Of these cases that have any how many, without what was taken back; nothing where no column shows it."""
    if all(column.path != COMMENTS for column in columns):
        return {}
    found = Comment.objects.filter(case__in=cases, withdrawn=None).order_by()
    return dict(found.values_list("case").annotate(Count("pk")))


def filled(cells: Sequence[Cell], count: int | None) -> tuple[Cell, ...]:
    """The cells of a row with this count in its place."""
    return tuple(replace(cell, shown=count) if cell.path == COMMENTS else cell for cell in cells)
