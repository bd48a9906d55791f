"""Which versions of which case types are there, and what do their rules say?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import structlog

from orchestration.casetypes.case_type import CaseType, Faulty, by_definition
from orchestration.models import Definition
from orchestration.view.decisions import Table, parse, tables

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Version:
    """One deployed version, without its files. `running`: open cases that stay on it."""

    id: int
    key: str
    version: int
    name: str
    hash: str
    note: str
    at: datetime
    by: str
    current: bool


@dataclass(frozen=True, slots=True)
class TableOf:
    """A decision table and the file of the version that it stands in."""

    file: str
    table: Table


def newest_versions() -> list[Definition]:
    """The newest version of each case type."""
    return list(Definition.objects.order_by("key", "-version").distinct("key").only("pk", "key", "version", "name"))


def newest_types() -> Iterator[tuple[int, CaseType]]:
    """The newest version of each case type, with the number of its row; one that cannot be read hides no other."""
    for row in newest_versions():
        try:
            yield row.pk, by_definition(row.pk)
        except Faulty as wrong:
            log.error("case type not read", definition=row.pk, faults=wrong.faults)


def versions() -> tuple[Version, ...]:
    """Every version of every case type, the newest of each first."""
    rows = Definition.objects.select_related("deployed_by").defer("files").order_by("key", "-version")
    newest: dict[str, int] = {}
    return tuple(_version(row, newest.setdefault(row.key, row.version)) for row in rows)


def _version(row: Definition, newest: int) -> Version:
    by = row.deployed_by
    return Version(
        row.pk, row.key, row.version, row.name, row.content_hash, row.note, row.deployed_at,
        "Casewright" if by is None else by.get_full_name() or by.get_username(), row.version == newest,
    )  # fmt: skip


def tables_by_file(definition: Definition) -> tuple[TableOf, ...]:
    """The decision tables of a version, in order of their files."""
    return tuple(
        TableOf(name, table)
        for name, text in sorted(definition.files.items())
        if name.endswith(".dmn")
        for table in tables(parse(text.encode()))
    )
