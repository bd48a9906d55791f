"""Does an administrator propose in the browser how much is put to people otherwise, with nothing else changed?"""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from django.contrib.auth.models import User
from django.test import Client

from audit.services import Origin
from casework.actors.bundled import CASE_TYPES
from casework.actors.shipped import ensure_shipped
from casework.agents.shares import NOTHING_WRONG, UNSOUND, with_shares
from casework.models import Proposal
from orchestration.casetypes.case_type import folder_files
from orchestration.casetypes.deployment import Published, deploy
from orchestration.models import ActorVersion, Definition
from tests.casework.reading import told

PAGE = "/changes/approvals/shares/"
TEST = Origin("system:test")
OTHER_WAYS = (
    "asked-first: {question: a, machine: b, withholds: [b], known: {share: 0, wrong: [{label: x}]}}\n",
    "asked-first:\n  blind: 0\n  other: {blind: 0.5}\n  blind: 0\n",
    "key: v\n",
)


@pytest.mark.parametrize("case_type", ["complaint", "mailroom"])
def test_the_two_numbers_change_and_not_a_word_else(case_type: str) -> None:
    manifest = (CASE_TYPES / case_type / "manifest.yaml").read_text("utf-8")
    changed = with_shares(manifest, 0.02, 0.01)
    assert changed is not None
    apart = [(a, b) for a, b in zip(manifest.splitlines(), changed.splitlines(), strict=True) if a != b]
    said = [(a.split(":")[0].strip(), b.split(":")[1].split()[0]) for a, b in apart]
    assert said == [("blind", "0.02"), ("share", "0.01")] and with_shares(changed, 0, 0) == manifest


@pytest.mark.parametrize("manifest", OTHER_WAYS)
def test_a_manifest_that_says_it_otherwise_is_left_alone(manifest: str) -> None:
    assert with_shares(manifest, 0.02, 0.01) is None


@pytest.fixture
def ada(people: dict[str, User], client: Client) -> Client:
    assert isinstance(deploy(folder_files(CASE_TYPES / "complaint"), TEST), Published)
    ensure_shipped(CASE_TYPES / "complaint" / "actors")
    client.force_login(people["ada"])
    return client


def sent(client: Client, of: str, **given: str) -> Any:
    return client.post(PAGE, {"of": of, "blind": "0.02", "known": "0.01", "why": "To see what it is worth"} | given)


@pytest.mark.django_db
def test_of_a_form_it_is_a_proposed_version_that_somebody_publishes(ada: Client, people: dict[str, User]) -> None:
    base = Definition.objects.get(key="complaint")
    of = f"type:{base.pk}"
    for wrong in ({"blind": "2"}, {"known": "-0.1"}, {"blind": "0.9", "known": "0.2"}, {"blind": "x"}, {"blind": ""}):
        refused = sent(ada, of, **wrong)
        assert refused.status_code == 400 and UNSOUND in told(refused)
    assert sent(ada, of, why="").status_code == 400 and not Proposal.objects.exists()
    again = sent(ada, of, blind="0.3", known="0.9").content.decode()  # what was typed is not lost, and is marked
    assert 'value="0.3"' in again and 'value="0.9"' in again and 'value="To see what it is worth"' in again
    assert again.count('aria-invalid="true"') == 2 and again.count(UNSOUND) == 3
    answer = sent(ada, of)
    proposal = Proposal.objects.get()
    assert answer.status_code == 302 and answer["Location"].endswith(f"/models/import/{proposal.pk}/")
    assert {name for name in base.files if base.files[name] != proposal.files[name]} == {"manifest.yaml"}
    said = yaml.safe_load(proposal.files["manifest.yaml"])["asked-first"]
    assert (said["blind"], said["known"]["share"]) == (0.02, 0.01)
    assert Definition.objects.get(key="complaint") == base  # nothing is in force by it
    ada.force_login(people["axel"])
    assert 'name="blind"' not in told(ada.get(PAGE)) and sent(ada, of).status_code == 403


@pytest.mark.django_db
def test_of_an_agent_it_is_a_registered_version_and_an_unsound_rule_is_none(ada: Client) -> None:
    before = ActorVersion.objects.select_related("actor").get(actor__key="next-steps", state="in-use")
    of, rule = f"agent:{before.pk}", 'if tool = "add:call_customer" then 0.2 else 0'
    assert sent(ada, of, blind="if tool = then").status_code == 400
    assert UNSOUND in told(sent(ada, of, blind="0.6", known="0.5"))
    answer = sent(ada, of, blind=rule, known="0")
    made = ActorVersion.objects.exclude(pk=before.pk).get(actor=before.actor)
    assert answer.status_code == 302 and answer["Location"].endswith(f"/versions/{made.pk}/")
    assert made.state == ActorVersion.State.REGISTERED
    old, new = (yaml.safe_load(bytes(row.artefact)) for row in (before, made))
    assert (new["approval"].pop("blind"), new["approval"]["known"].pop("share")) == (rule, 0)
    del old["approval"]["blind"], old["approval"]["known"]["share"]
    assert new == old
    assert {sent(ada, of).status_code for of in ("agent:0", "type:x", "", f"type:{before.pk}x")} == {404}


@pytest.mark.django_db
def test_nothing_is_shown_in_place_of_it_where_nothing_is_known_to_be_wrong(ada: Client) -> None:
    row = ActorVersion.objects.get(actor__key="next-steps", state="in-use")
    file = yaml.safe_load(bytes(row.artefact))
    del file["approval"]["known"]
    ActorVersion.objects.filter(pk=row.pk).update(artefact=yaml.safe_dump(file).encode())
    refused = sent(ada, f"agent:{row.pk}")
    assert refused.status_code == 400 and NOTHING_WRONG in told(refused)
    assert sent(ada, f"agent:{row.pk}", known="0").status_code == 302
