"""What an administrator gives a service, or does by one, is given to and done by herself: a second person agrees."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from casework.access.client_models import ClientSecret
from casework.people.models import RightsProposal
from casework.people.read import group_version, person_version
from casework.people.second_person import proposal_decide
from orchestration.ground.refusals import Refused
from orchestration.shell.verification.control import verify_control
from tests.casework.access.test_tokens import program
from tests.casework.access.tokens import service_for, token_for

pytestmark = pytest.mark.django_db
People = dict[str, User]
JSON = "application/json"


@pytest.fixture
def ada(people: People) -> Client:
    browser = Client()
    browser.force_login(people["ada"])
    return browser


@pytest.fixture
def adam(people: People) -> User:
    """A second administrator."""
    made = User.objects.create_user("adam")
    made.groups.add(Group.objects.get(name="Administrators"))
    return made


@pytest.fixture
def own(people: People) -> Client:
    """A service of ada's in her group, to which somebody agreed once."""
    return program(token_for(service_for("svc-adm", people["ada"], "Administrators", scope="administer").person))


def groups_of(name: str) -> list[str]:
    return sorted(User.objects.get(username=name).groups.values_list("name", flat=True))


def join(browser: Client, user: User, *groups: str) -> Any:
    sent = {"groups": groups, "reason": "More work", "version": person_version(user)}
    return browser.post(f"/api/people/{user.pk}/", sent, content_type=JSON).json()


@pytest.mark.parametrize(("group", "always"), [("Administrators", True), ("Auditors", False)])
def test_a_new_service_is_in_a_group_that_is_not_hers_only_when_a_second_person_agrees(
    ada: Client, adam: User, settings: Any, group: str, always: bool
) -> None:
    settings.SECOND_PERSON = always
    sent = {"name": "svc-adm", "groups": [group], "scope": "administer", "reason": "For the night"}
    assert b"second administrator" in ada.post("/people/services/", sent, follow=True).content
    assert groups_of("svc-adm") == []
    assert isinstance(proposal_decide(by=adam, proposal_id=RightsProposal.objects.get().pk, agree=True), RightsProposal)
    assert groups_of("svc-adm") == [group] and verify_control().ok


def test_what_she_may_herself_she_gives_a_service_as_she_gives_it_a_person(ada: Client) -> None:
    sent = {"name": "svc-adm", "groups": ["Administrators"], "scope": "administer", "reason": "For the night"}
    assert b"second administrator" not in ada.post("/people/services/", sent, follow=True).content
    assert groups_of("svc-adm") == ["Administrators"] and verify_control().ok


def test_the_secret_of_a_service_that_may_what_she_may_not_is_hers_when_a_second_person_agrees(
    ada: Client, adam: User, people: People
) -> None:
    row = service_for("of-adam", adam, "Auditors")
    page = f"/people/services/{row.pk}/"
    for _ in range(2):
        answer = ada.post(f"{page}secret/", follow=True)
        assert b"cws_" not in answer.content and b"A second administrator was asked" in answer.content
    change = {"owner": "ada", "scope": "work", "reason": "I do it from now on"}
    assert b"second administrator has to agree" in ada.post(page, change, follow=True).content
    row.refresh_from_db()
    assert row.owner == adam and not ClientSecret.objects.exists()
    asked = RightsProposal.objects.get()
    refused = proposal_decide(by=people["ada"], proposal_id=asked.pk, agree=True)
    assert isinstance(refused, Refused) and refused.code == "second"
    assert isinstance(proposal_decide(by=adam, proposal_id=asked.pk, agree=True), RightsProposal)
    row.refresh_from_db()
    assert row.owner == people["ada"] and b"cws_" in ada.post(f"{page}secret/").content and verify_control().ok


def test_the_secret_of_a_service_that_may_no_more_than_she_is_replaced_at_once(ada: Client, adam: User) -> None:
    for row in (service_for("of-adam", adam, "Administrators"), service_for("of-adam-too", adam)):
        assert b"cws_" in ada.post(f"/people/services/{row.pk}/secret/").content
    assert not RightsProposal.objects.exists()


def test_what_was_asked_for_a_service_before_stays_asked_for(ada: Client, adam: User) -> None:
    service = service_for("of-adam", adam, "Auditors").person
    join(ada, service, "Auditors", "Analysts")
    ada.post(f"/people/services/{service.service.pk}/secret/")
    assert RightsProposal.objects.get().change == {"join": ["Analysts"], "answers": "ada"}


def test_a_service_that_is_there_is_given_nothing_alone_whoever_answers_for_it(
    ada: Client, adam: User, people: People
) -> None:
    for owner in (people["ada"], adam):
        service = service_for(f"of-{owner.username}", owner).person
        assert join(ada, service, "Auditors")["waiting"] is True and groups_of(service.username) == []


def test_by_her_own_service_she_gives_herself_nothing_alone(own: Client, people: People) -> None:
    assert join(own, people["ada"], "Administrators", "Auditors")["waiting"] is True
    assert groups_of("ada") == ["Administrators"]
    group = Group.objects.get(name="Administrators")
    wider = {
        "clearance": "restricted",
        "rights": ["auth.change_user"],
        "reason": "x y z",
        "version": group_version(group),
    }
    assert own.post(f"/api/groups/{group.pk}/", wider, content_type=JSON).json()["waiting"] is True
    assert join(own, people["ben"], "Analysts")["waiting"] is False  # nobody's own


def test_who_asked_by_a_service_or_gains_by_it_does_not_agree(own: Client, adam: User, people: People) -> None:
    join(own, people["ada"], "Administrators", "Auditors")
    asked = RightsProposal.objects.get()
    for by in (people["ada"], User.objects.get(username="svc-adm")):
        assert isinstance(proposal_decide(by=by, proposal_id=asked.pk, agree=True), Refused)
    assert isinstance(proposal_decide(by=adam, proposal_id=asked.pk, agree=True), RightsProposal)
    adams = Client()
    adams.force_login(adam)
    join(adams, User.objects.get(username="svc-adm"), "Administrators", "Auditors")
    gains = RightsProposal.objects.get()
    assert isinstance(proposal_decide(by=people["ada"], proposal_id=gains.pk, agree=True), Refused)
