"""What was signed outside the database shows what nothing in it can: whole forgeries, cut-off ends, lost cases."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import override_settings

from audit import verifier
from audit.chain import Head
from audit.checkpoints import names, public, signing_key
from audit.db.reaching import environment
from audit.db.sql import do
from audit.models import AuditEvent, AuditPayload
from audit.services import Fact, Origin, kept, record_access, sealed
from casework.runtime.database_programs import program
from orchestration.ground import clock
from orchestration.shell.verification.checkpoints import take, verify_checkpoints

pytestmark = pytest.mark.usefixtures("before_all")


@pytest.fixture(scope="module", autouse=True)
def folder(before_all: str, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where checkpoints are kept; one was taken."""
    place = tmp_path_factory.mktemp("signed")
    backend = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": place / "files"}}
    stores = {**settings.STORAGES, "checkpoints": backend}
    with override_settings(STORAGES=stores, CHECKPOINT_KEY=str(place / "key")):
        assert take(clock.utc_now()) is not None
        yield place / "files"


@pytest.fixture(autouse=True)
def unchanged() -> Iterator[None]:
    """Nothing that a test does to the database stays; forgers have no triggers to fear."""
    with transaction.atomic():
        with connection.cursor() as owner:
            owner.execute("set local session_replication_role = replica")
        yield
        transaction.set_rollback(True)


def sql(*statements: str) -> None:
    with connection.cursor() as owner:
        for statement in statements:
            owner.execute(statement)


def found() -> list[str]:
    return list(verify_checkpoints().faults)


def test_what_nobody_touched_stands_as_it_was_signed() -> None:
    assert found() == []
    out = io.StringIO()
    call_command("verify_audit", "--whole", stdout=out)
    assert "All stand as checkpoint 1 of" in out.getvalue()


def test_a_case_that_vanished_with_all_its_history_is_named() -> None:
    tables = ("audit_auditevent", "audit_auditpayload", "audit_verifiedhead")
    sql(
        *(f"delete from {table} where chain = 5" for table in tables), "delete from orchestration_instance where id = 5"
    )
    said = found()
    assert len(said) == 1
    assert said[0].startswith("case 5, event ")
    assert said[0].endswith("is gone, though checkpoint 1 signed it")


def test_a_chain_that_is_forged_whole_is_named() -> None:
    """With every digest made anew and the head recomputed, nothing inside the database says otherwise."""
    events = list(AuditEvent.objects.filter(chain=5).order_by("sequence"))
    bodies = dict(AuditPayload.objects.filter(chain=5).values_list("sequence", "body"))
    sql("delete from audit_auditevent where chain = 5", "delete from audit_auditpayload where chain = 5")
    head = Head()
    for event in events:
        origin = Origin("person:somebody-else", event.on_behalf_of, event.cause)
        facts = [Fact(event.action, {"was": len(bodies[event.sequence])})]
        history = sealed(5, head, facts, origin, event.definition, event.at)
        do([kept(5, history, origin, event.definition, event.at)])
        head = history.head
    sql(f"update orchestration_instance set head_digest = '\\x{head.digest.hex()}' where id = 5")
    assert found() == [f"case 5, event {head.sequence} is not the one that checkpoint 1 signed"]


def test_a_change_of_rules_that_was_erased_is_named_though_the_head_was_set_back() -> None:
    assert take(clock.utc_now(), though_quiet=True) is not None  # the checkpoint itself stands on that chain, too
    sql(
        "delete from audit_auditevent where chain = 0 and sequence > 3",
        "delete from audit_auditpayload where chain = 0 and sequence > 3",
        "update audit_standingchain set head_sequence = 3, head_digest = (select digest from audit_auditevent"
        " where chain = 0 and sequence = 3) where id = 0",
    )
    said = found()
    assert any(s.startswith("rules, roles and actors, event") and "is gone, though checkpoint" in s for s in said)
    (_files()[-1]).unlink()


def _files() -> list[Path]:
    place = Path(settings.STORAGES["checkpoints"]["OPTIONS"]["location"])
    return [place / name for name in names()]


