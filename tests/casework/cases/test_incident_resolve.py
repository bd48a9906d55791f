"""A person decides about work that a machine could not do: again, or on without it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User

from casework.cases.incidents import Wish, incident_resolve
from casework.models import Case
from orchestration.ground.refusals import Refused
from orchestration.models import Incident, Job
from tests.casework.actions import Door, denials, door, kept, refusals
from tests.orchestration.machines import Machines, work_jobs

__all__ = ["door"]
pytestmark = pytest.mark.django_db

People = dict[str, User]


@pytest.fixture
def troubled(people: People, open_case: Callable[..., Case], machines: Machines) -> Case:
    """A case whose intent nobody could find out."""
    machines.fail("intent", temporary=False)
    case = open_case()
    work_jobs(case.instance_id)
    return case


def incident(case: Case) -> Incident:
    return Incident.objects.get(instance=case.instance_id)


def test_again_gives_the_work_to_a_machine_once_more(
    door: Door, people: People, troubled: Case, machines: Machines
) -> None:
    answer = door(people["anna"], "resolve", troubled.pk, incident(troubled).incident, how="retry")
    assert answer.status_code == door.done and incident(troubled).resolved
    machines.say("refund_request", 0.93, "neutral")
    work_jobs(troubled.instance_id)
    troubled.refresh_from_db()
    assert troubled.state == "Pending review"
    assert [entry.actor for entry in kept(troubled, "engine.IncidentResolved")] == ["person:anna"]


def test_a_program_can_go_on_with_an_output_of_its_own(people: People, troubled: Case) -> None:
    api, output = Door(is_api=True, done=200), {"label": "refund_request", "confidence": 0.5}
    number = incident(troubled).incident
    assert api(people["anna"], "resolve", troubled.pk, number, how="skip", output=output).status_code == api.done
    work_jobs(troubled.instance_id)
    troubled.refresh_from_db()
    row = Incident.objects.get(instance=troubled.instance_id, incident=number)
    assert (troubled.state, row.resolution) == ("Pending review", "skip")


@pytest.mark.parametrize("output", ["a\0b", {"label\0": "x"}, ["a\0"], "x" * 300_000])
def test_an_output_that_cannot_be_kept_is_refused(people: People, troubled: Case, output: object) -> None:
    number = incident(troubled).incident
    outcome = incident_resolve(by=people["anna"], case=troubled, incident=number, wish=Wish("skip", output=output))
    assert isinstance(outcome, Refused) and outcome.code == "invalid"
    assert incident(troubled).resolved is None


def test_twice_is_refused_and_kept(door: Door, people: People, troubled: Case) -> None:
    number = incident(troubled).incident
    door(people["anna"], "resolve", troubled.pk, number, how="retry")
    assert door(people["anna"], "resolve", troubled.pk, number, how="retry").status_code == 409
    assert refusals(troubled) == [("person:anna", "unknown")]
    assert Job.objects.filter(instance=troubled.instance_id, state="waiting").count() == 1


def test_only_in_the_ways_that_there_are(door: Door, people: People, troubled: Case) -> None:
    answer = door(people["anna"], "resolve", troubled.pk, incident(troubled).incident, how="ignore")
    assert answer.status_code in (400, 409) and incident(troubled).resolved is None


def test_not_by_looking(door: Door, people: People, troubled: Case) -> None:
    assert door.get(people["anna"], "resolve", troubled.pk, incident(troubled).incident).status_code == 405
    assert incident(troubled).resolved is None


def test_not_by_outsiders_and_auditors(door: Door, people: People, troubled: Case) -> None:
    for name, status in (("olga", 404), ("dora", 404), ("ada", 404), ("axel", 403)):
        answer = door(people[name], "resolve", troubled.pk, incident(troubled).incident, how="retry")
        assert answer.status_code == status
    assert incident(troubled).resolved is None and denials(troubled) == [("person:axel", "work")]
