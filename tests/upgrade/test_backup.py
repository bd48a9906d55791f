"""A backup that was restored elsewhere is the same product: every history holds there, and its cases go on."""

from __future__ import annotations

import io
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import override_settings

from casework.access.permissions import task_for_user
from casework.management.commands.backup import MADE_ANEW
from casework.models import Case, ListedValue, SearchedCase, SearchedWord
from casework.runtime.database_programs import program
from casework.tasks.services import task_complete
from orchestration.models import HumanTask
from orchestration.shell.services import Done
from tests.upgrade.conftest import drop_database, empty_database, forget


@pytest.fixture
def elsewhere(before: str) -> Iterator[str]:
    """The name of an empty database beside the older one."""
    host, name = connection.settings_dict["HOST"], f"{before}_restored"
    empty_database(host, name)
    yield name
    connection.close()
    connection.settings_dict["NAME"] = before
    drop_database(host, name)


def said(*command: str) -> str:
    out = io.StringIO()
    call_command(*command, stdout=out)
    return out.getvalue()


def test_a_backup_is_restored_verified_and_goes_on(before: str, elsewhere: str, tmp_path: Path) -> None:
    file = tmp_path / "backup"
    said("backup", str(file))
    assert file.stat().st_mode & 0o077 == 0
    connection.close()
    connection.settings_dict["NAME"] = elsewhere
    forget()
    assert "All histories hold: 21 cases" in said("restore", str(file))
    anna = User.objects.get(username="anna")
    waiting = HumanTask.objects.filter(name="Check and send the draft", state="open", assignee=None).first()
    assert waiting is not None
    done = task_complete(by=anna, task=task_for_user(anna, waiting.pk, "complete"), answers={"verdict": "accept"})
    assert isinstance(done, Done)
    assert Case.objects.get(instance=done.instance).state == "Completed"
    assert "All histories hold: 21 cases" in said("verify_audit")


def test_nobody_else_can_read_it_while_it_is_written_whatever_was_left_there(
    before: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = tmp_path / "backup.unfinished"
    left.write_text("of a backup that was killed")
    left.chmod(0o644)
    opened_before = left.open()
    steps: list[str] = []
    run, sync, rename = subprocess.run, os.fsync, Path.rename

    def dumped(command: Any, *, stdout: Any, **given: Any) -> Any:
        steps.append(f"written with {os.fstat(stdout.fileno()).st_mode & 0o777:o}")
        return run(command, stdout=stdout, **given)

    monkeypatch.setattr(subprocess, "run", dumped)
    monkeypatch.setattr(os, "fsync", lambda number: (steps.append("synced"), sync(number)))
    monkeypatch.setattr(Path, "rename", lambda file, to: (steps.append("named"), rename(file, to)))
    said("backup", str(tmp_path / "backup"))
    assert steps == ["written with 600", "synced", "named", "synced"]
    assert opened_before.read() == "of a backup that was killed" and not left.exists()


def test_nothing_is_overwritten(before: str, tmp_path: Path) -> None:
    file = tmp_path / "backup"
    said("backup", str(file))
    with pytest.raises(CommandError, match="is there already"):
        said("backup", str(file))
    with pytest.raises(CommandError, match="not empty"):
        said("restore", str(file))
    with pytest.raises(CommandError, match="no file"):
        said("restore", str(tmp_path / "none"))


def test_a_backup_of_sealed_cases_says_nothing_of_them_in_what_finds_them_and_restoring_makes_it_anew(
    before: str, elsewhere: str, tmp_path: Path
) -> None:
    keys = {"DATA_KEY": str(tmp_path / "data.key"), "DATA_KEYS": str(tmp_path / "keys")}
    file = tmp_path / "backup"
    with override_settings(**keys):
        said("seal_fields")
        listed, found = set(ListedValue.objects.values_list("pk", flat=True)), SearchedCase.objects.count()
        assert found
        said("backup", str(file))
        script = script_of(file)
        assert b"COPY public.casework_case " in script and not any(
            b"COPY public." + table.encode() in script for table in MADE_ANEW
        )
        connection.close()
        connection.settings_dict["NAME"] = elsewhere
        forget()
        assert "All histories hold: 21 cases" in said("restore", str(file))
        assert set(ListedValue.objects.values_list("pk", flat=True)) == listed
        assert SearchedCase.objects.count() == found and SearchedWord.objects.exists()


def script_of(backup: Path) -> bytes:
    command = [program("pg_restore"), "--file=-", backup]
    return subprocess.run(command, capture_output=True, check=True).stdout  # noqa: S603


def test_a_sealed_backup_is_restored_with_its_key_and_by_nobody_without(before: str, tmp_path: Path) -> None:
    keys = {"DATA_KEY": str(tmp_path / "data.key"), "DATA_KEYS": str(tmp_path / "keys")}
    file, host, name = tmp_path / "backup", connection.settings_dict["HOST"], f"{before}_restored"
    with pytest.raises(CommandError, match="CASEWRIGHT_DATA_KEY names no file"):
        said("backup", str(file), "--sealed")
    assert not file.exists()
    with override_settings(**keys):
        assert "It is sealed" in said("backup", str(file), "--sealed")
        assert file.read_bytes().startswith(b"CWB1") and b"PGDMP" not in file.read_bytes()
        cut = tmp_path / "cut"
        cut.write_bytes(file.read_bytes()[:-20])
        empty_database(host, name)
        try:
            connection.close()
            connection.settings_dict["NAME"] = name
            forget()
            with pytest.raises(CommandError, match="a part of it is missing"):
                said("restore", str(cut))
            assert connection.introspection.table_names() == []
            assert "All histories hold: 21 cases" in said("restore", str(file))
            assert "is destroyed" in said("forget_backup", str(file))
            with pytest.raises(CommandError, match="destroyed already"):
                said("forget_backup", str(file))
            connection.close()
            empty_database(host, name)
            with pytest.raises(CommandError, match="its key is destroyed"):
                said("restore", str(file))
        finally:
            connection.close()
            connection.settings_dict["NAME"] = before
            forget()
            drop_database(host, name)
