"""Does a request go on at once when no broker can be reached?"""

from __future__ import annotations

from pathlib import Path

import pytest
from celery import Celery
from structlog.testing import capture_logs

from orchestration.shell import nudges


@pytest.mark.parametrize("broker", ["redis+socket://{}/none.sock", "redis://127.0.0.1:1/0", "amqp://127.0.0.1:1//"])
def test_a_nudge_without_a_broker_is_given_up_without_a_wait(
    broker: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr("kombu.utils.functional.sleep", waited.append)
    monkeypatch.setattr(nudges, "current_app", Celery(broker=broker.format(tmp_path), set_as_current=False))
    with capture_logs() as told:
        nudges._send(nudges.RUN_JOB, (1, 2), 0)
    assert [each["event"] for each in told] == ["nudge lost"]
    assert waited == []
