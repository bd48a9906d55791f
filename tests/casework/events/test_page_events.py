"""Administrators set up who hands in events and who is told, see what became of each, and send some again."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from audit.models import AuditEvent
from orchestration.ground import clock
from orchestration.models import EventDelivery, EventSubscriber, Inlet
from tests.casework.browsing import client

pytestmark = pytest.mark.django_db


def test_an_address_for_events_is_opened_and_closed_and_both_are_kept(people: dict[str, User]) -> None:
    ada = client(people["ada"])
    given = {
        "key": "shop",
        "name": "The shop",
        "message": "order paid",
        "secret": "shop",
        "correlation": "event.data.id",
    }
    assert ada.post("/events/inlets/new/", given).status_code == 302
    page = ada.get("/events/").content.decode()
    assert "/hooks/shop/" in page and "order paid" in page
    ada.post("/events/inlets/shop/switch/", {"enabled": "no"})
    assert not Inlet.objects.get().enabled
    assert AuditEvent.objects.filter(action="inlet.changed", actor="person:ada").count() == 2


def test_what_cannot_be_is_said_at_its_field(people: dict[str, User]) -> None:
    ada = client(people["ada"])
    wrong = {"key": "shop", "name": "The shop", "message": "m", "secret": "s", "correlation": "1 +"}
    answer = ada.post("/events/inlets/new/", wrong)
    assert answer.status_code == 400 and "no FEEL expression" in answer.content.decode()
    answer = ada.post(
        "/events/subscribers/new/", {"key": "a", "name": "A", "secret": "s", "url": "ftp://x", "types": []}
    )
    assert answer.status_code == 400
    answer = ada.post(
        "/events/subscribers/new/",
        {"key": "a", "name": "A", "secret": "s", "url": "ftp://x", "types": ["casewright.case.opened"]},
    )
    assert answer.status_code == 400 and "begins with https" in answer.content.decode()


def test_a_subscriber_is_told_of_the_case_types_that_were_chosen_by_their_names(
    people: dict[str, User], complaint: object
) -> None:
    ada, page = client(people["ada"]), "/events/subscribers/new/"
    asked = ada.get(page).content.decode()
    assert 'value="complaint"' in asked and "Customer complaint" in asked
    given = {"key": "crm", "name": "CRM", "secret": "s", "url": "https://crm.example/"}
    given |= {"types": ["casewright.case.ended"]}
    assert ada.post(page, given | {"case_types": ["no-such-type"]}).status_code == 400
    assert ada.post(page, given | {"case_types": ["complaint"]}).status_code == 302
    assert EventSubscriber.objects.get().case_types == ["complaint"]


def test_what_was_given_up_is_sent_again_from_the_log(people: dict[str, User]) -> None:
    ada = client(people["ada"])
    crm = EventSubscriber.objects.create(key="crm", name="CRM", url="https://crm.example/", types=[], secret="s")
    row = EventDelivery.objects.create(
        subscriber=crm, event="e", type="casewright.case.ended", instance=1, body=b"{}", state="failed",
        run_at=clock.utc_now(), created=clock.utc_now(), attempts=10, error="It answered 500.",
    )  # fmt: skip
    page = ada.get("/events/subscribers/crm/?state=failed").content.decode()
    assert "It answered 500." in page
    assert "Choose at least one" in ada.post("/events/subscribers/crm/again/", follow=True).content.decode()
    ada.post("/events/subscribers/crm/again/", {"delivery": row.pk})
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("waiting", 0)


@pytest.mark.parametrize("who", ["anna", "axel"])
@pytest.mark.parametrize("page", ["/events/", "/events/inlets/new/", "/events/subscribers/new/"])
def test_nobody_else_sets_up_events(people: dict[str, User], who: str, page: str) -> None:
    assert client(people[who]).get(page).status_code == 403
