"""A backup that is restored after an erasure shows nothing of what was erased."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import override_settings

from audit.models import ErasedChain
from audit.services import Origin
from casework.actors.bundled import CASE_TYPES
from casework.erasure import again, notes
from casework.erasure.again import Mentioned, erase_again, mentions_again
from casework.erasure.erasing import erase_now
from casework.erasure.finding import traces
from casework.erasure.models import LegalHold
from casework.erasure.places import Places
from casework.erasure.taking_out import take_out_now
from casework.erasure.words import Words
from casework.models import Case
from orchestration.casetypes.case_type import folder_files
from orchestration.casetypes.deployment import deploy
from orchestration.engine.commands import SetVariables
from orchestration.ground import clock
from orchestration.shell import services
from orchestration.shell.services import Done
from tests.casework.erasure.test_erasing import verified
from tests.upgrade.conftest import drop_database, empty_database, forget

NAME = "Zqxander Zumwalt"
MARKS = (NAME, "zqxander@example.org")
AXEL = Origin("person:axel")


def said(*command: str) -> str:
    out = io.StringIO()
    call_command(*command, stdout=out)
    return out.getvalue()


def erased(chain: int) -> None:
    assert erase_now(chain=chain, order=7, why="A rule", origin=Origin("person:axel")) is not None


def test_what_was_erased_since_a_backup_goes_again_when_it_is_restored(before: str, tmp_path: Path) -> None:
    """Though a legal hold of then is in it; and a case that has its number anew stays. A person is
    taken out again of a case of somebody else's, too, of whom nothing but digests was kept."""
    with override_settings(DATA_KEYS=str(tmp_path / "keys")):
        held, other = Case.objects.order_by("pk")[:2]
        LegalHold.objects.create(case=held, reason="Lawsuit 7", by="person:axel", since=clock.utc_now())
        named = other.instance_id
        message = SetVariables({"message": f"Please ask {NAME}, zqxander@example.org, about my card."})
        assert isinstance(services.send(named, message, Origin("system:test")), Done)
        said("backup", str(tmp_path / "backup"))
        LegalHold.objects.all().delete()
        erased(held.instance_id)
        assert isinstance(take_out_now(chain=named, words=Words(MARKS), order=8, origin=AXEL), Places)
        assert not traces(MARKS).cases
        notes._write("case-of-before", {"chain": other.instance_id, "first": "00" * 32, "order": 3})
        host, name = connection.settings_dict["HOST"], f"{before}_restored"
        empty_database(host, name)
        try:
            connection.close()
            connection.settings_dict["NAME"] = name
            forget()
            told = said("restore", str(tmp_path / "backup"))
            assert "1 erased again, which the backup had still." in told and "20 cases" in told
            assert "Taken out again of 1 case of others" in told and "ask for it anew" not in told
            assert not traces(MARKS).cases and mentions_again() == Mentioned()
            assert not Case.objects.filter(pk=held.pk).exists() and Case.objects.filter(pk=other.pk).exists()
            assert erase_again() == 0 and "All histories hold" in verified()
        finally:
            connection.close()
            connection.settings_dict["NAME"] = before
            forget()
            drop_database(host, name)


def test_a_worker_that_begins_notes_what_nobody_noted(
    before: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(again, "_looked", set())
    chain = Case.objects.values_list("instance_id", flat=True)[0]
    with override_settings(DATA_KEYS=str(tmp_path / "lost")):
        erased(chain)
    with override_settings(DATA_KEYS=str(tmp_path / "keys")):
        assert list(notes.all_notes()) == []
        again.look_after()
        assert [one["chain"] for one in notes.all_notes()] == [chain]
    assert ErasedChain.objects.filter(chain=chain).exists()


def test_the_drill_shows_it_with_a_made_up_person(before: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASEWRIGHT_STATE", str(tmp_path))
    monkeypatch.setattr("django.conf.settings.CELERY_BROKER_URL", "memory://")
    deploy(folder_files(CASE_TYPES / "complaint"), Origin("system:test"))
    with override_settings(DATA_KEYS=str(tmp_path / "keys"), DATA_KEY=str(tmp_path / "data.key")):
        told = said("erasure_drill", "--backup")
    assert "Erased: 0 hits in" in told and "Restored and erased again: 0 hits in" in told
    assert "The backup of before has them in" in told
