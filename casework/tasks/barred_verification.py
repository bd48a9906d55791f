"""Are open tasks kept from exactly those whom segregation of duties keeps from them, as the history has it?

A row too many hides a task from somebody who may do it; one that is gone offers it to somebody who will be refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import psycopg

from casework.tasks.barred import DIFFERS, wanted_by
from orchestration.casetypes.case_type import by_definition
from orchestration.models import Definition
from orchestration.shell.verification.cases import BROKEN, Case, with_every_verification

KEPT: Final = """
select distinct t.instance_id from casework_barredtask b join orchestration_humantask t on t.id = b.task_id
where t.instance_id = any(%s)
"""
APART: Final = "an open task is kept from others than those whom segregation of duties keeps from it"


def barred_apart(cursor: psycopg.Cursor[Any], cases: Mapping[int, Case]) -> Iterator[tuple[int, str]]:
    """(case, sentence) for each case of which the rows say otherwise than its tasks, its data and its opening."""
    kept = {number for (number,) in cursor.execute(KEPT, [list(cases)]).fetchall()}
    for number, case in cases.items():
        try:
            wanted = wanted_by(by_definition(case.stored.definition), case.told.state)
        except (Definition.DoesNotExist, *BROKEN):
            continue  # said already, where the fallback group was looked for
        if wanted is None:
            differs = number in kept
        else:
            found = cursor.execute(DIFFERS, {"instance": number, **wanted}).fetchone()
            differs = found is not None and found[0]
        if differs:
            yield number, APART


def hang_in() -> None:
    if barred_apart not in with_every_verification:
        with_every_verification.append(barred_apart)
