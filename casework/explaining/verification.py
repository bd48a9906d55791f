"""Are contested decisions what the histories say?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import psycopg

from audit.reading import Row
from audit.sealed_values import opened_text_or_words
from orchestration.shell.verification.cases import Case, with_every_verification
from orchestration.shell.verification.told import Told, on_fact

ROWS: Final = """
select c.instance_id, n.id, n.sequence, n.objection, n.letter, n.by, n.state, n.decided_by, n.finding, n.at, n.decided,
    n.own
from casework_contest n join casework_case c on c.id = n.case_id where c.instance_id = any(%s)
"""


def _contested(told: Told, detail: Mapping[str, Any], link: Row) -> None:
    row = [detail["decision"], detail["objection"], detail["letter"], link[3], "open", "", "", link[6], None]
    row.append(detail.get("own", 0))
    told.notes.setdefault("contests", {})[str(detail["contest"])] = row


def _decided(told: Told, detail: Mapping[str, Any], link: Row) -> None:
    row = told.notes.setdefault("contests", {}).get(str(detail["contest"]))
    if row is not None:
        row[4:7], row[8] = [detail["outcome"], link[3], detail["finding"]], link[6]


def contests_apart(cursor: psycopg.Cursor[Any], cases: Mapping[int, Case]) -> Iterator[tuple[int, str]]:
    """(case, sentence) for each contest that the history does not tell of as it stands."""
    found: dict[int, dict[str, list[Any]]] = {}
    for chain, number, *row in cursor.execute(ROWS, [list(cases)], binary=True).fetchall():
        found.setdefault(chain, {})[str(number)] = [
            opened_text_or_words(one) if isinstance(one, str) else one for one in row
        ]
    for chain, case in cases.items():
        if case.told.notes.get("contests", {}) != found.get(chain, {}):
            yield chain, "what is contested in the case is not what the history says"


def hang_in() -> None:
    if contests_apart not in with_every_verification:
        on_fact(_contested, "decision.contested")
        on_fact(_decided, "contest.decided")
        with_every_verification.append(contests_apart)
