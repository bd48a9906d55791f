"""Which file would ask a database by this statement?

Its parameters are found in it, `%(name)s` or `:name`. Where the secret of the database is named, the database itself
says of which types they are and which columns come back: the statement is prepared there, and not run.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import psycopg
import yaml
from psycopg import generators, pq

from orchestration.actors.contract import ActorError
from orchestration.actors.kinds.files import FileRefused
from orchestration.actors.kinds.sql.database import Connection, connected
from orchestration.actors.kinds.sql.file import KEY, PLACE

Json = Any
READS: Final = frozenset({"select", "with", "values", "table"})
WRITES: Final = frozenset({"insert", "update", "delete", "merge"})
WRITES_WITHIN: Final = re.compile(r"\b(insert\s+into|update\s+\w|delete\s+from|merge\s+into)\b", re.IGNORECASE)
COMMENT: Final = re.compile(r"^(\s*(--[^\n]*\n|/\*.*?\*/))*\s*", re.DOTALL)
VERB: Final = re.compile(r"[a-z]+(?![\w:-])", re.IGNORECASE)
BY_COLON: Final = re.compile(
    r"""--[^\n]*|/\*.*?\*/|(?P<quote>\$\w*\$).*?(?P=quote)|[eE]'(?:\\.|''|[^'\\])*'|'(?:[^']|'')*'|"[^"]*"|::"""
    r"|:(?P<name>[A-Za-z_]\w*)|(?<![\w$])(?P<number>\$\d+)",
    re.DOTALL,
)
"""A parameter as `:name`, or as `$1`; before it what a colon is part of: comments, texts in each way of quoting, names,
casts."""
SECONDS: Final = 10
DONE: Final = "done_keys"
"""How the table of done keys is called in a draft; it has to be there, or to be named otherwise."""
TYPES: Final[Mapping[str, Json]] = {
    "bool": {"type": "boolean"},
    "int2": {"type": "integer"}, "int4": {"type": "integer"}, "int8": {"type": "integer"},
    "numeric": {"type": "number"}, "float4": {"type": "number"}, "float8": {"type": "number"},
    "text": {"type": "string"}, "varchar": {"type": "string"}, "bpchar": {"type": "string"},
    "uuid": {"type": "string", "format": "uuid"}, "date": {"type": "string", "format": "date"},
    "timestamp": {"type": "string"}, "timestamptz": {"type": "string", "format": "date-time"},
}  # fmt: skip
"""JSON Schema of PostgreSQL's types by their names; of others anything is taken."""


@dataclass(frozen=True, slots=True)
class SqlStatement:
    """A statement as one operation of a description, as a list of operations has it."""

    method: str
    summary: str

    @property
    def name(self) -> str:
        return f"the statement ({self.method})"


@dataclass(frozen=True, slots=True)
class Described:
    """What the database says of it: the schema of each parameter and of each column that comes back."""

    parameters: Mapping[str, Json]
    columns: Mapping[str, Json]


def is_statement(text: str) -> bool:
    """Whether a text is one that can be drafted from: it begins as a statement does that reads or writes."""
    return _verb(text) in READS | WRITES


def operations_of(text: str) -> Sequence[SqlStatement]:
    return [SqlStatement(_verb(text), " ".join(text.split())[:80])]


def drafted(text: str, operation: SqlStatement, capability: str, database: str) -> str:
    """The file of a connector. `database`: the secret that holds its connection string; empty: none is asked. Raises
    FileRefused."""
    statement = _with_names(COMMENT.sub("", text, count=1).strip().rstrip(";").rstrip())
    if numbered := next((found["number"] for found in BY_COLON.finditer(statement) if found["number"]), ""):
        raise FileRefused([f"Call the parameter {numbered} by a name, as :name: a file gives its parameters by name."])
    names = list(dict.fromkeys(name for name, _ in PLACE.findall(statement) if name and name != KEY))
    described = _described(database, statement, names) if database else Described({}, {})
    reads = operation.method in READS and WRITES_WITHIN.search(statement) is None
    file: dict[str, Json] = {"capability": capability, "database": database or "my-database"}
    file |= {"read": statement} if reads else {"write": _write(capability, statement)}
    if names:
        file["parameters"] = {name: f"= input.{name}" for name in names}
    file["input"] = _object({name: described.parameters.get(name, {}) for name in names})
    found = {"rows": {"type": "array", "items": _object(described.columns)}} if reads or described.columns else {}
    counted = {} if reads else {"changed": {"type": "integer"}}
    file["output"] = _object(found | counted)
    when = "count(rows) >= 0" if reads else "changed >= 0"
    file["answers"] = [{"when": when, "output": {name: f"= {name}" for name in (*found, *counted)}}]
    return yaml.safe_dump(file, sort_keys=False, allow_unicode=True, width=120)


