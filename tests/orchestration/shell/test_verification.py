"""What somebody changed behind the product's back is refused by the database, and found where they forced it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.management import CommandError, call_command
from django.db import InternalError, ProgrammingError, connection, transaction

from audit.models import AuditEvent
from orchestration.engine.commands import CompleteTask, StartProcess
from orchestration.models import HumanTask, Instance
from orchestration.shell import services
from orchestration.shell.services import Done
from orchestration.shell.verification import verify
from tests.orchestration.case_types import TEST, deployed

pytestmark = pytest.mark.django_db

TABLES = ("audit_auditevent", "audit_auditpayload")


@pytest.fixture
def case(db: None) -> int:
    """A case with some history: a task is open, a timer runs and a message is awaited."""
    version = deployed("reminder.bpmn", root="reminder")
    done = services.start(version, StartProcess("reminder", {"number": "1", "amount": 10, "urgent": True}), TEST)
    assert isinstance(done, Done)
    return done.instance


def sql(statement: str, *values: object) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount


@contextmanager
def trigger_forced_aside() -> Iterator[None]:
    """As somebody who owns the database could."""
    for table in TABLES:
        sql(f"alter table {table} disable trigger all")
    yield
    for table in TABLES:
        sql(f"alter table {table} enable trigger all")


def found(case: int) -> tuple[int, str]:
    """What Verify says of the case, which must be wrong; the command says the same and its exit status tells."""
    verdict = verify(Instance.objects.get(pk=case))
    assert not verdict.ok
    with pytest.raises(CommandError, match="1 history does not hold") as failed:
        call_command("verify_audit")
    assert failed.value.returncode == 1
    return verdict.sequence, verdict.reason


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    "statement",
    [
        "update {} set sequence = sequence",
        "delete from {}",
        "truncate {} cascade",
        "delete from {} where false or chain > 0",
    ],
)
def test_the_database_refuses_to_change_or_delete_what_happened(case: int, table: str, statement: str) -> None:
    with pytest.raises((ProgrammingError, InternalError), match="append-only"), transaction.atomic():
        sql(statement.format(table))
    assert verify(Instance.objects.get(pk=case)).ok


LINK = "update audit_auditevent set {} where chain = %s and sequence = 3"


@pytest.mark.parametrize(
    "change",
    [
        "action = 'engine.TaskClosed'", "actor = 'person:anna'", "on_behalf_of = 'person:ben'", "cause = 'nothing'",
        "at = at + interval '1 second'", "definition = 'trial v9'", "rule_hits = '[]'",
        "payload_digest = decode(repeat('ab', 32), 'hex')", "digest = decode(repeat('ab', 32), 'hex')",
    ],
)  # fmt: skip
def test_a_changed_event_is_found_at_its_place(case: int, change: str) -> None:
    with trigger_forced_aside():
        assert sql(LINK.format(change), case) == 1
    assert found(case) == (3, "event 3 was changed after it was written")


def test_an_event_that_was_hung_elsewhere_is_found(case: int) -> None:
    with trigger_forced_aside():
        sql(LINK.format("previous = decode(repeat('ab', 32), 'hex')"), case)
    assert found(case) == (3, "event 3 does not continue event 2")


@pytest.mark.parametrize("change", ["body = '{}'", "salt = decode(repeat('ab', 16), 'hex')"])
def test_a_changed_content_is_found_at_its_place(case: int, change: str) -> None:
    with trigger_forced_aside():
        assert sql(f"update audit_auditpayload set {change} where chain = %s and sequence = 4", case) == 1
    assert found(case) == (4, "the content of event 4 was changed after it was written")


def test_a_removed_event_is_found(case: int) -> None:
    with trigger_forced_aside():
        sql("delete from audit_auditevent where chain = %s and sequence = 2", case)
    assert found(case) == (2, "event 2 is missing: the next one kept is 3")


def test_a_tail_that_was_cut_off_is_found(case: int) -> None:
    last = AuditEvent.objects.filter(chain=case).count()
    with trigger_forced_aside():
        sql("delete from audit_auditevent where chain = %s and sequence > %s", case, last - 2)
    assert found(case) == (last - 1, f"events {last - 1} to {last} are missing from the end")


def test_an_event_that_was_slipped_in_at_the_end_is_found(case: int) -> None:
    last = AuditEvent.objects.filter(chain=case).count()
    kept = "chain, action, actor, on_behalf_of, cause, at, definition, rule_hits, payload_digest"
    copy = f"""insert into audit_auditevent (sequence, previous, digest, {kept})
               select sequence + 1, digest, digest, {kept} from audit_auditevent where chain = %s and sequence = %s"""
    sql(copy, case, last)
    assert found(case) == (last + 1, f"event {last + 1} was changed after it was written")


def test_two_events_that_changed_places_are_found(case: int) -> None:
    with trigger_forced_aside():
        for source, target in ((3, -3), (4, 3), (-3, 4)):
            sql("update audit_auditevent set sequence = %s where chain = %s and sequence = %s", target, case, source)
    assert found(case)[0] == 3


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("status", "completed", "the stored status is not the one that the events lead to"),
        ("head_sequence", 2, "the last event is not the one that the case remembers"),
        ("head_digest", bytes(32), "the last event is not the one that the case remembers"),
        ("items", b"{}", "the stored state cannot be read: KeyError"),
        ("items", b"not json", "the stored state cannot be read: ValueError"),
        ("data", b"{", "the stored state cannot be read: JSONDecodeError"),
    ],
)
def test_a_changed_case_is_found(case: int, column: str, value: object, reason: str) -> None:
    sql(f"update orchestration_instance set {column} = %s where id = %s", value, case)
    assert found(case)[1] == reason


@pytest.mark.parametrize(
    ("column", "was", "becomes"),
    [
        ("data", b'"amount":10', b'"amount":99'),
        ("data", b'"number":"1"', b'"number":"2"'),
        ("data", b'"amount"', b'"anount"'),
        ("data", b'"urgent":true', b'"urgent":1'),
        ("items", b'"active"', b'"failed"'),
        ("items", b'"remind', b'"rimind'),
        ("items", b'"next":5', b'"next":6'),
        ("items", b'[["act"', b'[["xct"'),
        ("items", b'"act"', b'"xct"'),
    ],
)
def test_a_change_of_a_case_that_still_makes_sense_is_found(case: int, column: str, was: bytes, becomes: bytes) -> None:
    stored = bytes(getattr(Instance.objects.get(pk=case), column))
    assert was in stored, stored
    Instance.objects.filter(pk=case).update(**{column: stored.replace(was, becomes)})
    assert found(case)[1] == "the stored state is not the one that the events lead to"


def test_a_case_that_was_put_under_other_rules_is_found(case: int) -> None:
    other = deployed("trade.bpmn", root="order")
    Instance.objects.filter(pk=case).update(definition=other)
    assert found(case)[1] == "the case follows trial v2, but its last event trial v1"


@pytest.mark.parametrize(
    ("forgery", "reason"),
    [
        (
            "update orchestration_humantask set state = 'completed'",
            "the state of task {item} is not the one in the history",
        ),
        (
            "update orchestration_humantask set claimed = now()",
            "the time when it was taken of task {item} is not the one in the history",
        ),
        ("delete from orchestration_timer", "timer {timer} is open in the history, but has no row"),
        ("delete from orchestration_subscription", "subscription {subscription} is open in the history, but"),
        (
            "insert into orchestration_timer (instance_id, timer, node, due) values ({case}, 999, '', now())",
            "timer 999 has a row, but the history does not know it",
        ),
        (
            "insert into orchestration_incident (instance_id, incident, code, message, opened, resolution) "
            "values ({case}, 999, '', '', now(), '')",
            "incident 999 has a row, but the history does not know it",
        ),
    ],
)
def test_rows_that_disagree_with_the_state_are_found(case: int, forgery: str, reason: str) -> None:
    row = Instance.objects.get(pk=case)
    task, timer, subscription = row.tasks.get(), row.timers.get(), row.subscriptions.get()
    sql(forgery.format(case=case))
    known = {"item": task.item, "timer": timer.timer, "subscription": subscription.subscription}
    assert found(case)[1].startswith(reason.format(**known))


def test_a_task_that_was_opened_again_by_hand_is_found(case: int) -> None:
    task = HumanTask.objects.get(instance=case)
    assert isinstance(services.send(case, CompleteTask(task.item), TEST), Done)
    HumanTask.objects.filter(pk=task.pk).update(state="open")
    assert found(case)[1] == f"the state of task {task.item} is not the one in the history"


def test_the_chain_of_rules_is_checked_too(case: int) -> None:
    with trigger_forced_aside():
        assert sql("update audit_auditevent set actor = 'person:nobody' where chain = 0 and sequence = 1") == 1
    with pytest.raises(CommandError, match="1 history does not hold"):
        call_command("verify_audit")


def test_what_holds_is_said_to_hold(case: int, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("verify_audit")
    assert "All histories hold: 1 case" in capsys.readouterr().out


def test_a_case_that_goes_on_while_all_are_verified_is_no_forgery(case: int) -> None:
    """The list of cases is read first; what happens to a case after that is part of its history."""
    stale = Instance.objects.get(pk=case)
    assert isinstance(services.send(case, CompleteTask(HumanTask.objects.get(instance=case).item), TEST), Done)
    assert verify(stale).ok
