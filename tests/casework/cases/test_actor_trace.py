"""What did a machine work with? References to the history, to versions and to what it led to; never a copy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict

import pytest
from django.contrib.auth.models import User
from django.test import Client

from audit.selectors import Entry, timeline
from casework.cases.read.actor_trace import Memory
from casework.models import Case
from tests.casework.claims import claim, page_of, with_carrier
from tests.orchestration.machines import Machines, work_jobs

__all__ = ["claim"]
pytestmark = pytest.mark.django_db

People = dict[str, User]
Claim = Callable[..., Case]


def event(case: Case, sequence: int) -> Entry:
    return next(entry for entry in timeline(case.instance_id) if entry.sequence == sequence)


def memory(case: Case, by: User, name: str) -> Memory:
    return next(one for one in page_of(case, by).memories if one.name == name)


def test_it_refers_to_what_was_read_answered_written_and_planned(people: People, claim: Claim) -> None:
    case = claim(unclear=True)
    found = memory(case, people["anna"], "Read the message")
    assert (found.actor, found.version, found.rules, found.part) == ("intent", "1", "damage v1", "Assess")
    assert event(case, found.asked.sequence).action == "engine.JobRequested"
    (given,) = found.given
    assert given.label == "Message" and "message" in event(case, given.sequence).detail["variables"]
    (answer,) = found.answers
    assert event(case, answer.sequence).action == "actor.called"
    (wrote,) = found.wrote
    assert wrote.label == "Reading" and "intent" in event(case, wrote.sequence).detail["changes"]
    assert [each.label for each in found.planned] == ["Call the customer back"]
    assert [each.label for each in found.refused] == ["Ask an expert"]
    assert event(case, found.refused[0].sequence).action == "engine.PlanRefused"


def test_it_holds_no_value(people: People, claim: Claim) -> None:
    case = claim(unclear=True)
    assert "It arrived broken." not in str([asdict(one) for one in page_of(case, people["clara"]).memories])


def test_work_that_failed_or_has_not_been_done_is_there_too(people: People, claim: Claim, machines: Machines) -> None:
    case = with_carrier(claim(), people["anna"])
    assert memory(case, people["anna"], "Book the carrier").answers == ()
    machines.fail("sentiment", temporary=False)
    work_jobs(case.instance_id)
    found = memory(case, people["anna"], "Book the carrier")
    assert [each.label for each in found.answers] == ["failed"]
    assert found.part == "Repair › Sending › Carrier" and found.wrote == ()
    assert event(case, found.given[0].sequence).detail["key"] == "carrier"


@pytest.mark.parametrize("who", ["anna", "axel"])
def test_each_reference_leads_to_its_event_on_the_history_page(people: People, claim: Claim, who: str) -> None:
    case = claim(unclear=True)
    client = Client()
    client.force_login(people[who])
    page = client.get(f"/cases/{case.pk}/decisions/").content.decode()
    links = [part.split('"')[0] for part in page.split('href="') if "#event-" in part.split('"')[0]]
    assert len(links) >= 5
    for link in links:
        address, _, anchor = link.replace("&amp;", "&").partition("#")
        assert f'id="{anchor}"' in client.get(address).content.decode(), link
