"""Can this database compare what texts mean, and what is done where it cannot?

It can where it has the extension `vector` (pgvector): what the embeddings say of a piece is then kept as numbers that
PostgreSQL orders itself, with an index of the nearest (HNSW). The product's own server has it. One of somebody else may
lack it, or the right to create it: there the same numbers stand in plain arrays, which nothing compares, until the
extension is there at a later `migrate`.

An index of many pieces takes minutes: a worker makes it while all goes on, and until it is there the pieces are
compared one by one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Final, LiteralString

from django.core.checks import CheckMessage, Warning
from django.db import transaction
from psycopg.errors import FeatureNotSupported, InsufficientPrivilege

from audit.db.one_at_a_time import alone
from audit.db.sql import cursor
from orchestration.shell.nudges import nudge_knowledge_indexes

KEPT_AS: Final[LiteralString] = """
select format_type(atttypid, null) from pg_attribute
where attrelid = to_regclass('orchestration_knowledgepiece') and attname = 'vector'"""
RECENT: Final[LiteralString] = """
select from pg_extension where extname = 'vector' and string_to_array(extversion, '.')::int[] >= '{0,8}'"""
COMPARED: Final = "halfvec"
PLAIN: Final = "double precision[]"
TURNED: Final[LiteralString] = """
alter table orchestration_knowledgepiece
    alter column vector type halfvec(384), alter column vector set storage plain,
    alter column wide type halfvec(384), alter column wide set storage plain"""
INDEXES: Final[Mapping[str, LiteralString]] = {
    "knowledge_piece_near_vector": "on orchestration_knowledgepiece using hnsw (vector halfvec_ip_ops)",
    "knowledge_piece_near_wide": "on orchestration_knowledgepiece using hnsw (wide halfvec_ip_ops)",
}
USABLE: Final[LiteralString] = """
select relname from pg_index join pg_class on pg_class.oid = indexrelid
where indrelid = to_regclass('orchestration_knowledgepiece') and indisvalid"""
MANY: Final[LiteralString] = "select from orchestration_knowledgepiece offset 4000 limit 1"
"""As many are compared exactly anyway; and indexed in a few seconds."""
INDEXING: Final = 0x4B0E << 32
"""The lock of who makes the indexes."""
TURNED_BACK: Final[LiteralString] = """
drop index if exists knowledge_piece_near_vector, knowledge_piece_near_wide;
alter table orchestration_knowledgepiece
    alter column vector type double precision[] using vector::real[]::double precision[],
    alter column wide type double precision[] using wide::real[]::double precision[]"""
LACKING: Final = (
    "This database does not compare meanings: knowledge is found by its words alone. Have its administrator run "
    "“create extension vector” in it (pgvector 0.8 or later), then run “casewright manage migrate”."
)


def compares() -> bool:
    """Whether it does now."""
    return _kept_as() == COMPARED


def bring() -> bool:
    """Have the database compare meanings, where it can and does not yet; whether it does now."""
    if _kept_as() == PLAIN and _extension():
        with transaction.atomic(), cursor() as plain:
            plain.execute(TURNED)
            if plain.execute(MANY).fetchone() is None:
                for name, what in INDEXES.items():
                    plain.execute(f"create index {name} {what}")
    return compares()


def lacking() -> list[str]:
    """The indexes that a database lacks which compares meanings."""
    if not compares():
        return []
    with cursor() as plain:
        usable = {name for (name,) in plain.execute(USABLE).fetchall()}
    return [name for name in INDEXES if name not in usable]


def make_indexes() -> None:
    """Make those that are lacking, one process alone, while others search and add; in no transaction."""
    with alone(INDEXING) as is_alone:
        for name in lacking() if is_alone else ():
            _make(name)


def _make(name: str) -> None:
    with cursor() as plain:
        plain.execute(f"drop index concurrently if exists {name}")  # what is left of one whose making was stopped
        plain.execute("set maintenance_work_mem = '256MB'")
        try:
            plain.execute(f"create index concurrently {name} {INDEXES[name]}")
        finally:
            plain.execute("reset maintenance_work_mem")


def look_after() -> None:
    """Indexes that no `migrate` waited for, or whose making was stopped."""
    if lacking():
        nudge_knowledge_indexes()


def after_migrations(**told: Any) -> None:
    """Whatever made the database lack it before, a `migrate` looks anew."""
    bring()


def take_back() -> None:
    """Have it keep plain arrays again."""
    if compares():
        with transaction.atomic(), cursor() as plain:
            plain.execute(TURNED_BACK)


def check(databases: Sequence[str] | None = None, **options: Any) -> list[CheckMessage]:
    """What `check --database default`, and each `migrate` before its work, say of it."""
    lacks = bool(databases) and _kept_as() == PLAIN
    return [Warning(LACKING, id="knowledge.W001")] if lacks else []


def _kept_as() -> str:
    """The type of the columns; "" before there are any."""
    with cursor() as plain:
        found = plain.execute(KEPT_AS).fetchone()
    return "" if found is None else str(found[0])


def _extension() -> bool:
    """Whether the database has it, in a version that goes on along its index until enough is found that may be read;
    it is made where that is allowed."""
    with suppress(FeatureNotSupported, InsufficientPrivilege), transaction.atomic(), cursor() as plain:
        plain.execute("create extension if not exists vector")
    with cursor() as plain:
        return plain.execute(RECENT).fetchone() is not None
