"""Are the comments on a case those that its history tells of?

Their words stand there alone; what is held against it is who wrote which when, about what, in which events its words
stand, and whether it was edited or withdrawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import psycopg

from audit.reading import Row
from casework.models import Comment
from orchestration.shell.verification.cases import Case, with_every_verification
from orchestration.shell.verification.told import Told, on_fact

ROWS: Final = """
select c.instance_id, n.number, n.thread, n.item, n.by, n.at, n.tellings, n.edited, n.withdrawn
from casework_comment n join casework_case c on c.id = n.case_id where c.instance_id = any(%s)
"""
NOTED: Final = "comments"
TELLINGS, EDITED, WITHDRAWN = 4, 5, 6


def _said(told: Told, detail: Mapping[str, Any], link: Row) -> None:
    row = [detail["thread"], detail["task"], link[3], link[6], [link[1]], None, None]
    told.notes.setdefault(NOTED, {})[str(link[1])] = row


def _edited(told: Told, detail: Mapping[str, Any], link: Row) -> None:
    if row := told.notes.get(NOTED, {}).get(str(detail["comment"])):
        row[TELLINGS], row[EDITED] = [*row[TELLINGS], link[1]], link[6]


def _withdrawn(told: Told, detail: Mapping[str, Any], link: Row) -> None:
    if row := told.notes.get(NOTED, {}).get(str(detail["comment"])):
        row[WITHDRAWN] = link[6]


def comments_told(told: Told) -> list[Comment]:
    """The comments that the history tells of up to where it was read, as rows that stand in no table."""
    names = ("thread", "item", "by", "at", "tellings", "edited", "withdrawn")
    rows = told.notes.get(NOTED, {}).items()
    return [Comment(number=int(number), **dict(zip(names, row, strict=True))) for number, row in rows]


def comments_apart(cursor: psycopg.Cursor[Any], cases: Mapping[int, Case]) -> Iterator[tuple[int, str]]:
    """(case, sentence) for each case on which other comments stand than its history tells of."""
    found: dict[int, dict[str, list[Any]]] = {}
    for chain, number, *row in cursor.execute(ROWS, [list(cases)], binary=True).fetchall():
        found.setdefault(chain, {})[str(number)] = row
    for chain, case in cases.items():
        if case.told.notes.get(NOTED, {}) != found.get(chain, {}):
            yield chain, "the comments on the case are not those that the history tells of"


def hang_in() -> None:
    if comments_apart not in with_every_verification:
        on_fact(_said, "comment.said")
        on_fact(_edited, "comment.edited")
        on_fact(_withdrawn, "comment.withdrawn")
        with_every_verification.append(comments_apart)
