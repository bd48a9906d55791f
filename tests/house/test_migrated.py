"""Is a database that begins as a copy what the migrations make, and does a changed migration run again?"""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tests import migrated


@pytest.mark.django_db
def test_a_test_begins_with_all_migrations_made() -> None:
    executor = MigrationExecutor(connection)
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []


def test_another_migration_or_another_package_is_another_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrated, "ROOT", tmp_path)
    folder = tmp_path / "casework" / "migrations"
    folder.mkdir(parents=True)
    seen = set()
    for file, text in (
        (tmp_path / "requirements.txt", "django==5.1"),
        (folder / "0001_first.py", "one"),
        (folder / "0001_first.py", "two"),
        (folder / "0002_next.py", "two"),
        (tmp_path / "requirements.txt", "django==5.2"),
    ):
        file.write_text(text, encoding="utf-8")
        seen.add(migrated._release())
    assert len(seen) == 5
