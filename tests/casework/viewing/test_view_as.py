"""Somebody sees the product as another does: with the same masks, changing nothing, told in their own name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from audit.models import AuditEvent
from casework.access import people as changing
from casework.access.permissions import origin_of
from casework.access.sessions import CONFIRMED
from casework.models import Case, Reveal, Visit
from casework.viewing.rule import SESSION, why_not
from orchestration.ground.clock import utc_now
from orchestration.models import HumanTask
from tests.casework.actions import open_task
from tests.casework.browsing import client
from tests.casework.conftest import PERSON
from tests.casework.reading import told

pytestmark = pytest.mark.django_db

People = dict[str, User]
Analysed = Callable[..., Case]


@pytest.fixture
def axel(people: People) -> User:
    """An auditor, who sees all cases, may view as others."""
    auditors = Group.objects.get(name="Auditors")
    changing.group_right(group=auditors, right="casework.view_as", given=True, origin=origin_of(people["ada"]))
    return people["axel"]


def begun(viewer: User, whom: str) -> Client:
    browser = client(viewer)
    answer = browser.post("/view-as/", {"as": whom, "reason": "She sees nothing, she says"})
    assert answer.status_code == 302, told(answer)
    return browser


def actions(viewer: User) -> list[str]:
    named = AuditEvent.objects.filter(actor=f"person:{viewer.get_username()}", action__startswith="view.")
    return list(named.order_by("at", "pk").values_list("action", flat=True))


def test_a_page_is_what_the_other_sees_and_nothing_is_noted_in_their_name(
    people: People, axel: User, analysed: Analysed
) -> None:
    case, anna = analysed(), people["anna"]
    hers = told(client(anna).get(f"/cases/{case.pk}/data/"))
    Visit.objects.all().delete()
    before = AuditEvent.objects.filter(actor="person:anna").count()
    browser = begun(axel, f"person:{anna.pk}")
    page = told(browser.get(f"/cases/{case.pk}/data/"))
    assert "You see this as Anna Adler. Nothing can be changed." in page
    assert all((value in page) == (value in hers) for value in PERSON.values())
    assert AuditEvent.objects.filter(actor="person:anna").count() == before and not Visit.objects.exists()
    assert actions(axel) == ["view.begun", "view.looked"]
    assert AuditEvent.objects.filter(chain=case.instance_id, action="case.viewed", actor="person:axel").exists()
    assert "viewed as Anna Adler" in told(client(axel).get(reverse("access")))


def test_whatever_is_sent_is_refused(people: People, axel: User, analysed: Analysed) -> None:
    task = open_task(analysed())
    browser = begun(axel, f"person:{people['anna'].pk}")
    assert "Take this task" in told(browser.get(f"/tasks/{task.pk}/"))
    for address in (f"/tasks/{task.pk}/claim/", "/away/", "/drafts/", f"/api/tasks/{task.pk}/claim/", "/no/such/"):
        assert browser.post(address, {}).status_code == 403
        assert browser.put(address, {}).status_code == 403
    assert HumanTask.objects.get(pk=task.pk).assignee is None
    assert browser.get("/account/").status_code == 403
    assert browser.get("/inbox/live/").status_code == 204


def test_one_click_ends_it(people: People, axel: User) -> None:
    browser = begun(axel, f"person:{people['anna'].pk}")
    made_for = browser.get("/delegations/").content.decode().split('name="made_for" value="')[1].split('"')[0]
    assert browser.post("/view-as/end/")["Location"] == "/"
    assert "You see this as" not in told(browser.get("/"))
    assert actions(axel)[-1] == "view.ended"
    browser = begun(axel, f"person:{people['anna'].pk}")
    assert browser.post("/logout/", {"made_for": made_for}).status_code == 302


def test_a_role_is_seen_by_somebody_made_up_who_is_gone_at_once(people: People, axel: User, analysed: Analysed) -> None:
    case, group = analysed(), Group.objects.get(name="Analysts")
    browser, there = begun(axel, f"role:{group.pk}"), User.objects.count()
    page = told(browser.get("/?tab=groups"))
    assert "somebody who is in Analysts alone" in page and case.reference in page
    assert browser.get(f"/cases/{case.pk}/").status_code == 200
    assert User.objects.count() == there


def test_nobody_is_viewed_who_may_more(people: People, axel: User) -> None:
    assert "restricted" not in why_not(axel, people["anna"]) and why_not(axel, people["anna"]) == ""
    assert why_not(axel, people["ada"]).startswith("They may more than you do: auth.change_user")
    assert why_not(axel, people["clara"]) == "They see what is confidential, and you do not."
    assert why_not(axel, axel) and why_not(people["anna"], people["ben"]).startswith("You may not")
    ada = people["ada"]
    administrators = Group.objects.get(name="Administrators")
    changing.group_right(group=administrators, right="casework.view_as", given=True, origin=origin_of(ada))
    ada = User.objects.get(pk=ada.pk)
    assert why_not(ada, people["anna"]) == "They see cases through Analysts, and you do not."
    answer = client(axel).post("/view-as/", {"as": f"person:{ada.pk}", "reason": "Only a look"})
    assert answer.status_code == 400 and "They may more than you do" in told(answer)
    for whom in ("person:999999", "role:x", "", "person:-1"):
        assert client(axel).post("/view-as/", {"as": whom, "reason": "Only a look"}).status_code == 400


def test_it_ends_with_its_time_and_with_the_right(people: People, axel: User) -> None:
    browser = begun(axel, f"person:{people['anna'].pk}")
    clara = Group.objects.get(name="Senior analysts")
    changing.person_join(user=people["anna"], group=clara, origin=origin_of(people["ada"]))
    assert browser.get("/cases/")["Location"] == "/view-as/"
    browser = begun(axel, f"person:{people['ben'].pk}")
    session = browser.session
    session[SESSION] = session[SESSION] | {"until": (utc_now() - timedelta(seconds=1)).isoformat()}
    session.save()
    assert browser.get("/cases/")["Location"] == "/view-as/"
    assert "You see this as" not in told(browser.get("/cases/"))
    assert actions(axel).count("view.ended") == 2


def test_it_wants_a_fresh_sign_in(axel: User) -> None:
    browser = client(axel)
    session = browser.session
    session[CONFIRMED] = 0
    session.save()
    assert "/account/again/" in browser.get("/view-as/")["Location"]


def test_what_the_other_revealed_stays_theirs(people: People, axel: User, analysed: Analysed) -> None:
    case, anna = analysed(), people["anna"]
    Reveal.objects.create(
        case=case, person=anna, path="/customer/iban", reason="A call", until=utc_now() + timedelta(minutes=9)
    )
    assert PERSON["iban"] in told(client(anna).get(f"/cases/{case.pk}/data/"))
    browser = begun(axel, f"person:{anna.pk}")
    assert PERSON["iban"] not in told(browser.get(f"/cases/{case.pk}/data/"))
    assert Reveal.objects.filter(person=anna).exists()


def test_no_file_is_handed_out_neither_streamed_nor_whole(people: People, axel: User) -> None:
    browser = begun(axel, f"role:{Group.objects.get(name='Auditors').pk}")
    for address in ("/changes/registers/complaint/ocel/download/", "/people/download/", "/people/matrix/download/"):
        answer = browser.get(address)
        assert answer.status_code == 403 and "Files are not handed out" in told(answer), address
        assert not answer.has_header("Content-Disposition")
    assert browser.get("/people/").status_code == 200 and browser.get("/changes/").status_code == 200
