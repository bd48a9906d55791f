"""What was verified is not read again, unless somebody asks for it; nobody but the product can say that it was."""

from __future__ import annotations

import io

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from audit.models import VerificationRun, VerifiedHead
from casework.cases.services import case_change, case_viewed
from casework.models import Case
from orchestration.actors.registry import actor_ensure
from orchestration.models import HumanTask
from orchestration.shell.services import Done
from orchestration.shell.verification import kept, plan
from orchestration.shell.verification.every import ended, verify_all

pytestmark = pytest.mark.usefixtures("before")

NOTHING = {"named": lambda case, fault: None, "progress": lambda now, of_all: None}


def verified(*options: str) -> str:
    out = io.StringIO()
    call_command("verify_audit", *options, stdout=out)
    return out.getvalue()


def forged(statement: str) -> None:
    with connection.cursor() as owner:
        owner.execute("set session_replication_role = replica")
        owner.execute(statement)
        owner.execute("set session_replication_role = origin")


def test_only_what_has_gone_on_is_read_again() -> None:
    assert "Read now" not in verified()
    assert "Read now: 0 cases, 0 events. 21 others stand" in verified()
    case_viewed(by=User.objects.get(username="anna"), case=Case.objects.get(pk=2))
    assert "Read now: 1 case, 43 events. 20 others stand" in verified()
    assert "Read now" not in verified("--whole")


def test_a_case_that_changed_beside_its_history_is_read_again_and_found() -> None:
    verified()
    forged("update orchestration_instance set status = 'completed' where id = 2")
    for _ in range(2):
        with pytest.raises(CommandError, match="1 history does not hold"):
            verified()


def interrupted(*, whole: bool) -> None:
    """A run that somebody stops after two portions."""
    seen: list[int] = []

    def stop_after_two(now: int, of_all: int) -> None:
        seen.append(now)
        if len(seen) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        verify_all(whole=whole, processes=1, named=NOTHING["named"], progress=stop_after_two)


def test_a_run_that_was_interrupted_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "CASES_AT_ONCE", 5)
    interrupted(whole=True)
    report = verify_all(whole=True, processes=1, **NOTHING)
    assert report.went_on and report.before == 10
    ended(report, 0, 0)
    assert not verify_all(whole=True, processes=1, **NOTHING).went_on
    assert VerificationRun.objects.count() == 2


def test_a_long_case_goes_on_in_the_middle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestration.shell.verification.every.LONG", 10)
    verified()
    clara = User.objects.get(username="clara")
    for case in Case.objects.filter(closed=False):
        transition = "resume" if case.state == "Suspended" else "suspend"
        assert isinstance(case_change(by=clara, case=case, transition=transition, reason="To see"), Done)
    report = verify_all(whole=False, processes=1, **NOTHING)
    assert (report.broken, report.before) == (0, 3)
    assert 0 < report.read < report.events_before
    forged("update orchestration_humantask set due = due + interval '1 year' where instance_id = 2")
    with pytest.raises(CommandError):
        verified("--whole")
    assert HumanTask.objects.filter(instance=2).exists()


@pytest.mark.parametrize("options", [(), ("--whole",), ("2",)])
@pytest.mark.parametrize(("chain", "name"), [(2, "case 2"), (0, "rules, roles and actors"), (-3, "access")])
def test_a_head_that_somebody_else_wrote_is_named_until_the_key_is_said_to_be_new(
    options: tuple[str, ...], chain: int, name: str
) -> None:
    verified()
    VerifiedHead.objects.filter(chain=chain).update(mac=bytes(32))
    for _ in range(2):
        out = io.StringIO()
        with pytest.raises(CommandError, match="1 history does not hold"):
            call_command("verify_audit", *options, stdout=out)
        (line,) = out.getvalue().splitlines()
        assert line.startswith(name) and line.endswith("was not written with this product's key")
    verified(*options, "--new-key")
    verified(*options)


def test_cases_that_are_named_leave_an_interrupted_run_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "CASES_AT_ONCE", 5)
    interrupted(whole=True)
    assert "1 case" in verified("17")
    report = verify_all(whole=False, processes=1, **NOTHING)
    assert report.went_on and report.run.whole and report.before == 10


def test_a_whole_run_takes_the_place_of_one_that_was_interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "CASES_AT_ONCE", 5)
    interrupted(whole=False)
    assert "went on" not in verified("--whole")
    assert "went on" not in verified()


def test_a_past_that_was_put_in_place_of_the_verified_one_is_found() -> None:
    verified()
    head = VerifiedHead.objects.get(chain=2)
    other = kept.Verified(2, head.sequence, bytes(32), bytes(head.state))
    VerifiedHead.objects.filter(chain=2).update(digest=other.digest, mac=other.mac())
    with pytest.raises(CommandError):
        verified("--whole")


@pytest.mark.parametrize("options", [(), ("--whole",)])
def test_what_was_found_once_is_found_at_every_later_verification(options: tuple[str, ...]) -> None:
    verified()
    forged(
        "delete from audit_auditevent where chain = 2 and sequence > 5; "
        "delete from audit_auditpayload where chain = 2 and sequence > 5; "
        "update orchestration_instance i set head_sequence = 5, head_digest = e.digest "
        "from audit_auditevent e where i.id = 2 and e.chain = 2 and e.sequence = 5"
    )
    for _ in range(3):
        with pytest.raises(CommandError):
            verified(*options)
    assert VerifiedHead.objects.get(chain=2).sequence > 5


def test_a_case_that_is_gone_with_its_history_was_verified_once() -> None:
    verified()
    forged("delete from audit_auditevent where chain = 2; delete from orchestration_instance where id = 2")
    with pytest.raises(CommandError):
        verified()


def test_the_end_of_the_chain_of_rules_cannot_be_cut_off_with_its_head_set_back() -> None:
    actor_ensure("filing", name="Filing", kind="filing", capability="filing")
    verified()
    forged(
        "delete from orchestration_actor where key = 'filing'; "
        "delete from audit_auditevent where chain = 0 and sequence = (select head_sequence from audit_standingchain "
        "where id = 0); "
        "update audit_standingchain s set head_sequence = e.sequence, head_digest = e.digest from audit_auditevent e "
        "where s.id = 0 and e.chain = 0 and e.sequence = s.head_sequence - 1"
    )
    with pytest.raises(CommandError, match="1 history does not hold"):
        verified()


def test_an_access_chain_whose_head_is_gone_is_named() -> None:
    forged("delete from audit_standingchain where id = -3")
    with pytest.raises(CommandError, match="1 history does not hold"):
        verified()


def test_the_page_and_the_api_name_what_does_not_hold_of_an_emptied_history() -> None:
    forged(
        "delete from audit_auditevent where chain = 2; delete from audit_auditpayload where chain = 2; "
        "update orchestration_instance set head_sequence = 0, head_digest = decode(repeat('00', 32), 'hex') "
        "where id = 2"
    )
    browser = Client()
    browser.force_login(User.objects.get(username="axel"))
    shown = browser.post("/cases/2/verify/")
    assert shown.status_code == 200 and "nothing says how it began" in shown.content.decode()
    assert browser.post("/api/cases/2/verify/", {}, content_type="application/json").json()["ok"] is False
