"""Does everything go on at once when the broker cannot be reached, or takes what is sent and never answers?"""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from celery import Celery
from structlog.testing import capture_logs

from casework.runtime.broker import ANSWERS_WITHIN, time_limits_of
from orchestration.shell import nudges
from orchestration.shell.outgoing import Outgoing


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of a server that accepts and says nothing, as a network does that drops what is sent."""
    with closing(socket.create_server(("127.0.0.1", 0), backlog=50)) as server:
        yield server.getsockname()[1]


def broker(address: str) -> Celery:
    """An application of Celery with the product's time limits."""
    app = Celery(broker=address, set_as_current=False)
    app.conf.broker_connection_timeout = ANSWERS_WITHIN
    app.conf.broker_transport_options = time_limits_of(address)
    return app


@pytest.mark.parametrize("address", ["redis+socket://{}/none.sock", "redis://127.0.0.1:1/0", "amqp://127.0.0.1:1//"])
def test_a_broker_that_is_away_costs_no_wait(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr("kombu.utils.functional.sleep", waited.append)
    monkeypatch.setattr(nudges, "current_app", broker(address.format(tmp_path)))
    with pytest.raises(Exception, match=r"rror|refused|No such file"):
        nudges._deliver([nudges.Nudge(nudges.RUN_JOB, (1, 2))])
    assert waited == []


@pytest.mark.parametrize("address", ["redis://127.0.0.1:{}/0", "amqp://127.0.0.1:{}//"])
@pytest.mark.slow
def test_a_broker_that_accepts_and_never_answers_is_given_up(
    address: str, silent: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nudges, "current_app", broker(address.format(silent)))
    began = time.monotonic()
    with pytest.raises(Exception, match=r"(?i)time"):
        nudges._deliver([nudges.Nudge(nudges.RUN_JOB, (1, 2))])
    assert time.monotonic() - began < 60


def test_who_hands_over_a_nudge_does_not_wait_for_the_broker(silent: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nudges, "current_app", broker(f"redis://127.0.0.1:{silent}/0"))
    handed = Outgoing[nudges.Nudge]("nudges", nudges._deliver)
    for job in range(1000):
        handed.put(nudges.Nudge(nudges.RUN_JOB, (1, job)))
    assert not handed.flush(0)  # the thread is still asking; we have not waited


def test_after_a_failure_the_other_side_is_left_alone_for_a_while() -> None:
    asked: list[list[int]] = []

    def fail(items: list[int]) -> None:
        asked.append(items)
        raise OSError

    outgoing = Outgoing[int]("numbers", fail, pause=60)
    with capture_logs() as told:
        outgoing.put(1)
        assert outgoing.flush(10)
        outgoing.put(2)
        assert outgoing.flush(10)
    assert outgoing.silent
    assert asked == [[1]]
    assert [line["event"] for line in told if line["event"].startswith("numbers")] == ["numbers: lost"]


def test_after_the_pause_everything_is_said_again_and_what_was_lost_is_counted() -> None:
    heard: list[int] = []
    failing = [True]

    def deliver(items: list[int]) -> None:
        if failing[0]:
            raise OSError
        heard.extend(items)

    outgoing = Outgoing[int]("numbers", deliver, pause=0)
    with capture_logs() as told:
        outgoing.put(1)
        assert outgoing.flush(10)
        failing[0] = False
        outgoing.put(2)
        assert outgoing.flush(10)
    assert heard == [2]
    assert {"event": "numbers: said again", "lost": 1, "log_level": "warning"} in told


def test_what_is_handed_over_is_said_in_order() -> None:
    heard: list[int] = []
    outgoing = Outgoing[int]("numbers", heard.extend)
    for number in range(2000):
        outgoing.put(number)
    assert outgoing.flush(10)
    assert heard == list(range(2000))


def test_what_comes_close_together_is_said_together() -> None:
    heard: list[list[int]] = []
    outgoing = Outgoing[int]("numbers", lambda items: heard.append(list(items)), gather=600)
    for number in range(3):
        outgoing.put(number)
    assert outgoing.flush(10)
    assert heard == [[0, 1, 2]]
