"""Can an organisation teach a score its own cases, and does a person see what a version rests on before it works?"""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client

from orchestration.models import Actor, ActorVersion

pytestmark = pytest.mark.django_db

SCHEMA = """
name: late
title: Delay score
target: {column: late, value: "1", words: comes late}
bands: [{name: low, below: 0.4}, {name: high}]
left-out: The driver is not looked at.
inputs:
  road: {title: Road, enum: [good, bad]}
  km: {title: Kilometres, type: number, minimum: 0, changeable: true}
"""


@pytest.fixture
def given(tmp_path: Path) -> dict[str, Path]:
    schema, table = tmp_path / "late.score.yaml", tmp_path / "trips.csv"
    schema.write_text(SCHEMA)
    rows = [f"{'bad' if at % 3 else 'good'},{at % 50},{int((at * 7) % 10 < (6 if at % 3 else 2))}" for at in range(300)]
    table.write_text("\n".join(["road,km,late", *rows]))
    return {"csv": table, "schema": schema}


def trained(given: dict[str, Path]) -> ActorVersion:
    call_command("train_score", "late", "--csv", str(given["csv"]), "--schema", str(given["schema"]))
    return ActorVersion.objects.get(actor__key="late")


def test_a_trained_score_is_registered_with_what_was_measured_and_waits_for_a_person(
    given: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    version = trained(given)
    assert not version.active and version.metrics["rows"] == 300
    assert {"auc", "brier", "ece", "reliability"} <= version.metrics.keys()
    told = capsys.readouterr().out
    assert "300 rows, 46.7% of which comes late." in told
    assert "A person puts it to work: Actors, Delay score, version" in told
    actor = Actor.objects.get(key="late")
    assert (actor.kind, actor.capability, actor.name) == ("score", "late", "Delay score")


def test_its_page_shows_what_it_rests_on_and_a_person_puts_it_to_work(
    given: dict[str, Path], people: dict[str, User], client: Client
) -> None:
    version = trained(given)
    client.force_login(people["ada"])
    page = client.get(f"/actors/late/versions/{version.pk}/").content.decode()
    for words in ("What it rests on", "comes late", "The driver is not looked at.", "Road", "It came true", "AUC"):
        assert words in page
    client.post(f"/actors/late/versions/{version.pk}/step/", {"to": "in-use"})
    version.refresh_from_db()
    assert version.active
    assert "km" in client.get("/actors/late/").content.decode()


def test_bad_rows_are_named_and_left_out_and_the_exit_status_tells(
    given: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    given["csv"].write_text(given["csv"].read_text() + "\nmuddy,3,1\n")
    with pytest.raises(SystemExit) as stopped:
        trained(given)
    assert stopped.value.code == 1
    assert "trips.csv:302: road is 'muddy', which is none of its choices" in capsys.readouterr().err


def test_what_nothing_can_be_learnt_from_is_refused(given: dict[str, Path]) -> None:
    given["csv"].write_text("road,km,late\ngood,1,0\n")
    with pytest.raises(CommandError, match="at least 50 rows are needed") as refused:
        trained(given)
    assert refused.value.returncode == 2
    assert not Actor.objects.filter(key="late").exists()
