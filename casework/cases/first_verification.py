"""Do the rows of what people answered first say what the history tells?

Held against it is each answer with which nothing was done: how it was put, and what it says of the suggestion. Of an
answer that counts the history has the answer itself; whether it agreed is counted once, and not held against it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import psycopg

from audit.reading import Row
from orchestration.shell.verification.cases import Case, with_every_verification
from orchestration.shell.verification.told import Told, on_fact

ROWS: Final = """
select f.instance_id, t.item, f.put, f.agreed, f.fell, f.at from casework_firstanswer f
join orchestration_humantask t on t.id = f.task_id where f.instance_id = any(%s) and f.put <> ''
"""
NOTED: Final = "first answers"


def _answered(told: Told, detail: Mapping[str, Any], link: Row) -> None:
    told.notes[NOTED] = [detail["item"], detail["put"], detail["agreed"], detail["fell"], link[6]]


def first_answers_apart(cursor: psycopg.Cursor[Any], cases: Mapping[int, Case]) -> Iterator[tuple[int, str]]:
    """(case, sentence) for each case of which a row says otherwise than its history."""
    found = {chain: row for chain, *row in cursor.execute(ROWS, [list(cases)], binary=True).fetchall()}
    for chain, case in cases.items():
        if case.told.notes.get(NOTED) != found.get(chain):
            yield chain, "what people answered first is not what the history tells of"


def hang_in() -> None:
    if first_answers_apart not in with_every_verification:
        on_fact(_answered, "suggestion.asked_first")
        with_every_verification.append(first_answers_apart)
