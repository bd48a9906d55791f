"""Does an administrator hear of a model that a release has learnt anew, and does what works go on until they decide?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from django.contrib.auth.models import User

from audit.services import Origin
from casework.actors.bundled import ensure_actors
from casework.actors.recommenders import ensure_recommender
from casework.models import Case
from orchestration.actors.registry import SETUP, version_move
from orchestration.actors.shipping import SHIPS, shipped_waiting
from orchestration.models import ActorVersion
from orchestration.shell.verification.control import verify_control
from tests.casework.browsing import client
from tests.casework.reading import told

pytestmark = pytest.mark.django_db
ADA: Final = Origin("person:ada")
ABOUT: Final = {
    "refund": ("I want my money back", "Please refund me", "Pay me back", "Return my money", "I ask for a refund"),
    "parcel": ("Where is my parcel", "My box is late", "The parcel is lost", "No delivery yet", "Track my parcel"),
}
RECIPE: Final = """\
key: advice
name: Advice
capability: recommend-items
origin: made up
card: {}
customers: %d
"""


def rows(folder: Path, **more: str) -> Path:
    lines = [f"{text},{label}" for label, texts in ABOUT.items() for text in texts]
    lines += [f"{text},{label}" for label, text in more.items()]
    (folder / "intent.csv").write_text("\n".join(["text,label", *lines]), "utf-8")
    return folder


def test_a_model_that_ships_with_other_rows_waits_on_today_with_its_figures(
    people: dict[str, User], tmp_path: Path
) -> None:
    assert ensure_actors(rows(tmp_path)) == [] and ensure_actors(tmp_path) == []
    used = ActorVersion.objects.get(actor__key="intent")
    (line,) = ensure_actors(rows(tmp_path, parcel="The courier never came"))
    assert line.startswith("Intent model: version") and ensure_actors(tmp_path) == []
    (new,) = shipped_waiting()
    assert ActorVersion.objects.get(state="in-use") == used and new.version in line

    ada, address = client(people["ada"]), f"/actors/intent/versions/{new.pk}/"
    today = ada.get("/today/")
    assert f'href="{address}"' in today.content.decode() and "another version ships, not in use" in told(today)
    page = told(ada.get(address))
    assert "examples 11" in page and "examples 10" in page
    assert ada.post(f"{address}step/", {"to": "in-use"}).status_code == 302
    assert not shipped_waiting().exists() and ensure_actors(tmp_path) == [] and verify_control().ok


def test_a_model_of_before_recipes_were_kept_is_known_by_its_bytes(tmp_path: Path) -> None:
    ensure_actors(rows(tmp_path))
    for row in ActorVersion.objects.all():
        row.metrics.pop("learnt_by")
        row.save()
    assert ensure_actors(tmp_path) == [] and ActorVersion.objects.count() == 1


def test_a_model_that_somebody_has_retired_is_not_put_to_work_again(tmp_path: Path) -> None:
    ensure_actors(rows(tmp_path))
    version_move(ActorVersion.objects.get(), "retired", ADA, reason="Not for us.")
    assert ensure_actors(tmp_path) == []
    ensure_actors(rows(tmp_path, refund="Give it back to me"))
    assert sorted(ActorVersion.objects.values_list("state", flat=True)) == ["quarantined", "retired"]


def test_a_recommender_that_ships_otherwise_waits_too(tmp_path: Path) -> None:
    (tmp_path / "recommender.yaml").write_text(RECIPE % 60)
    assert ensure_recommender(tmp_path) == ensure_recommender(tmp_path) == []
    (tmp_path / "recommender.yaml").write_text(RECIPE % 90)
    (line,) = ensure_recommender(tmp_path)
    assert "waits in quarantine" in line and ensure_recommender(tmp_path) == []


def test_a_version_that_ships_and_was_taken_back_is_not_told_as_if_it_were_new(
    people: dict[str, User], machines: None, analysed: Callable[[], Case]
) -> None:
    analysed()
    worked = ActorVersion.objects.select_related("actor").get(actor__key="intent", state="in-use")
    ActorVersion.objects.filter(pk=worked.pk).update(note=SHIPS, registered_by=SETUP.actor)
    for step in ("retired", "quarantined"):
        version_move(worked, step, ADA, reason="It is often wrong.")
    today = told(client(people["ada"]).get("/today/"))
    assert "the version that ships was taken back" in today and "another version ships" not in today
