"""Is a step with megabytes in it carried out, and the case free again afterwards?"""

from __future__ import annotations

from threading import Thread

import pytest
from django.db import connection

from orchestration.engine.commands import SetVariables, StartProcess
from orchestration.shell import services
from orchestration.shell.services import Done
from tests.orchestration.case_types import TEST, deployed
from tests.orchestration.real import real_database, real_template

__all__ = ["real_database", "real_template"]

pytestmark = pytest.mark.slow


def test_many_steps_with_megabytes_end_and_let_go_of_the_case(real_database: str) -> None:
    """More than fits a socket's buffers: client and server must not both wait for the other to read."""
    version = deployed("reminder.bpmn", root="reminder")
    done = services.start(version, StartProcess("reminder", {"number": "1"}), TEST)
    assert isinstance(done, Done)
    outcomes: list[object] = []

    def write() -> None:
        for megabytes in (1, 2, 3, 4, 5, 6):
            outcomes.append(services.send(done.instance, SetVariables({"a": "x" * megabytes * 1_000_000}), TEST))
        connection.close()

    writer = Thread(target=write, daemon=True)
    writer.start()
    writer.join(60)
    assert [type(outcome) for outcome in outcomes] == [Done] * 6
