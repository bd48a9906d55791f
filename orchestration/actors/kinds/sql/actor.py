"""How does a statement in another database answer a job?

The kind `sql`. What reads does so in a transaction that can only read, row by row up to a limit. What writes is one
transaction; with a table of done keys (`key text primary key, statement text, answer jsonb, at timestamptz`) the key is
taken in that same transaction, so that a second call gives the first one's answer and changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from orchestration.actors import call
from orchestration.actors.contract import ActorError, Answer
from orchestration.actors.kinds.files import FileRefused
from orchestration.actors.kinds.http_connector.file import Rule
from orchestration.actors.kinds.sql.database import Connection, connected
from orchestration.actors.kinds.sql.file import KEY, Statement, statement_of
from orchestration.ground.counts import counted
from orchestration.ground.secrets import DOTS

Json = Any

TEMPORARY: Final = ("08", "40", "53", "57", "58")
"""Classes of SQLSTATE of which a second try may come to another end: the transaction was rolled back."""

TAKE: Final = "insert into {} (key, statement, at) values (%s, %s, now()) on conflict (key) do nothing"


class SqlConnector:
    """An actor that asks a database by one statement of its file."""

    def __init__(self, key: str, version: str, artefact: bytes | None) -> None:
        """Raises ActorError (not temporary) for a file that is not sound."""
        self.key = key
        self.version = version
        try:
            self.statement = statement_of(artefact or b"")
        except FileRefused as refused:
            raise ActorError(f"The connector's file is not sound: {refused}", temporary=False) from None
        self.capability = self.statement.capability
        self.input_schema = dict(self.statement.input)
        self.output_schema = dict(self.statement.output)

    def run(self, input: dict[str, Any], *, idempotency_key: str) -> Answer:
        """Read, or write once for each key. Raises ActorError."""
        statement, values = self.statement, self._values(input, idempotency_key)
        seconds = min(statement.timeout, call.current().limit.total_seconds())
        try:
            with connected(statement.database, read_only=not statement.name, seconds=seconds) as connection:
                found = (_written if statement.name else _read)(connection, statement, values)
        except psycopg.Error as error:
            raise _failed(statement, error) from None
        return _answer(statement.answers, {"input": input, **found})

    def shown(self, input: Json, key: str) -> dict[str, Json]:
        """What it would ask, without where."""
        values = "\n".join(f"{name} = {value!r}" for name, value in self._values(input, key).items())
        what = f"statement {self.statement.name}" if self.statement.name else "read"
        return {"method": what, "url": f"database {self.statement.database} ({DOTS})", "headers": {},
                "body": f"{self.statement.sql}\n\n{values}"}  # fmt: skip

    def health(self) -> str:
        """Whether the database can be connected to. Raises ActorError where it cannot."""
        try:
            with connected(self.statement.database, read_only=True, seconds=5) as connection:
                connection.execute("select 1")
        except psycopg.Error:
            return f"The database of {self.statement.database!r} does not answer."
        return ""

    def _values(self, input: Json, key: str) -> dict[str, Json]:
        given = self.statement.parameters.filled({"input": input})
        return {**{name: _parameter(value) for name, value in given.items()}, KEY: key}


def _parameter(value: Json) -> Json:
    return Jsonb(value) if isinstance(value, dict | list) else value


def _read(connection: Connection, statement: Statement, values: Mapping[str, Json]) -> dict[str, Json]:
    with connection.cursor(name="casewright") as cursor:
        cursor.execute(_query(statement), values)
        rows = cursor.fetchmany(statement.rows + 1)
    return {"rows": _bounded(rows, statement), "changed": 0}


def _written(connection: Connection, statement: Statement, values: Mapping[str, Json]) -> dict[str, Json]:
    if not statement.done:
        return _changed(connection, statement, values)
    table = sql.Identifier(*statement.done.split("."))
    taken = connection.execute(
        sql.SQL("insert into {} (key, statement, at) values (%s, %s, now()) on conflict (key) do nothing").format(
            table
        ),
        [values[KEY], statement.name],
    )
    if not taken.rowcount:
        return _before(connection, statement, table, values[KEY])
    found = _changed(connection, statement, values)
    connection.execute(sql.SQL("update {} set answer = %s where key = %s").format(table), [Jsonb(found), values[KEY]])
    return found


def _before(connection: Connection, statement: Statement, table: sql.Identifier, key: str) -> dict[str, Json]:
    row = connection.execute(sql.SQL("select statement, answer from {} where key = %s").format(table), [key]).fetchone()
    if row is None or row["statement"] != statement.name or row["answer"] is None:
        raise ActorError("This key was used for another statement.", temporary=False)
    return dict(row["answer"])


def _changed(connection: Connection, statement: Statement, values: Mapping[str, Json]) -> dict[str, Json]:
    cursor = connection.execute(_query(statement), values)
    rows = cursor.fetchmany(statement.rows + 1) if cursor.description else []
    return {"rows": _bounded(rows, statement), "changed": cursor.rowcount}


def _query(statement: Statement) -> sql.SQL:
    return sql.SQL(statement.sql)


def _bounded(rows: list[dict[str, Any]], statement: Statement) -> list[Json]:
    if len(rows) > statement.rows:
        raise ActorError(f"There are more than {counted(statement.rows, 'row')}.", temporary=False)
    return [{name: _plain(value) for name, value in row.items()} for row in rows]


def _plain(value: Any) -> Json:
    """A value of the database in JSON's terms: dates and all else as texts."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dict):
        return {str(name): _plain(below) for name, below in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(below) for below in value]
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _answer(rules: tuple[Rule, ...], scope: Mapping[str, Json]) -> Answer:
    for rule in rules:
        if rule.when.filled(scope) is not True:
            continue
        if rule.output is not None:
            confidence = None if rule.confidence is None else rule.confidence.filled(scope)
            return Answer(rule.output.filled(scope), confidence, {"rows": len(scope["rows"])}, {"calls": 1})
        if rule.again is not None:
            raise ActorError("It asks to be tried again.", temporary=True, after=rule.again or None)
        raise ActorError(rule.message or "It is refused by a rule.", temporary=False, code=rule.code)
    raise ActorError("The connector has no rule for what the database gave.", temporary=False)


def _failed(statement: Statement, error: psycopg.Error) -> ActorError:
    """What a failure stands for; its own words would quote the data.

    What writes does it once for each key, so it may be tried again even where the connection was lost.
    """
    state = error.sqlstate or ""
    known = (statement.states or {}).get(state)
    if known is not None:
        return ActorError(known.get("message") or f"SQLSTATE {state}.", temporary=False, code=known["code"])
    again = state[:2] in TEMPORARY or (not state and isinstance(error, psycopg.OperationalError))
    return ActorError(f"The database refused it (SQLSTATE {state or 'none'}).", temporary=again)
