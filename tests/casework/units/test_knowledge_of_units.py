"""Documents and files of a unit: found by whom the unit is for at that moment, and taken in there."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from audit.services import Origin
from casework.access import units
from casework.access.unit_models import BusinessUnit
from casework.documents.models import Document
from casework.intake import watched
from casework.knowledge.views import reader_of
from casework.models import Case
from casework.people import unit_services
from orchestration.actors.call import Call, limited
from orchestration.actors.kinds.knowledge.actor import KnowledgeActor
from orchestration.ground.refusals import Refused
from orchestration.knowledge.register import index, knowledge_add, knowledge_withdraw
from orchestration.knowledge.search import Reader, find, passages, passages_of
from orchestration.models import KnowledgeDocument
from orchestration.shell.verification.control import verify_control

pytestmark = pytest.mark.django_db
BY = Origin("system:test")
QUESTION = "How late may the harbour close?"
FILE = b"capability: find-knowledge\nclearance: internal\nleast: 0\n"


@pytest.fixture
def tree(people: dict[str, User]) -> dict[str, BusinessUnit]:
    """North with the branch Harbour, and South; nobody is at home anywhere yet."""
    north = units.unit_make(key="north", name="North", parent=None, origin=BY)
    harbour = units.unit_make(key="harbour", name="Harbour", parent=north, origin=BY)
    south = units.unit_make(key="south", name="South", parent=None, origin=BY)
    return {"north": north, "harbour": harbour, "south": south}


@pytest.fixture
def rule(tree: dict[str, BusinessUnit]) -> KnowledgeDocument:
    row = knowledge_add(
        name="Harbour rules",
        content=b"The harbour may close at midnight.",
        level="public",
        groups=(),
        by=BY,
        unit="north",
    )
    assert isinstance(row, KnowledgeDocument), row
    index(row.pk)
    row.refresh_from_db()
    return row


def found(user: User) -> list[str]:
    """What somebody finds; the page and the search by meaning say the same."""
    fresh = User.objects.get(pk=user.pk)
    names = [one.name for one in find(QUESTION, reader_of(fresh))]
    client = Client()
    client.force_login(fresh)
    assert ("Harbour rules" in client.get("/knowledge/").content.decode()) == bool(names)
    return names


def test_it_is_for_the_unit_and_those_above_and_below_at_that_moment(
    rule: KnowledgeDocument, tree: dict[str, BusinessUnit], people: dict[str, User], client: Client
) -> None:
    anna, ben = people["anna"], people["ben"]
    assert found(anna) == ["Harbour rules"]  # whose rights hold everywhere
    for home, theirs in (("south", []), ("harbour", ["Harbour rules"]), ("north", ["Harbour rules"])):
        units.home_set(person=anna, unit=tree[home], origin=BY)
        assert found(anna) == theirs, home
    units.home_set(person=ben, unit=tree["south"], origin=BY)
    client.force_login(User.objects.get(pk=ben.pk))
    assert client.get(f"/knowledge/{rule.pk}/").status_code == 404
    reads = reader_of(User.objects.get(pk=anna.pk))
    piece = rule.chunks.get().pk
    assert [one.id for one in passages([piece], reads)] == [piece] == [one.id for one in passages_of(rule.name, reads)]
    units.home_set(person=anna, unit=tree["south"], origin=BY)  # the same reader, a moment later
    assert not passages([piece], reads) and not passages_of(rule.name, reads) and not find(QUESTION, reads)
    assert not find(QUESTION, Reader("restricted"))  # who says not who they are is in no unit


def test_a_machine_is_given_it_in_cases_of_the_unit_alone(
    rule: KnowledgeDocument, tree: dict[str, BusinessUnit], open_case: Callable[..., Case]
) -> None:
    actor = KnowledgeActor("finder", "1", FILE)
    for home, given in (("north", 1), ("harbour", 1), ("south", 0), ("", 0)):
        case = open_case()
        Case.objects.filter(pk=case.pk).update(unit=tree.get(home))
        with limited(Call(case=case.instance_id, actor="finder")):
            assert len(actor.run({"question": QUESTION}, idempotency_key="k").output["passages"]) == given, home


def test_the_unit_stands_on_the_chain_and_is_not_taken_away_under_its_documents(
    rule: KnowledgeDocument, tree: dict[str, BusinessUnit], people: dict[str, User], client: Client
) -> None:
    units.unit_move(unit=tree["harbour"], parent=None, origin=BY)
    outcome = unit_services.unit_remove(by=people["ada"], unit=tree["north"], reason="Nobody works there")
    assert isinstance(outcome, Refused) and "Documents of the knowledge base" in outcome.message
    assert verify_control().ok
    KnowledgeDocument.objects.filter(pk=rule.pk).update(unit="")
    assert not verify_control().ok
    KnowledgeDocument.objects.filter(pk=rule.pk).update(unit="north")
    knowledge_withdraw(pk=rule.pk, reason="It closes at ten now", by=BY)
    client.force_login(people["ada"])
    given = {"name": "Hours", "text": "The harbour closes at ten.", "level": "public"}
    assert client.post("/knowledge/", given | {"unit": "nowhere"}).status_code == 400
    assert client.post("/knowledge/", given | {"unit": "south"}).status_code == 302
    assert KnowledgeDocument.objects.get(name="Hours").unit == "south"


def test_a_file_in_the_folder_of_a_unit_is_taken_in_there(
    tree: dict[str, BusinessUnit], open_case: Callable[..., Case], tmp_path: Path, settings: Any
) -> None:
    settings.WATCHED_FOLDER = str(tmp_path)
    case = open_case()
    for place in ("complaint@north", "complaint@nowhere"):
        path = tmp_path / place / case.reference / "letter.txt"
        path.parent.mkdir(parents=True)
        path.write_bytes(b"Dear sirs")
        os.utime(path, (1_700_000_000, 1_700_000_000))
    watched.look_after()
    said = (tmp_path / "refused/complaint@nowhere" / case.reference / "letter.txt.txt").read_text()
    assert "No business unit has the key" in said
    assert (tmp_path / "refused/complaint@north" / case.reference / "letter.txt").exists()  # the case is not of North
    Case.objects.filter(pk=case.pk).update(unit=tree["north"])
    (tmp_path / "refused/complaint@north" / case.reference / "letter.txt").rename(
        tmp_path / "complaint@north" / case.reference / "letter.txt"
    )
    watched.look_after()
    assert Document.objects.get(case=case).name == "letter.txt"