def _verb(text: str) -> str:
    found = VERB.match(COMMENT.sub("", text, count=1))
    return "" if found is None else found[0].lower()


def _with_names(statement: str) -> str:
    """The statement with its parameters as a file has them; what has such already is left as it is."""
    if any(name for name, _ in PLACE.findall(statement)):
        return statement
    return BY_COLON.sub(
        lambda found: f"%({found['name']})s" if found["name"] else found[0], statement.replace("%", "%%")
    )


def _write(capability: str, statement: str) -> dict[str, Json]:
    """Under a name of the letters that one may have, done once a job: by its key, else by a table of keys."""
    name = re.sub(r"[^a-z0-9-]+", "-", capability.lower()).strip("-") or "write"
    once = {} if f"%({KEY})s" in statement else {"done": DONE}
    return {"name": name, "statement": statement, **once}


def _object(properties: Mapping[str, Json]) -> Json:
    return {"type": "object", "required": list(properties), "properties": dict(properties)}


def _described(database: str, statement: str, names: Sequence[str]) -> Described:
    try:
        with connected(database, read_only=True, seconds=SECONDS) as connection:
            return _asked(connection, _numbered(statement, names), names)
    except ActorError as error:
        raise FileRefused([str(error)]) from None
    except psycopg.Error as error:
        raise FileRefused([f"The database refuses the statement (SQLSTATE {error.sqlstate or 'none'})."]) from None


def _numbered(statement: str, names: Sequence[str]) -> str:
    """As the protocol has it: parameters by number. The key of the job comes last."""
    numbers = {name: number for number, name in enumerate((*names, KEY), 1)}
    return PLACE.sub(lambda found: f"${numbers[found[1]]}" if found[1] else "%", statement)


def _asked(connection: Connection, statement: str, names: Sequence[str]) -> Described:
    """Prepare it, and ask of what types its parameters and columns are (the protocol's Parse and Describe)."""
    connection.pgconn.send_prepare(b"", statement.encode())
    _answer(connection)
    connection.pgconn.send_describe_prepared(b"")
    told = _answer(connection)
    types = {name: told.param_type(at) for at, name in enumerate(names) if at < told.nparams}
    called = [(told.fname(at) or b"").decode() for at in range(told.nfields)]
    if twice := next((name for name in called if called.count(name) > 1), ""):
        raise FileRefused([f"Two columns are called {twice}: call each otherwise, as in select a as one, b as other."])
    columns = {name: told.ftype(at) for at, name in enumerate(called)}
    return Described(*({name: _schema(connection, oid) for name, oid in of.items()} for of in (types, columns)))


def _answer(connection: Connection) -> pq.abc.PGresult:
    """What came back, waited for as psycopg waits: no other thread is held up. Raises psycopg.Error."""
    result: pq.abc.PGresult = connection.wait(generators.execute(connection.pgconn))[0]
    if result.status != pq.ExecStatus.COMMAND_OK:
        state = result.error_field(pq.DiagnosticField.SQLSTATE) or b"42000"
        raise psycopg.errors.lookup(state.decode())()
    return result


def _schema(connection: Connection, oid: int) -> Json:
    """What a value of this type is in JSON."""
    known = connection.adapters.types.get(oid)
    plain = {} if known is None else dict(TYPES.get(known.name, {}))  # each its own: YAML would refer to one twice
    return {"type": "array", "items": plain} if known is not None and known.array_oid == oid else plain
