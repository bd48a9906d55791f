"""Do the rows of a table say what the history says?

One statement a table for a batch of cases. A row that the history does not know, one that is missing, and each column
that says something else has a sentence; values are not repeated, since they may be personal data.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, LiteralString

import orjson
import psycopg

from audit.data_keys import KeyFault
from audit.sealed_values import opened_text, opened_value, read
from orchestration.ground.counts import counted
from orchestration.shell.verification.expected import Either, Rows
from orchestration.shell.verification.told import Told, canonical

RawRow = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose rows belong to a case each. `select` gives instance, number, then `columns` in their order.

    `json`: columns that hold JSON, compared by their meaning. `texts`: those that may be sealed texts. `number`: the
    column that the engine numbers.
    """

    name: str
    select: LiteralString
    number: LiteralString
    columns: tuple[str, ...]
    json: tuple[int, ...] = ()
    texts: tuple[int, ...] = ()
    called: str = ""

    @property
    def word(self) -> str:
        return self.called or self.name


NUMBERED: Final = (
    Table(
        "task",
        "select t.instance_id, t.item, t.definition_item, t.name, t.form, t.state, "
        "case when t.assignee_id is not null then coalesce(u.username, '') end, t.priority, t.due, "
        "t.created, t.ended, t.claimed, t.own_priority "
        "from orchestration_humantask t left join auth_user u on u.id = t.assignee_id",
        "t.item",
        ("element", "name", "form", "state", "holder", "priority", "due time", "time of creation", "time of its end",
         "time when it was taken", "own priority"),
    ),
    Table(
        "job",
        "select t.instance_id, t.job, t.item, t.definition_item, t.name, t.capability, t.input, "
        "case when t.state in ('running', 'offered', 'held') then 'waiting' else t.state end, "
        "t.max_attempts, t.attempts, t.last_error, "
        "t.created, t.ended from (select * from orchestration_job where job > 0) t",
        "t.job",
        ("item", "element", "name", "capability", "input", "state", "number of attempts allowed", "number of attempts",
         "last error", "time of creation", "time of its end"),
        json=(4,),
    ),
    Table(
        "timer", "select t.instance_id, t.timer, t.node, t.due from orchestration_timer t", "t.timer",
        ("element", "due time"),
    ),
    Table(
        "subscription",
        "select t.instance_id, t.subscription, t.item, t.node, t.kind, t.name, t.correlation "
        "from orchestration_subscription t",
        "t.subscription", ("item", "element", "kind", "name", "correlation key"), texts=(4,),
    ),
    Table(
        "incident",
        "select t.instance_id, t.incident, t.item, t.job, t.code, t.message, t.opened, t.resolved, t.resolution "
        "from orchestration_incident t",
        "t.incident", ("item", "job", "code", "message", "time of opening", "time of resolution", "resolution"),
    ),
)  # fmt: skip

ORDERED: Final = (
    Table(
        "outbox",
        "select t.sender_id, t.id, t.kind, t.name, t.correlation, t.variables, t.created, t.source, t.thread, "
        "t.hops from orchestration_outbox t",
        "t.id",
        ("kind", "name", "correlation key", "content", "time of creation", "source", "thread", "number of hops"),
        json=(3,), texts=(2,), called="outbox",
    ),
    Table(
        "call",
        "select t.instance_id, t.id, j.job, t.attempt, t.actor, t.version, t.capability, t.latency_ms, "
        "t.input_reference, t.confidence, t.error, t.outcome, convert_to(t.output::text, 'UTF8'), "
        "convert_to(t.route::text, 'UTF8'), convert_to(t.verdicts::text, 'UTF8'), t.mode, t.case_type "
        "from orchestration_actorcall t join orchestration_job j on j.id = t.job_id",
        "t.id",
        ("job", "attempt", "actor", "version", "capability", "latency", "reference to what was sent", "confidence",
         "error", "outcome", "output", "routing", "verdicts", "mode", "case type"),
        json=(10, 11, 12), called="ledger of calls",
    ),
)  # fmt: skip
INSTANCE: Final[Mapping[str, LiteralString]] = {"outbox": "t.sender_id"}
WITHOUT_FACT: Final[Mapping[str, LiteralString]] = {
    "call": " and t.outcome not in ('lost', 'lapsed', 'handed', 'waiting')"
}


def of_cases(cursor: psycopg.Cursor[Any], table: Table, cases: Sequence[int]) -> Iterator[RawRow]:
    """All rows of these cases, those of a case in the order of their numbers."""
    instance = INSTANCE.get(table.name, "t.instance_id")
    where: LiteralString = f" where {instance} = any(%s)" + WITHOUT_FACT.get(table.name, "")
    return _read(cursor, table, table.select + where + f" order by {instance}, {table.number}", [list(cases)])


