"""An auditor sees what was signed, by which key, and takes away what checks it."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from audit.checkpoints import public, signing_key
from audit.models import AuditEvent, VerificationRun
from audit.services import Origin
from casework.models import Case
from casework.proof import histories
from casework.proof.controls.metrics import histories_told
from casework.proof.worker_tasks import verify_histories
from orchestration.ground import clock
from orchestration.shell.verification import plan
from orchestration.shell.verification.checkpoints import begin_anew, take

pytestmark = pytest.mark.django_db


def text_of(user: User, address: str) -> str:
    browser = Client()
    browser.force_login(user)
    answer = browser.get(address)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_what_was_signed_is_shown_with_the_key_and_why_it_began_anew(people: dict[str, User], tmp_path: Path) -> None:
    backend = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / "files"}}
    stores = {**settings.STORAGES, "checkpoints": backend}
    with override_settings(STORAGES=stores, CHECKPOINT_KEY=str(tmp_path / "key")):
        signed = [take(clock.utc_now(), though_quiet=True) for _ in range(2)]
        begin_anew(Origin("operator:root"), "The backup of Monday", clock.utc_now())
        shown = text_of(people["axel"], "/changes/proof/")
        assert public(signing_key()).hex() in shown
    assert "Began anew after checkpoint 2: <bdi>The backup of Monday</bdi>" in shown
    assert all(
        statement is not None and f'<td data-label="Chains">{statement.heads}</td>' in shown for statement in signed
    )
    assert "Nobody has verified all histories yet" in shown


def test_where_nothing_is_signed_the_page_says_why(people: dict[str, User]) -> None:
    shown = text_of(people["axel"], "/changes/proof/")
    assert "CASEWRIGHT_CHECKPOINT_KEY names no file: nothing is signed." in shown
    assert "Nothing was signed yet." in shown


def test_the_verifier_is_the_file_of_this_product(people: dict[str, User]) -> None:
    taken = text_of(people["axel"], "/changes/proof/verifier.py")
    assert taken == " ".join(Path("audit/verifier.py").read_text().split())


def test_how_much_is_verified_is_told_with_its_figures(people: dict[str, User], open_case: Callable[..., Case]) -> None:
    open_case()
    call_command("verify_audit", "--processes", "1", stdout=io.StringIO())
    run = VerificationRun.objects.get()
    assert (run.cases, run.faults) == (1, 0) and run.events is not None and run.events > run.read > 0
    shown = text_of(people["axel"], "/changes/proof/")
    assert f"<strong>100 % of 1 case</strong> and {run.events} events, checked" in shown and "all held" in shown
    case = open_case()
    assert "<strong>50 % of 2 cases</strong>" in text_of(people["axel"], "/changes/proof/")
    call_command("verify_audit", str(case.instance_id), "--processes", "1", stdout=io.StringIO())
    assert "<strong>50 % of 2 cases</strong>" in text_of(people["axel"], "/changes/proof/")  # some are not all


def test_a_history_that_does_not_hold_is_in_the_share(people: dict[str, User], open_case: Callable[..., Case]) -> None:
    case = open_case()
    Case.objects.filter(pk=case.pk).update(state="Closed for good")
    with pytest.raises(CommandError):
        call_command("verify_audit", "--processes", "1", stdout=io.StringIO())
    shown = text_of(people["axel"], "/changes/proof/")
    assert "<strong>0 % of 1 case</strong>" in shown and "1 history did not hold." in shown


def asks(user: User, **wish: str) -> str:
    browser = Client()
    browser.force_login(user)
    answer = browser.post("/changes/proof/", wish, follow=True)
    return " ".join(answer.content.decode().split())


def test_an_auditor_has_a_worker_verify_all_and_sees_how_far_it_is(
    people: dict[str, User], open_case: Callable[..., Case]
) -> None:
    open_case()
    shown = asks(people["axel"], whole="on")
    assert (
        "A worker verifies all histories since" in shown and "each from its first event: 0 events read so far" in shown
    )
    assert 'hx-trigger="every 2s"' in shown and "Verify what is new" not in shown
    assert "being verified at this moment" in asks(people["axel"])
    found = histories.go_on()
    assert found is not None and not found.broken
    run = VerificationRun.objects.get()
    assert run.whole and run.ended and run.cases == 1 and run.read > 0
    shown = text_of(people["axel"], "/changes/proof/")
    assert "<strong>100 % of 1 case</strong>" in shown and "Verify what is new" in shown and "every 2s" not in shown


def test_of_two_who_ask_at_once_one_waits_until_the_other_has_asked() -> None:
    with CaptureQueriesContext(connection) as asked:
        assert isinstance(histories.ask(whole=False), VerificationRun)
    locks = [place for place, one in enumerate(asked) if "pg_advisory_xact_lock" in one["sql"]]
    looks = [place for place, one in enumerate(asked) if "audit_verificationrun" in one["sql"]]
    assert locks and locks[0] < looks[0]


def test_a_worker_verifies_in_portions_and_keeps_what_it_found(open_case: Callable[..., Case]) -> None:
    for _ in range(3):
        open_case()
    histories.ask(whole=False)
    with patch.object(plan, "CASES_AT_ONCE", 1):
        portions = [histories.go_on(seconds=0) for _ in range(3)]
    assert portions[:2] == [None, None]
    last = histories.go_on()
    run = VerificationRun.objects.get()
    assert last is not None and (run.cases, run.faults) == (3, 0)
    assert run.read == AuditEvent.objects.filter(chain__gt=0).count()  # each was read once


def test_what_does_not_hold_is_said_on_the_page_and_to_monitoring(
    people: dict[str, User], open_case: Callable[..., Case]
) -> None:
    case = open_case()
    Case.objects.filter(pk=case.pk).update(state="Closed for good")
    histories.go_on()
    shown = text_of(people["axel"], "/changes/proof/")
    assert "1 did not hold" in shown and f"<li>case {case.pk}" in shown
    told = {metric.name: metric.samples[0].value for metric in histories_told()}
    assert told["casewright_histories_broken"] == 1 and told["casewright_histories_verified_seconds"] < 60


def test_it_is_due_once_a_day_and_when_a_run_was_left_behind(open_case: Callable[..., Case]) -> None:
    open_case()
    assert not histories.is_due()  # a product that is new has other things to do
    long_ago = clock.utc_now() - timedelta(hours=25)
    with patch.object(histories, "SETTLED", timedelta(0)):
        assert histories.is_due()
    verify_histories()
    assert not VerificationRun.objects.exists()
    histories.go_on()
    assert not histories.is_due()
    VerificationRun.objects.update(ended=long_ago)
    assert histories.is_due()
    with override_settings(VERIFY_EVERY=0):
        assert not histories.is_due()
    for _ in range(3):
        verify_histories()
    assert VerificationRun.objects.count() == 2  # however often it was asked for
    histories.ask(whole=False)
    assert not histories.is_due() and histories.is_wanted()
    VerificationRun.objects.filter(ended=None).update(heard=long_ago)
    assert histories.is_due()
