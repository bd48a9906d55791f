"""From which confidence on may a machine's answer go on without a person, and which rule would say so?

A threshold is proposed from what people judged; for each rule that looks at the confidence (a cell like `< 75`), the
table as it would then read, and how many cases of the last 30 days that would have moved.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection

from casework.studio.decision_table_edit import columns
from casework.studio.model_overview import Asker, askers
from casework.studio.rule_versions import TableOf, tables_by_file
from orchestration.models import Actor, Definition
from orchestration.view.decisions import Row

RECENT: Final = timedelta(days=30)
COMPARED: Final = re.compile(r"(<=?|>=?)\s*(\d+(?:\.\d+)?)")
_MOVED = """
select count(distinct instance_id) filter (where confidence >= %(low)s and confidence < %(high)s),
       count(distinct instance_id)
from orchestration_actorcall
where actor = %(actor)s and case_type = %(case_type)s and started >= %(since)s and outcome in ('done', 'suggested')"""


@dataclass(frozen=True, slots=True)
class Drafted:
    """A rule with another threshold. `form`: what the editor of rules takes to show it for review."""

    case_type: str
    definition: int
    table_id: str
    table: str
    rule: int
    before: str
    after: str
    moved: int
    of: int
    form: tuple[tuple[str, str], ...]


def drafts(actor: Actor, at: float, now: datetime) -> tuple[Drafted, ...]:
    """Every rule of the newest versions whose cell compares this actor's confidence with a number."""
    asked = askers().get(actor.capability, ())
    found = (one for asker in asked for one in _of_asker(actor, asker, at, now))
    return tuple({(one.definition, one.table_id, one.rule): one for one in found}.values())


def _of_asker(actor: Actor, asker: Asker, at: float, now: datetime) -> Iterator[Drafted]:
    definition = Definition.objects.get(pk=asker.definition)
    for found in tables_by_file(definition):
        for index, column in enumerate(found.table.inputs):
            if any(f"{output}.confidence" in column.expression for output in asker.outputs):
                scale = 100 if re.search(r"\*\s*100\b", column.expression) else 1
                yield from _of_column(actor, definition, found, index, scale, at, now)


def _of_column(
    actor: Actor, definition: Definition, found: TableOf, index: int, scale: int, at: float, now: datetime
) -> Iterator[Drafted]:
    for number, row in enumerate(found.table.rows, start=1):
        cell = COMPARED.fullmatch(row.inputs[index].strip())
        if cell is None:
            continue
        was, after = float(cell[2]) / scale, f"{cell[1]} {_written(at * scale)}"
        low, high = sorted((was, at))
        moved, of = _moved(actor.key, definition.key, low, high, now)
        yield Drafted(
            definition.name, definition.pk, found.table.id, found.table.decision, number, row.inputs[index], after,
            moved, of, tuple(_form(found, number - 1, index, after)),
        )  # fmt: skip


def _written(value: float) -> str:
    return f"{round(value, 4):g}"


def _moved(actor: str, case_type: str, low: float, high: float, now: datetime) -> tuple[int, int]:
    wanted: dict[str, Any] = {"actor": actor, "case_type": case_type, "low": low, "high": high, "since": now - RECENT}
    with connection.cursor() as cursor:
        cursor.execute(_MOVED, wanted)
        moved, of = cursor.fetchone()
    return moved, of


def _form(found: TableOf, changed: int, index: int, text: str) -> Iterator[tuple[str, str]]:
    """The fields of the editor's form (`decision_table_edit.rows_from`), with one cell changed."""
    yield "rules", str(len(found.table.rows))
    for place, row in enumerate(found.table.rows):
        shown = _with(row, index, text) if place == changed else row
        yield f"r{place + 1}.id", row.id
        texts = (*shown.cells, *("",) * (len(columns(found.table)) - len(shown.cells)))
        for cell, value in enumerate(texts):
            yield f"r{place + 1}.{cell}", value


def _with(row: Row, index: int, text: str) -> Row:
    return replace(row, inputs=(*row.inputs[:index], text, *row.inputs[index + 1 :]))
