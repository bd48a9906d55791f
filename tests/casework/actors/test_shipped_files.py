"""Does an administrator hear of a file that ships otherwise now, see what it changes, and decide whether it is used?"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
import yaml
from django.contrib.auth.models import User

from audit.services import Origin
from casework.actors.bundled import CASE_TYPES
from casework.actors.shipped import ensure_prompts, ensure_shipped
from orchestration.actors.connectors import Wanted, connector_register
from orchestration.actors.shipped_prompts import Server, shipped_prompts
from orchestration.models import ActorVersion
from tests.casework.browsing import client
from tests.casework.reading import told

pytestmark = pytest.mark.django_db
SETUP: Final = Origin("system:setup")
SOURCE: Final = CASE_TYPES / "refund" / "actors" / "order-system.yaml"
FOLDERS: Final = sorted(path.parent for path in CASE_TYPES.glob("*/actors"))


def test_another_file_is_on_today_with_what_it_changes_and_works_when_it_is_let_through(
    people: dict[str, User], tmp_path: Path
) -> None:
    path, ada = tmp_path / SOURCE.name, client(people["ada"])
    path.write_text(SOURCE.read_text("utf-8"), "utf-8")
    (line,) = ensure_shipped(tmp_path)
    assert line.endswith("an actor, registered") and ensure_shipped(tmp_path) == []
    document = yaml.safe_load(SOURCE.read_text("utf-8"))
    document["file"]["title"] = "Orders, read anew"
    path.write_text(yaml.safe_dump(document), "utf-8")
    (line,) = ensure_shipped(tmp_path)
    row = ActorVersion.objects.get(state="quarantined")
    assert row.version in line and ensure_shipped(tmp_path) == []

    address = f"/actors/{row.actor.key}/versions/{row.pk}/"
    today = ada.get("/today/")
    assert f'href="{address}"' in today.content.decode() and "another version ships, not in use" in told(today)
    assert "+title: Orders, read anew" in told(ada.get(address))
    assert ada.post(f"{address}step/", {"to": "in-use"}).status_code == 302
    row.refresh_from_db()
    assert row.active and "not in use" not in told(ada.get("/today/")) and ensure_shipped(tmp_path) == []


def test_a_prompt_that_ships_otherwise_comes_to_models_that_work_by_the_one_before(people: dict[str, User]) -> None:
    before = yaml.safe_load(shipped_prompts()["draft-reply"].file_for(Server("https://models.example/v1", "large"), 30))
    before["prompt"]["system"] = "As it was said in the release before."
    file = yaml.safe_dump(before).encode()
    row = connector_register(Wanted("language-model", "drafter", file, use=True), SETUP)
    assert isinstance(row, ActorVersion) and row.active
    theirs = connector_register(Wanted("language-model", "ours", file, use=True), Origin("person:ada"))
    assert isinstance(theirs, ActorVersion) and theirs.active
    assert len(ensure_prompts(FOLDERS)) == 1 and ensure_prompts(FOLDERS) == []
    new = ActorVersion.objects.get(state="quarantined")
    after = yaml.safe_load(bytes(new.artefact))
    assert new.actor.key == "drafter" and after["prompt"] == shipped_prompts()["draft-reply"].document["prompt"]
    assert (after["url"], after["model"], after["timeout"]) == ("https://models.example/v1", "large", 30)


def test_nothing_waits_where_everything_is_as_it_ships(people: dict[str, User]) -> None:
    for folder in FOLDERS:
        ensure_shipped(folder / "actors")
    assert [line for folder in FOLDERS for line in ensure_shipped(folder / "actors")] == ensure_prompts(FOLDERS) == []
