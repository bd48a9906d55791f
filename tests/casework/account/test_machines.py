"""Who works here is told which AI works beside them, until they say that they have read it; auditors see who has."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from audit.models import StandingChain
from audit.selectors import timeline
from audit.services import Origin
from casework.actors.bundled import CASE_TYPES
from orchestration.casetypes.case_type import folder_files
from orchestration.casetypes.deployment import Published, deploy
from orchestration.ground import clock
from orchestration.models import Actor, ActorVersion
from tests.casework.browsing import client
from tests.casework.reading import told

pytestmark = pytest.mark.django_db

People = dict[str, User]
NOTE = "AI works beside you here that you have not read about yet."
PLACE, ELSEWHERE = "/account/machines/", "/account/"


def at_work(key: str, kind: str = "intent", *, enabled: bool = True) -> None:
    actor = Actor.objects.create(key=key, name=key.title(), kind=kind, capability="intent", enabled=enabled)
    ActorVersion.objects.create(
        actor=actor, version="1", artefact=b"", created=clock.utc_now(), state=ActorVersion.State.IN_USE
    )


def test_they_are_told_until_they_say_that_they_have_read_it_and_again_of_what_comes_later(people: People) -> None:
    at_work("reader")
    at_work("ledger", "http")
    at_work("away", enabled=False)
    browser = client(people["anna"])
    page = told(browser.get(PLACE))
    assert NOTE in told(browser.get(ELSEWHERE)) and NOTE not in page  # it leads here
    assert "Reader" in page and "Ledger" not in page and "Away" not in page
    assert browser.post(PLACE, {"machine": ["reader", "made-up"]}).status_code == 302
    assert NOTE not in told(browser.get(ELSEWHERE)) and NOTE not in told(client(people["anna"]).get(ELSEWHERE))
    (event,) = timeline(StandingChain.CONTROL, action="machines.read")
    assert (event.actor, event.detail) == ("person:anna", {"machines": ["reader"]})
    at_work("drafter", "language-model")
    browser = client(people["anna"])
    assert NOTE in told(browser.get(ELSEWHERE)) and told(browser.get(PLACE)).count("new to you") == 1


def test_what_it_does_is_said_as_the_case_types_say_it(people: People) -> None:
    assert isinstance(deploy(folder_files(CASE_TYPES / "complaint"), Origin("system:test")), Published)
    at_work("reader")
    assert "Find out what a message is about" in told(client(people["anna"]).get(PLACE))


def test_where_no_ai_works_nobody_is_told(people: People) -> None:
    at_work("ledger", "http")
    browser = client(people["anna"])
    page = told(browser.get(PLACE))
    assert NOTE not in told(browser.get(ELSEWHERE)) and "None: no AI is at work here now." in page


def test_auditors_see_who_has_read_and_others_do_not(people: People) -> None:
    at_work("reader")
    client(people["anna"]).post(PLACE, {"machine": ["reader"]})
    page = told(client(people["axel"]).get(PLACE))
    assert "Who has read it" in page and "Anna Adler" in page and page.count("not yet") == len(people) - 1
    assert "Who has read it" not in told(client(people["anna"]).get(PLACE))


def test_nobody_has_read_what_they_were_not_shown_and_what_was_read_stays_read(people: People) -> None:
    at_work("reader")
    browser = client(people["anna"])
    assert "was not on the page that you read" in told(browser.post(PLACE, follow=True))
    assert NOTE in told(browser.get(ELSEWHERE)) and not timeline(StandingChain.CONTROL, action="machines.read")
    browser.post(PLACE, {"machine": "reader"})
    at_work("drafter", "language-model")
    for shown in ("reader", "", "drafter", "drafter"):
        browser.post(PLACE, {"machine": shown})
    assert "new to you" not in told(client(people["anna"]).get(PLACE))
    events = timeline(StandingChain.CONTROL, action="machines.read")
    assert sorted(event.detail["machines"] for event in events) == [["drafter", "reader"], ["reader"]]
