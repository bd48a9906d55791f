"""Administrators let people in and keep them out, and change groups and rights, in the browser and by the API."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core import mail
from django.test import Client

from audit.selectors import timeline
from casework.access import people as changing
from casework.access.permissions import clearance, origin_of
from casework.cases.live import CASE_CHANGES
from casework.models import Case, RightsProposal
from casework.people.read import group_version, person_version
from casework.tasks.services import task_claim
from orchestration.models import HumanTask
from orchestration.shell.verification.control import verify_control
from tests.casework.access.tokens import token_for
from tests.casework.browsing import client
from tests.casework.reading import told

pytestmark = pytest.mark.django_db

People = dict[str, User]
WHY = "Moved to another team"


@pytest.fixture
def ada(people: People) -> Client:
    return client(people["ada"])


@pytest.fixture
def adam(people: People) -> User:
    """A second administrator."""
    made = User.objects.create_user("adam", first_name="Adam")
    made.groups.add(Group.objects.get(name="Administrators"))
    return made


def groups_of(name: str) -> list[str]:
    return sorted(User.objects.get(username=name).groups.values_list("name", flat=True))


def change(browser: Client, user: User, do: str, **sent: Any) -> Any:
    return browser.post(f"/people/{user.pk}/", {"do": do, "reason": WHY, "version": person_version(user)} | sent)


def why_of(action: str) -> list[tuple[str, str]]:
    return [(one.actor, one.cause) for one in timeline(0, action=action)]


def test_the_list_finds_people_by_name_group_and_state(ada: Client, people: People) -> None:
    assert "Clara Conti" in told(ada.get("/people/?q=cont")) and "Ben Bauer" not in told(ada.get("/people/?q=cont"))
    assert "Dora Dahl" in told(ada.get("/people/?group=Cards+team"))
    changing.person_switch(user=people["ben"], on=False, origin=origin_of(people["ada"]))
    out = told(ada.get("/people/?state=out"))
    assert "Ben Bauer" in out and "Anna Adler" not in out


def test_somebody_is_invited_and_comes_in_by_a_link_that_works_once(ada: Client) -> None:
    answer = told(
        ada.post("/people/new/", {"name": "nora", "first": "Nora", "groups": ["Analysts"], "reason": "Begins today"})
    )
    (link,) = re.findall(r"http://testserver(/password/[^<]+)<", answer)
    assert "Nothing was mailed" in answer and groups_of("nora") == ["Analysts"]
    nora = Client()
    page = nora.get(link, follow=True)
    assert "You sign in as <strong>nora</strong>" in told(page)
    wrong = nora.post(page.redirect_chain[-1][0], {"new_password1": "password1234", "new_password2": "password1234"})
    assert "too common" in told(wrong)
    good = {"new_password1": "seven green lamps", "new_password2": "seven green lamps"}
    assert nora.post(page.redirect_chain[-1][0], good).status_code == 302
    assert nora.post("/login/", {"username": "nora", "password": "seven green lamps"}).status_code == 302
    assert Client().get(link).status_code == 404
    assert verify_control().ok


def test_a_second_link_ends_the_first_and_none_works_for_who_is_kept_out(ada: Client, people: People) -> None:
    nora = changing.person_make(name="nora", origin=origin_of(people["ada"]))
    assert isinstance(nora, User)
    links = [
        re.findall(r"http://testserver(/password/[^<]+)<", told(ada.post(f"/people/{nora.pk}/link/")))[0]
        for _ in range(2)
    ]
    assert [Client().get(link, follow=True).status_code for link in links] == [404, 200]
    changing.person_switch(user=nora, on=False, origin=origin_of(people["ada"]))
    assert Client().get(links[1], follow=True).status_code == 404
    assert ada.post(f"/people/{nora.pk}/link/").status_code == 409


@pytest.mark.parametrize("takes", [True, False])
def test_a_page_says_mailed_only_when_the_mail_server_took_it(
    ada: Client, settings: Any, monkeypatch: pytest.MonkeyPatch, takes: bool
) -> None:
    settings.EMAIL_URL = "smtp://mail.example"
    if not takes:
        monkeypatch.setattr("casework.people.links.send_mail", _refuse)
    sent = {"name": "nora", "email": "nora@example.org", "reason": "Begins today"}
    answer = told(ada.post("/people/new/", sent))
    assert ("took the link for <strong>nora@example.org" in answer) == takes == bool(mail.outbox)
    assert ("nothing was sent" in answer) == ("/password/" in answer) == (not takes)
    assert not takes or "/password/" in mail.outbox[0].body


def _refuse(*args: object, **more: object) -> None:
    raise ConnectionRefusedError


@pytest.mark.parametrize(
    ("field", "text"),
    [("name", ""), ("name", "a b"), ("name", "ANNA"), ("email", "nobody"), ("reason", ""), ("first", "a\x07"),
     ("groups", "No such group")],
)  # fmt: skip
def test_what_is_wrong_is_said_and_nobody_is_made(ada: Client, field: str, text: str) -> None:
    before = User.objects.count()
    sent = {"name": "nora", "reason": "Begins today"} | {field: text}
    assert ada.post("/people/new/", sent).status_code == 400
    assert ada.post("/api/people/", sent, content_type="application/json").status_code == 400
    assert User.objects.count() == before


def test_other_groups_hold_at_the_next_request_and_held_tasks_are_free(
    ada: Client, people: People, analysed: Callable[..., Case]
) -> None:
    case, anna = analysed(), people["anna"]
    hers = client(anna)
    task_claim(by=anna, task=HumanTask.objects.get(instance=case.instance_id))
    assert hers.get(f"/cases/{case.pk}/").status_code == 200
    assert change(ada, anna, "groups", groups=["Cards team"]).status_code == 302
    assert groups_of("anna") == ["Cards team"]
    assert hers.get(f"/cases/{case.pk}/").status_code == 404
    assert HumanTask.objects.get(instance=case.instance_id).assignee is None
    assert why_of("role.changed")[-1] == ("person:ada", WHY) and verify_control().ok


def test_who_is_kept_out_loses_sessions_keys_and_tasks_at_once(
    ada: Client, people: People, analysed: Callable[..., Case]
) -> None:
    case, anna = analysed(), people["anna"]
    hers = client(anna)
    task_claim(by=anna, task=HumanTask.objects.get(instance=case.instance_id))
    answer = change(ada, anna, "out")
    assert answer.status_code == 302 and "1 of their tasks went back" in told(ada.get("/people/"))
    assert hers.get("/").status_code == 302 and HumanTask.objects.get(instance=case.instance_id).assignee is None
    anna.refresh_from_db()
    assert change(ada, anna, "in").status_code == 302 and User.objects.get(username="anna").is_active
    assert verify_control().ok


def test_who_is_signed_out_everywhere_keeps_tasks_and_may_sign_in_again(
    ada: Client, people: People, analysed: Callable[..., Case]
) -> None:
    case, anna = analysed(), people["anna"]
    task_claim(by=anna, task=HumanTask.objects.get(instance=case.instance_id))
    assert "They are signed in at" not in told(ada.get(f"/people/{anna.pk}/"))
    at_the_desk, at_home = client(anna), client(anna)
    assert "signed in at 2 places" in told(ada.get(f"/people/{anna.pk}/"))
    assert change(ada, anna, "signed-out", reason="").status_code == 400 and at_home.get("/").status_code == 200
    assert change(ada, anna, "signed-out").status_code == 302
    assert "signed out everywhere" in told(ada.get("/people/"))
    assert at_the_desk.get("/").status_code == at_home.get("/").status_code == 302
    assert HumanTask.objects.get(instance=case.instance_id).assignee == anna
    assert why_of("sessions.ended") == [("person:ada", WHY)] and verify_control().ok
    assert "ended 2 sessions of Anna Adler (anna)" in told(client(people["axel"]).get("/changes/"))
    assert client(people["anna"]).get("/").status_code == 200


def test_nobody_signs_themselves_out_there_or_somebody_without_the_right(ada: Client, people: People) -> None:
    here = client(people["anna"])
    assert change(ada, people["ada"], "signed-out").status_code == 409
    assert change(client(people["axel"]), people["anna"], "signed-out").status_code in (403, 404)
    assert here.get("/").status_code == 200


def test_of_two_administrators_at_once_the_second_is_told(ada: Client, adam: User, people: People) -> None:
    ben = people["ben"]
    seen = person_version(ben)
    change(client(adam), ben, "groups", groups=["Cards team"])
    assert change(ada, ben, "groups", groups=["Payments team"], version=seen).status_code == 409
    assert groups_of("ben") == ["Cards team"]
    group = Group.objects.get(name="Analysts")
    sent = {"clearance": "public", "rights": [], "reason": WHY, "version": "of before"}
    assert ada.post(f"/people/groups/{group.pk}/", sent).status_code == 409


def test_what_gives_rights_waits_for_a_second_administrator(
    ada: Client, adam: User, people: People, settings: Any
) -> None:
    settings.SECOND_PERSON = True
    ben = people["ben"]
    change(ada, ben, "groups", groups=["Senior analysts"])
    assert groups_of("ben") == []  # what takes rights holds at once
    proposal = RightsProposal.objects.get()
    assert "put into Senior analysts" in told(ada.get("/people/"))
    assert ada.post(f"/people/changes/{proposal.pk}/", {"how": "agree"}).status_code == 409
    assert groups_of("ben") == []
    for how in ({}, {"how": "approve"}):  # no odd word refuses it for good
        assert client(adam).post(f"/people/changes/{proposal.pk}/", how).status_code == 400
    assert client(adam).post(f"/people/changes/{proposal.pk}/", {"how": "agree"}).status_code == 302
    assert groups_of("ben") == ["Senior analysts"]
    last = timeline(0, action="role.changed")[-1]
    assert (last.actor, last.on_behalf_of, last.cause) == ("person:adam", "person:ada", WHY)
    assert why_of("rights.asked") == [("person:ada", WHY)] and verify_control().ok


def test_a_group_sees_more_only_when_a_second_administrator_agrees(
    ada: Client, adam: User, settings: Any, people: People
) -> None:
    settings.SECOND_PERSON = True
    group = Group.objects.get(name="Cards team")
    sent = {"clearance": "restricted", "rights": ["casework.view_case"], "reason": WHY, "version": group_version(group)}
    assert ada.post(f"/people/groups/{group.pk}/", sent).status_code == 302
    assert clearance(people["dora"]) == "internal" and not group.permissions.exists()
    client(adam).post(f"/people/changes/{RightsProposal.objects.get().pk}/", {"how": "agree"})
    assert clearance(people["dora"]) == "restricted" and group.permissions.get().codename == "view_case"
    group = Group.objects.get(pk=group.pk)
    less = {"clearance": "public", "rights": [], "reason": WHY, "version": group_version(group)}
    ada.post(f"/people/groups/{group.pk}/", less)
    assert clearance(people["dora"]) == "public" and not group.permissions.exists() and verify_control().ok


def test_a_change_that_waits_can_be_refused_and_taken_back(
    ada: Client, adam: User, people: People, settings: Any
) -> None:
    settings.SECOND_PERSON = True
    for who in (client(adam), ada):
        change(ada, people["olga"], "groups", groups=["Auditors"])
        who.post(f"/people/changes/{RightsProposal.objects.get().pk}/", {"how": "refuse"})
        assert not RightsProposal.objects.exists() and groups_of("olga") == []
    assert [actor for actor, _ in why_of("rights.refused")] == ["person:adam", "person:ada"]


def test_nobody_widens_their_own_rights_alone(ada: Client, people: People) -> None:
    change(ada, people["ada"], "groups", groups=["Administrators", "Auditors"])
    assert groups_of("ada") == ["Administrators"]
    proposal = RightsProposal.objects.get()
    assert ada.post(f"/people/changes/{proposal.pk}/", {"how": "agree"}).status_code == 409
    group = Group.objects.get(name="Administrators")
    sent = {"clearance": "restricted", "rights": ["auth.change_user", "orchestration.publish_definition"]}
    ada.post(f"/people/groups/{group.pk}/", sent | {"reason": WHY, "version": group_version(group)})
    assert clearance(people["ada"]) == "internal"


def test_the_last_who_may_change_people_stays(ada: Client, people: People) -> None:
    assert change(ada, people["ada"], "groups", groups=[]).status_code == 409
    assert change(ada, people["ada"], "out").status_code == 409
    group = Group.objects.get(name="Administrators")
    sent = {"clearance": "internal", "rights": [], "reason": WHY, "version": group_version(group)}
    assert ada.post(f"/people/groups/{group.pk}/", sent).status_code == 409
    assert groups_of("ada") == ["Administrators"] and group.permissions.count() == 3


def test_the_table_has_no_cell_that_runs(ada: Client, people: People) -> None:
    User.objects.filter(username="ben").update(first_name="=1+1")
    answer = ada.get("/people/download/?q=ben")
    rows = list(csv.reader(io.StringIO(answer.content.decode())))
    assert rows[1][:3] == ["ben", "'=1+1", "Bauer"] and len(rows) == 2


def test_a_program_does_the_same(ada: Client, people: People) -> None:
    made = ada.post("/api/people/", {"name": "nora", "reason": "Begins"}, content_type="application/json").json()
    assert "/password/" in made["link"] and made["mailed"] == "" and made["person"]["has_password"] is False
    sent = {"groups": ["Analysts"], "reason": WHY, "version": made["person"]["version"]}
    changed = ada.post(f"/api/people/{made['person']['id']}/", sent, content_type="application/json").json()
    assert changed["person"]["groups"] == ["Analysts"] == groups_of("nora")
    out = {"active": False, "reason": WHY, "version": changed["person"]["version"]}
    address = f"/api/people/{made['person']['id']}/switch/"
    assert ada.post(address, out, content_type="application/json").json()["person"]["active"] is False
    assert ada.post(address, out, content_type="application/json").status_code == 409
    assert [one["name"] for one in ada.get("/api/people/?q=nora").json()["results"]] == ["nora"]
    assert "Analysts" in {one["name"] for one in ada.get("/api/groups/").json()["results"]}


def test_an_auditor_looks_and_changes_nothing(people: People) -> None:
    axel, ben = client(people["axel"]), people["ben"]
    page = told(axel.get(f"/people/{ben.pk}/"))
    assert "Ben Bauer" in page and "Keep ben out" not in page and "disabled" in page
    assert change(axel, ben, "out").status_code == 403 and User.objects.get(username="ben").is_active


def test_the_list_costs_the_same_however_many_there_are(
    ada: Client, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    ada.get("/people/")
    for number in range(5):
        User.objects.create_user(f"more-{number}").groups.set(Group.objects.all()[:2])
    with django_assert_max_num_queries(16):
        ada.get("/people/")


def test_open_pages_lists_and_tokens_lose_a_case_with_the_group(
    ada: Client, people: People, analysed: Callable[..., Case]
) -> None:
    """What streams ask of every few seconds, and lists and programs at their next request."""
    case, anna = analysed(), people["anna"]
    watching = {(anna.pk, case.instance_id)}
    program = Client(headers={"Authorization": f"Bearer {token_for(anna)}"})
    assert CASE_CHANGES.visible(watching) == watching
    assert program.get(f"/api/cases/{case.pk}/").status_code == 200
    assert len(program.get("/api/cases/").json()["results"]) == 1
    change(ada, anna, "groups", groups=["Cards team"])
    assert CASE_CHANGES.visible(watching) == set()
    assert program.get(f"/api/cases/{case.pk}/").status_code == 404
    assert program.get("/api/cases/").json()["results"] == []