def test_an_event_that_is_dated_back_behind_a_checkpoint_is_named() -> None:
    long_ago = AuditEvent.objects.filter(chain=5).latest("sequence").at
    row = AuditEvent.objects.filter(chain=5).latest("sequence")
    origin = Origin("person:anna")
    history = sealed(5, Head(row.sequence, bytes(row.digest)), [Fact("case.viewed", {})], origin, "", long_ago)
    do([kept(5, history, origin, "", long_ago)])
    sql(f"update orchestration_instance set head_sequence = {history.head.sequence} where id = 5")
    assert found() == [f"case 5, event {history.head.sequence} is older than checkpoint 1, which does not have it"]


def test_a_checkpoint_whose_file_is_gone_is_named() -> None:
    file = _files()[0]
    content = file.read_bytes()
    file.unlink()
    try:
        assert found() == ["checkpoint 1 was taken, and its file is gone"]
    finally:
        file.write_bytes(content)


def test_the_command_fails_by_what_was_signed_alone() -> None:
    file = _files()[0]
    content = file.read_bytes()
    file.write_bytes(content.replace(b'"number":1', b'"number":2'))
    out = io.StringIO()
    try:
        with pytest.raises(CommandError, match="1 history does not hold"):
            call_command("verify_audit", stdout=out)
    finally:
        file.write_bytes(content)
    assert "checkpoints: the signature of 0000000001.checkpoint is not of what stands in it" in out.getvalue()


def test_only_what_has_changed_is_named_by_the_next_one_and_nothing_where_nothing_has() -> None:
    assert take(clock.utc_now()) is None  # but for the note of the one before, nothing has happened
    record_access([Fact("access.signed_in", {})], Origin("person:anna"), clock.utc_now())
    statement = take(clock.utc_now())
    assert statement is not None
    assert {chain for chain, _, _ in statement.changed} == {0, *(c for c, _, _ in statement.changed if c < 0)}
    assert len(statement.changed) == 2
    assert found() == []
    _files()[-1].unlink()


def test_signing_begins_anew_after_an_older_backup_with_who_and_why() -> None:
    content = _files()[0].read_bytes()
    out = io.StringIO()
    call_command("checkpoint", "--anew", "Restored the backup of Monday", stdout=out)
    assert "1 checkpoints were set aside" in out.getvalue()
    assert found() == []
    assert len(names()) == 1
    _files()[0].unlink()
    _files_write(content)


def _files_write(content: bytes) -> None:
    place = Path(settings.STORAGES["checkpoints"]["OPTIONS"]["location"])
    (place / "0000000001.checkpoint").write_bytes(content)


def proven(file: Path, folder: Path, *others: str) -> tuple[int, str]:
    command = [sys.executable, "-I", "-S", verifier.__file__, str(file), "--checkpoints", str(folder)]
    command += ["--key", public(signing_key()).hex(), *others]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_evidence_of_everything_and_of_one_case_is_proven_without_the_product(folder: Path, tmp_path: Path) -> None:
    call_command("evidence", str(tmp_path / "all"), stdout=io.StringIO())
    status, said = proven(tmp_path / "all", folder)
    assert (status, "All of it holds" in said) == (0, True), said
    with connection.cursor() as rows:
        rows.execute("select reference, instance_id from casework_case order by id limit 1")
        reference, chain = rows.fetchone()
    call_command("evidence", str(tmp_path / "one"), reference, stdout=io.StringIO())
    status, said = proven(tmp_path / "one", folder, "--case", str(chain))
    assert (status, "1 chains" in said) == (0, True), said
    assert proven(tmp_path / "one", folder)[0] == 1


def test_a_dump_is_proven_without_the_product(folder: Path, tmp_path: Path) -> None:
    command = [program("pg_dump"), "--no-owner", "--table=audit_audit*"]
    dump = subprocess.run(command, env=environment(), capture_output=True, check=True).stdout
    (tmp_path / "dump").write_bytes(dump)
    status, said = proven(tmp_path / "dump", folder)
    assert (status, "All of it holds" in said) == (0, True), said
    (tmp_path / "dump").write_bytes(dump.replace(b"person:anna", b"person:axel", 1))
    status, said = proven(tmp_path / "dump", folder)
    assert (status, "was changed after it was written" in said) == (1, True), said
