"""A directory keeps people and groups by SCIM 2: joiners, movers, leavers, and nothing beyond what is opened to it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import httpx2
import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from casework.access.identities import claims_set
from casework.access.people import person_join
from casework.access.permissions import origin_of
from casework.access.tokens import token_of
from casework.models import Case
from casework.people.models import RightsProposal
from casework.tasks.services import task_claim
from orchestration.models import HumanTask
from orchestration.shell.verification.control import verify_control
from tests.casework.access.tokens import service_for, token_for

pytestmark = pytest.mark.django_db
People = dict[str, User]
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"


class Directory:
    """`ask("PATCH", "Users/7", ...)` as the directory does."""

    def __init__(self, token: str) -> None:
        self.token, self.client = token, Client(headers={"Authorization": f"Bearer {token}"})

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        content = "" if body is None else json.dumps(body)
        return self.client.generic(method, f"/scim/v2/{path}", content, "application/scim+json", headers=headers)

    def add(self, user_name: str, **more: Any) -> str:
        made = self.ask("POST", "Users", {"schemas": [USER], "userName": user_name} | more)
        assert made.status_code == 201, made.content
        return str(made.json()["id"])

    def set(self, path: str, op: str = "replace", value: Any = None, at: str | None = None) -> Any:
        change = {"op": op} | ({"path": at} if at else {}) | ({} if value is None else {"value": value})
        return self.ask("PATCH", path, {"schemas": [PATCH], "Operations": [change]})

    def switch(self, number: object, active: bool) -> bool:
        """Whether they may come in, after the directory has wanted it so."""
        assert self.set(f"Users/{number}", value={"active": active}).status_code in (200, 204)
        return bool(self.ask("GET", f"Users/{number}").json()["active"])


@pytest.fixture
def directory(people: People) -> Directory:
    service = service_for("directory", people["ada"], "Administrators", scope="administer")
    return Directory(token_for(service.person, "administer"))


@pytest.fixture
def analysts(people: People) -> Group:
    """Opened to the directory, to which a second administrator agreed."""
    group = Group.objects.get(name="Analysts")
    claims_set(group=group, values=["desk"], origin=origin_of(people["ada"]))
    return group


def test_it_is_what_scim_asks_of_a_server(directory: Directory) -> None:
    from scim2_client.engines.httpx2 import SyncSCIMClient
    from scim2_tester import Status, check_server

    def answered(request: httpx2.Request) -> httpx2.Response:
        headers, path = dict(request.headers.items()), request.url.raw_path.decode()
        answer = directory.client.generic(
            request.method, path, request.read(), headers.get("content-type", ""), headers=headers
        )
        return httpx2.Response(answer.status_code, headers=dict(answer.headers), content=answer.content)

    headers = {"Authorization": f"Bearer {directory.token}"}
    transport = httpx2.MockTransport(answered)
    with httpx2.Client(transport=transport, base_url="http://testserver/scim/v2", headers=headers) as client:
        results = check_server(SyncSCIMClient(client))
    faults = [f"{one.title}: {one.reason}" for one in results if one.status not in (Status.SUCCESS, Status.SKIPPED)]
    # An account is active or not: what is taken away there changes nothing, so that nobody comes in again by it.
    assert faults == ["check_remove_attribute: Attribute 'active' was not removed"]
    assert sum(one.status == Status.SUCCESS for one in results) > 50
    assert verify_control().ok


def test_somebody_joins_moves_and_leaves(
    directory: Directory, analysts: Group, people: People, analysed: Callable[..., Case]
) -> None:
    name, emails = {"givenName": "Nora", "familyName": "Nilsson"}, [{"value": "nora@example.org", "primary": True}]
    number = directory.add("nora", name=name, emails=emails, externalId="x-1")
    nora = User.objects.get(pk=number)
    assert (nora.first_name, nora.email, nora.has_usable_password()) == ("Nora", "nora@example.org", False)
    assert directory.set(f"Groups/{analysts.pk}", "add", [{"value": number}], "members").status_code in (200, 204)
    task = HumanTask.objects.filter(instance=analysed().instance, state="open").earliest("pk")
    task_claim(by=nora, task=task)
    token, browser = token_for(nora), Client()
    browser.force_login(nora)
    assert browser.get("/").status_code == 200
    assert not directory.switch(number, active=False)
    task.refresh_from_db()
    assert task.assignee is None and token_of(token) is None and browser.get("/").status_code == 302
    assert directory.switch(number, active=True)
    assert token_of(token) is None and verify_control().ok
    gone = f'members[value eq "{number}"]'
    assert directory.set(f"Groups/{analysts.pk}", "remove", at=gone).status_code in (200, 204)
    assert not nora.groups.exists()
    assert directory.ask("DELETE", f"Users/{number}").status_code == 204
    assert directory.ask("GET", f"Users/{number}").status_code == 404
    assert not User.objects.get(pk=number).is_active and verify_control().ok


def test_it_finds_by_name_pages_and_keeps_versions(directory: Directory) -> None:
    numbers = [directory.add(f"new-{count}") for count in range(3)]
    found = directory.ask("GET", 'Users?filter=userName eq "NEW-1"').json()
    assert [one["id"] for one in found["Resources"]] == [numbers[1]]
    page = directory.ask("GET", 'Users?filter=userName sw "new-"&startIndex=2&count=1&sortBy=userName').json()
    assert (page["totalResults"], page["itemsPerPage"]) == (3, 1) and page["Resources"][0]["id"] == numbers[1]
    first = directory.ask("GET", f"Users/{numbers[0]}")
    tag = first.headers["ETag"]
    assert directory.ask("GET", f"Users/{numbers[0]}", **{"If-None-Match": tag}).status_code == 304
    changed = {"schemas": [USER], "userName": "new-0", "name": {"givenName": "Nils"}}
    assert directory.ask("PUT", f"Users/{numbers[0]}", changed, **{"If-Match": tag}).status_code == 200
    assert directory.ask("PUT", f"Users/{numbers[0]}", changed, **{"If-Match": tag}).status_code == 412
    assert User.objects.get(pk=numbers[0]).first_name == "Nils"


@pytest.mark.parametrize("who", ["nobody", "ada", "a service for work", "a service for a case type", "a plain service"])
def test_only_a_service_that_may_change_people_comes_in(people: People, who: str) -> None:
    def service(*groups: str) -> User:
        return service_for("other", people["ada"], *groups, scope="administer").person

    token = {
        "nobody": lambda: "cwt_x",
        "ada": lambda: token_for(people["ada"]),
        "a service for work": lambda: token_for(service("Administrators"), "work"),
        "a service for a case type": lambda: token_for(service("Administrators"), case_types=["complaint"]),
        "a plain service": lambda: token_for(service()),
    }[who]()
    answer = Directory(token).ask("POST", "Users", {"schemas": [USER], "userName": "nora"})
    assert answer.status_code == (401 if who == "nobody" else 403)
    assert answer.json()["status"] == str(answer.status_code) and not User.objects.filter(username="nora").exists()


def test_a_directory_gives_nobody_a_group_that_is_not_opened_to_it(directory: Directory, people: People) -> None:
    number, group = directory.add("nora"), Group.objects.get(name="Administrators")
    assert directory.ask("GET", "Groups").json()["totalResults"] == 0
    assert directory.set(f"Groups/{group.pk}", "add", [{"value": number}], "members").status_code == 404
    again = {"schemas": [GROUP], "displayName": "administrators", "members": [{"value": number}]}
    assert directory.ask("POST", "Groups", again).status_code == 409
    assert directory.set(f"Users/{number}", value={"groups": [{"value": str(group.pk)}]}).status_code == 400
    made = directory.ask("POST", "Groups", again | {"displayName": "Newcomers"}).json()
    assert not Group.objects.get(pk=made["id"]).permissions.exists() and verify_control().ok
    assert not User.objects.get(pk=number).groups.filter(pk=group.pk).exists()


def test_services_superusers_and_names_are_out_of_its_reach(directory: Directory, people: People) -> None:
    own = User.objects.get(username="directory")
    assert directory.set(f"Users/{own.pk}", value={"active": False}).status_code == 404
    assert directory.ask("POST", "Users", {"schemas": [USER], "userName": "ANNA"}).status_code == 409
    assert directory.set(f"Users/{people['anna'].pk}", value={"userName": "root"}).status_code == 400
    wrong = {"schemas": [USER], "userName": "x\u0000y"}
    assert directory.ask("POST", "Users", wrong).status_code == 400
    for path in ("Users/٣", "Users/99999999999999999999", "Users/1 or 1=1", "Nothing", "Users?filter=userName eq"):
        assert directory.ask("GET", path).status_code in (400, 404), path
    assert directory.ask("POST", "Users", [1]).status_code == 400 and verify_control().ok


HALF = "\ud800"
ASKED = (
    r'userName eq "\ud800"',
    r'userName eq "\u0000"',
    r'displayName co "\uDFFF\uD800"',
    r'emails[type eq "\udead"]',
)


@pytest.mark.parametrize("asked", ASKED)
def test_a_filter_with_half_a_character_is_no_fault_of_ours(directory: Directory, asked: str) -> None:
    number = directory.add("nora")
    found = [directory.ask("GET", f"{place}?{urlencode({'filter': asked})}") for place in ("Users", "Groups", "")]
    search = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "filter": asked}
    found += [directory.ask("POST", f"{place}.search", search) for place in ("Users/", "")]
    found += [directory.set(f"Users/{number}", value="x", at=f"{asked}.value")]
    assert {one.status_code for one in found} == {400} and verify_control().ok


@pytest.mark.parametrize("wrong", [
    {"userName": HALF}, {"externalId": HALF}, {"name": {"givenName": HALF}}, {"emails": [{"value": f"{HALF}@x.org"}]},
    {"emails": [{"value": "n@x.org", "type": HALF}]}, {HALF: "x"}, {"userName": "x\0"},
])  # fmt: skip
def test_a_text_with_half_a_character_is_taken_nowhere(directory: Directory, wrong: dict[str, Any]) -> None:
    number = directory.add("nora")
    assert directory.ask("POST", "Users", {"schemas": [USER], "userName": "nils"} | wrong).status_code == 400
    assert directory.set(f"Users/{number}", value=wrong).status_code == 400
    assert directory.ask("POST", "Groups", {"schemas": [GROUP], "displayName": HALF}).status_code == 400


def test_a_whole_character_and_the_name_of_a_windows_domain_are_texts(directory: Directory) -> None:
    directory.add("nora", externalId="ACME\\udead")
    directory.add("nils", externalId="\U0001f600")
    for asked in (r'externalId eq "ACME\\udead"', r'externalId eq "\ud83d\ude00"'):
        found = directory.ask("GET", f"Users?{urlencode({'filter': asked})}")
        assert found.status_code == 200 and found.json()["totalResults"] == 1, asked


def test_the_last_who_may_change_people_is_not_kept_out(directory: Directory, people: People) -> None:
    group = Group.objects.get(name="Administrators")
    claims_set(group=group, values=["admins"], origin=origin_of(people["ada"]))
    for path, at, value in ((f"Groups/{group.pk}", "members", []), (f"Users/{people['ada'].pk}", "active", False)):
        answer = directory.ask("PATCH", path, {"schemas": [PATCH], "Operations": [
            {"op": "replace", "path": at, "value": value}]})  # fmt: skip
        assert answer.status_code == 400 and "Nobody would be left" in answer.json()["detail"]
    assert people["ada"].groups.filter(pk=group.pk).exists() and User.objects.get(username="ada").is_active


def test_who_has_rights_of_other_groups_is_let_in_again_by_two(
    directory: Directory, people: People, settings: Any
) -> None:
    settings.SECOND_PERSON = True
    number = people["anna"].pk
    assert not directory.switch(number, active=False)
    assert not directory.switch(number, active=True)
    assert RightsProposal.objects.get().person_id == number


def test_who_was_deleted_and_comes_again_has_nothing_of_before(
    directory: Directory, analysts: Group, people: People
) -> None:
    number = directory.add("nora")
    nora = User.objects.get(pk=number)
    person_join(user=nora, group=analysts, origin=origin_of(people["ada"]))
    nora.set_password("of the first Nora")
    nora.save()
    directory.ask("DELETE", f"Users/{number}")
    assert directory.add("nora") == number
    nora.refresh_from_db()
    assert nora.is_active and not nora.groups.exists() and not nora.has_usable_password() and verify_control().ok
    person_join(user=nora, group=Group.objects.get(name="Auditors"), origin=origin_of(people["ada"]))
    directory.ask("DELETE", f"Users/{number}")
    assert directory.ask("POST", "Users", {"schemas": [USER], "userName": "nora"}).status_code == 409


@pytest.mark.parametrize("name", ["", " ", "n" * 10_000, "no spaces please"])
def test_a_name_that_nobody_can_have_is_a_wrong_value_and_not_taken(directory: Directory, name: str) -> None:
    answer = directory.ask("POST", "Users", {"schemas": [USER], "userName": name})
    assert (answer.status_code, answer.json()["scimType"]) == (400, "invalidValue")
    assert not User.objects.filter(username=name).exists()
