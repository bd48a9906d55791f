"""What does the file of a SQL connector say, and is it sound?

One statement, which stands in the file as it is: values of the case go in as parameters, never as text. It reads, in a
transaction that can only read, or it writes under a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from jsonschema import Draft202012Validator

from orchestration.actors.kinds.files import FileRefused, file_faults, read_file, schema_faults
from orchestration.actors.kinds.http_connector.file import ANYTHING, BEFORE, Rule, rule_faults, rules_of
from orchestration.actors.kinds.http_connector.shape import CODE, COMMON, SECRET, SENTENCE
from orchestration.actors.kinds.mapping import Filled, mapping, mapping_faults

Json = Any

AFTER: Final = frozenset({"input", "rows", "changed"})
KEY: Final = "idempotency_key"
PLACE: Final = re.compile(r"%(?:\((\w+)\)s|(.))", re.DOTALL)
STATEMENT: Final = {"type": "string", "minLength": 1, "maxLength": 20_000}
OURS: Final = ("capability", "title", "timeout", "rate", "input", "output", "answers")
SHAPE: Final[dict[str, Json]] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "additionalProperties": False,
    "required": ["capability", "database", "answers"],
    "properties": {
        **{name: COMMON[name] for name in OURS},
        "database": SECRET,
        "read": STATEMENT,
        "write": {
            "type": "object",
            "additionalProperties": False,
            "required": ["name", "statement"],
            "properties": {
                "name": {"type": "string", "pattern": "^[a-z][a-z0-9-]{0,99}$"},
                "statement": STATEMENT,
                "done": {"type": "string", "pattern": r"^[a-z_][a-z0-9_]{0,62}(\.[a-z_][a-z0-9_]{0,62})?$"},
            },
        },
        "parameters": {"type": "object", "propertyNames": {"pattern": "^[A-Za-z_][A-Za-z0-9_]*$"}},
        "rows": {"type": "integer", "minimum": 1, "maximum": 10_000},
        "states": {
            "type": "object",
            "propertyNames": {"pattern": "^[0-9A-Z]{5}$"},
            "additionalProperties": {
                "type": "object",
                "additionalProperties": False,
                "required": ["code"],
                "properties": {"code": CODE, "message": SENTENCE},
            },
        },
    },
}
VALIDATOR: Final = Draft202012Validator(SHAPE)


@dataclass(frozen=True, slots=True)
class Statement:
    """`name`: of one that writes, empty for one that reads. `done`: the table that keeps which keys were done.

    `states`: SQLSTATE -> the code and sentence of the business error that it stands for.
    """

    capability: str
    database: str
    sql: str
    parameters: Filled
    answers: tuple[Rule, ...]
    name: str = ""
    done: str = ""
    rows: int = 100
    timeout: float = 30.0
    states: Mapping[str, Mapping[str, str]] | None = None
    input: Mapping[str, Json] = field(default_factory=lambda: ANYTHING)
    output: Mapping[str, Json] = field(default_factory=lambda: ANYTHING)


def sql_faults(content: bytes) -> list[str]:
    """All that is wrong with the file, a sentence each; none where it is sound."""
    return file_faults(content, VALIDATOR, _faults)


@lru_cache(maxsize=64)
def statement_of(content: bytes) -> Statement:
    """The statement of a file. Raises FileRefused."""
    if wrong := sql_faults(content):
        raise FileRefused(wrong)
    given = read_file(content)
    write = given.get("write", {})
    return Statement(
        given["capability"],
        given["database"],
        (write.get("statement") or given["read"]).strip().rstrip(";"),
        mapping(given.get("parameters", {})),
        rules_of(given["answers"]),
        name=write.get("name", ""),
        done=write.get("done", ""),
        rows=given.get("rows", 100),
        timeout=given.get("timeout", 30.0),
        states=given.get("states", {}),
        input=given.get("input", ANYTHING),
        output=given.get("output", ANYTHING),
    )


def _faults(given: Mapping[str, Json]) -> Iterator[str]:
    if ("read" in given) == ("write" in given):
        yield "the file: exactly one of read and write is expected."
    else:
        yield from _statement_faults(given)
    yield from mapping_faults("parameters", given.get("parameters"), BEFORE)
    if KEY in given.get("parameters", {}):
        yield f"parameters: {KEY} is the job's key and is not given here."
    yield from rule_faults(given["answers"], AFTER)
    yield from schema_faults(given)


def _statement_faults(given: Mapping[str, Json]) -> Iterator[str]:
    place = "read" if "read" in given else "write/statement"
    sql = given["read"] if "read" in given else given["write"]["statement"]
    if ";" in sql.strip().rstrip(";"):
        yield f"{place}: one statement is expected, without ; in it."
    named = {KEY, *given.get("parameters", {})}
    for name, other in PLACE.findall(sql):
        if other and other != "%":
            yield f"{place}: values stand as %(name)s; a per cent sign is written %%."
        elif name and name not in named:
            yield f"{place}: %({name})s is no parameter."
    if "write" in given and "done" not in given["write"] and f"%({KEY})s" not in sql:
        yield f"{place}: what writes says how it is done once: with %({KEY})s in it, or a table of done keys (done)."