def reached(
    cursor: psycopg.Cursor[Any], table: Table, case: int, after: int, upto: int, also: Iterable[int]
) -> Iterator[RawRow]:
    """Rows of one case with numbers in (after, upto], and these also."""
    where: LiteralString = (
        f" where t.instance_id = %s and (({table.number} > %s and {table.number} <= %s) or {table.number} = any(%s))"
    )
    return _read(cursor, table, table.select + where + f" order by {table.number}", [case, after, upto, list(also)])


def following(cursor: psycopg.Cursor[Any], table: Table, case: int, after: int, most: int) -> Iterator[RawRow]:
    """The next rows of one case in the order of their numbers."""
    where: LiteralString = f" where {INSTANCE.get(table.name, 't.instance_id')} = %s and {table.number} > %s"
    where = where + WITHOUT_FACT.get(table.name, "") + f" order by {table.number} limit %s"
    return _read(cursor, table, table.select + where, [case, after, most])


def _read(cursor: psycopg.Cursor[Any], table: Table, statement: LiteralString, values: list[Any]) -> Iterator[RawRow]:
    cursor.execute(statement, values, binary=True)
    if not table.json and not table.texts:
        return iter(cursor.fetchall())
    return (_with_meaning(row, table) for row in cursor.fetchall())


def _with_meaning(row: RawRow, table: Table) -> RawRow:
    read = list(row)
    for place in table.json:
        read[place + 2] = _meaning(read[place + 2])
    for place in table.texts:
        read[place + 2] = _in_clear(read[place + 2])
    return tuple(read)


def _meaning(text: bytes | None) -> bytes:
    try:
        return canonical(opened_value(read(text))) if text is not None else b"null"
    except (orjson.JSONDecodeError, KeyFault):
        return bytes(text or b"")


def _in_clear(text: str | None) -> str | None:
    try:
        return None if text is None else str(opened_value(opened_text(text)))
    except KeyFault:
        return text


def numbered_apart(table: Table, told: Told, rows: Iterable[RawRow], *, whole: bool) -> Iterator[str]:
    """Compare rows by number with what is told; `whole`: these are all that are left, and the history is read."""
    wanted = told.rows[table.name]
    seen: set[int] = set()
    for row in rows:
        number = row[1]
        seen.add(number)
        expected = wanted.closed.pop(number, None) or (wanted.open.get(number) if whole else None)
        if expected is not None:
            wanted.early.discard(number)
            yield from _columns_apart(table, told, number, expected, row[2:])
        elif whole:
            yield f"{table.word} {number} has a row, but the history does not know it"
        elif number not in wanted.open:
            wanted.early.add(number)
    yield from _missing(table, wanted, seen, whole=whole)
    wanted.behind = max(wanted.behind, max(seen, default=0))


def _missing(table: Table, wanted: Rows, seen: set[int], *, whole: bool) -> Iterator[str]:
    for number in wanted.closed:
        yield f"{table.word} {number} is told of in the history, but has no row"
    wanted.closed.clear()
    for number in wanted.open if whole else ():
        if number not in seen:
            yield f"{table.word} {number} is open in the history, but has no row"


def ordered_apart(table: Table, told: Told, rows: Sequence[RawRow], *, whole: bool) -> Iterator[str]:
    """Compare rows one after another with what is told; not `whole`: with all but the last, which may still change."""
    wanted = told.lists[table.name]
    ready = wanted.rows if whole else wanted.rows[:-1]
    for place, (expected, row) in enumerate(zip(ready, rows, strict=False), wanted.count + 1):
        yield from _columns_apart(table, told, place, expected, row[2:])
    if len(rows) < len(ready):
        yield f"{_rows(len(ready) - len(rows), f'{table.word} of the history')} missing"
    elif whole and len(rows) > len(ready):
        yield f"{_rows(len(rows) - len(ready), table.word)} not in the history"
    wanted.count += len(ready)
    wanted.behind = rows[-1][1] if rows else wanted.behind
    del wanted.rows[: len(ready)]


def _rows(count: int, what: str) -> str:
    return counted(count, f"row of the {what} is", f"rows of the {what} are")


def _columns_apart(
    table: Table, told: Told, number: int, expected: Sequence[Any], found: Sequence[Any]
) -> Iterator[str]:
    if list(expected[: len(found)]) == list(found):
        return
    for name, wanted, value in zip(table.columns, expected, found, strict=False):
        if wanted == value or (isinstance(wanted, Either) and wanted.holds(value)):
            continue
        if _is_so_by_rule(table, told, number, name, wanted, value):
            continue
        yield f"the {name} of {table.word} {number} is not the one in the history"


def _is_so_by_rule(table: Table, told: Told, number: int, name: str, wanted: Any, value: Any) -> bool:
    """What may differ: a timer whose firing was refused is due again later; the history rounds how long a call took."""
    if table.name == "timer" and name == "due time":
        return number in told.put_off and value > wanted
    if table.name != "call":
        return False
    if name == "latency":
        return bool(round(value, 1) == wanted)
    return name == "output" and bool(orjson.loads(value) == orjson.loads(wanted))  # -0.0 is kept there as 0.0
