"""Does a new installation say how long cases are kept, and does no later version change what people said?"""

from __future__ import annotations

from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client

from audit.services import Origin
from casework.actors.bundled import CASE_TYPES
from casework.erasure.models import RetentionRule
from casework.erasure.orders import due_cases
from casework.erasure.rules import rule_set
from orchestration.casetypes.case_type import Faulty, checked, folder_files, read
from orchestration.casetypes.deployment import deploy
from orchestration.ground import clock

TEST = Origin("system:test")
KYC = CASE_TYPES / "kyc-review"


def test_every_case_type_that_ships_proposes_a_rule_with_its_law_as_an_example() -> None:
    found = {path.parent.name: read(folder_files(path.parent)).keeping for path in CASE_TYPES.glob("*/manifest.yaml")}
    assert len(found) == 12
    for kept in found.values():
        assert kept is not None and 365 <= kept.keep >= kept.floor and "example" in kept.law


def test_a_proposal_that_could_not_be_a_rule_does_not_deploy() -> None:
    files = folder_files(KYC)
    wrong = files | {"manifest.yaml": files["manifest.yaml"].replace("keep: 1919", "keep: 19")}
    with pytest.raises(Faulty, match="a case cannot have to go before it may"):
        checked(wrong, clock.utc_now())


@pytest.mark.django_db
def test_a_new_installation_begins_with_the_rule_on_the_control_chain_and_erases_nothing(
    people: dict[str, User],
) -> None:
    call_command("deploy", str(KYC), stdout=StringIO(), stderr=StringIO())
    rule = RetentionRule.objects.get(pk="kyc-review")
    assert (rule.floor_days, rule.keep_days) == (1827, 1919) and "2015/849" in rule.law
    assert due_cases("kyc-review") == []


@pytest.mark.django_db
def test_what_people_said_stands_whatever_is_deployed_later(people: dict[str, User]) -> None:
    rule_set(origin=TEST, case_type="kyc-review", floor=10, keep=20, law="our own", reason="Our lawyer says so")
    call_command("deploy", str(KYC), stdout=StringIO(), stderr=StringIO())
    assert RetentionRule.objects.get(pk="kyc-review").law == "our own"


@pytest.mark.django_db
def test_where_a_type_came_otherwise_its_proposal_waits_for_a_person(people: dict[str, User], client: Client) -> None:
    deploy(folder_files(KYC), TEST)
    client.force_login(people["ada"])
    page = client.get("/changes/keeping/rules/kyc-review/").content.decode()
    assert "It holds once you save it." in " ".join(page.split()) and 'value="1827"' in page and "2015/849" in page
    assert not RetentionRule.objects.exists()
