"""A made-up person is planted, erased, and nowhere any more."""

from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from casework.erasure.everywhere import forms
from casework.models import Case
from orchestration.models import Definition


@pytest.fixture
def own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state folder of the test's own; and what waits for the commit does not, for there is none in a test."""

    def at_once(do: Callable[[], object], **how: object) -> None:
        do()

    monkeypatch.setenv("CASEWRIGHT_STATE", str(tmp_path))
    monkeypatch.setattr("django.db.transaction.on_commit", at_once)
    monkeypatch.setattr("django.conf.settings.CELERY_BROKER_URL", "memory://")
    return tmp_path


@pytest.mark.django_db
def test_nothing_of_a_planted_person_is_left(complaint: Definition, own_state: Path) -> None:
    said = io.StringIO()
    call_command("erasure_drill", stdout=said)
    assert "found in" in said.getvalue() and "Erased: 0 hits in" in said.getvalue(), said.getvalue()
    assert not Case.objects.exists()


@pytest.mark.django_db
def test_what_is_left_anywhere_is_named(
    complaint: Definition, own_state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("secrets.token_hex", lambda size: "0123456789abcdef")
    (own_state / "forgotten.log").write_bytes(b"called by " + b64encode(b"?zq0123456789abcdef"))
    said = io.StringIO()
    with pytest.raises(CommandError, match="1 hit in"):
        call_command("erasure_drill", stdout=said)
    assert f"Still there: {own_state / 'forgotten.log'}" in said.getvalue()


@pytest.mark.django_db
def test_what_cannot_be_looked_through_shows_nothing(
    complaint: Definition, own_state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.conf.settings.CELERY_BROKER_URL", f"redis+socket://{own_state}/none.sock")
    with pytest.raises(CommandError, match="1 hit in"):
        call_command("erasure_drill", stdout=io.StringIO())


@pytest.mark.parametrize("written", [
    "Mr Zq12ab", "ZQ12AB.", b"Zq12ab".hex(), *(b64encode(b"?" * n + b"Zq12ab!").decode() for n in range(3)),
])  # fmt: skip
def test_a_mark_is_found_however_it_is_written(written: str) -> None:
    assert any(form in written.lower() for form in forms("Zq12ab"))
