"""Every event of the engine says because of what it happened."""

from __future__ import annotations

from typing import get_args

import pytest

from audit.selectors import timeline
from audit.services import Origin
from orchestration.engine.commands import Command, CompleteTask, StartProcess
from orchestration.models import HumanTask
from orchestration.shell import causes, services
from orchestration.shell.services import Done
from tests.orchestration.case_types import deployed

BY = Origin("person:anna")


@pytest.mark.django_db
def test_every_event_of_a_case_has_a_cause() -> None:
    version = deployed("reminder.bpmn", root="reminder")
    done = services.start(version, StartProcess("reminder", {"number": "1", "amount": 10, "urgent": True}), BY)
    assert isinstance(done, Done)
    item = HumanTask.objects.get(instance=done.instance).item
    assert isinstance(services.send(done.instance, CompleteTask(item), BY), Done)
    said = {entry.cause for entry in timeline(done.instance)}
    assert said == {"the start of reminder", f"finishing task {item}"}


def test_every_command_has_words() -> None:
    assert set(get_args(Command)) == set(causes.WORDS)


def test_a_cause_that_is_known_stays() -> None:
    assert causes.caused(Origin("system:intake", cause="row 3"), CompleteTask(1)).cause == "row 3"
