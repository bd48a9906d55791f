"""A message that does not arrive is seen on the case page, and decided about as any incident is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils.html import escape

from audit.services import Origin
from casework.models import Case
from orchestration.engine.commands import RaiseIncident
from orchestration.models import Incident
from orchestration.shell import services
from orchestration.shell.services import Done
from tests.casework.actions import Door, door, kept

__all__ = ["door"]
pytestmark = pytest.mark.django_db

SENTENCE = "The message 'shipment' has not arrived: a case that waits for it stands still."


@pytest.fixture
def waiting(people: dict[str, User], analysed: Callable[..., Case]) -> Case:
    """A case whose message has not arrived for long."""
    case = analysed()
    outcome = services.send(case.instance_id, RaiseIncident("message", SENTENCE), Origin("system:letters"))
    assert isinstance(outcome, Done)
    return case


@pytest.mark.parametrize("how", ["retry", "skip"])
def test_it_is_decided_at_both_doors(door: Door, people: dict[str, User], waiting: Case, how: str) -> None:
    client = Client()
    client.force_login(people["anna"])
    assert escape(SENTENCE) in client.get(f"/cases/{waiting.pk}/").content.decode()
    (shown,) = client.get(f"/api/cases/{waiting.pk}/").json()["incidents"]
    assert shown["code"] == "message"
    assert door(people["anna"], "resolve", waiting.pk, shown["number"], how=how).status_code == door.done
    assert Incident.objects.get(instance=waiting.instance_id).resolution == how
    assert [entry.actor for entry in kept(waiting, "engine.IncidentResolved")] == ["person:anna"]
    assert client.get(f"/api/cases/{waiting.pk}/").json()["incidents"] == []
