"""Does beat go on sending when the machine's clock is put back?"""

from datetime import UTC, datetime, timedelta

from celery.beat import Scheduler

from casework.celery import app
from casework.runtime import clock


def test_timers_are_looked_after_while_the_clock_is_put_back(monkeypatch):
    told = datetime(2026, 10, 25, 2, 30, tzinfo=UTC)
    passed = 0.0
    monkeypatch.setattr(type(app), "now", lambda _app: told)
    monkeypatch.setattr(clock.time, "monotonic", lambda: passed)
    beat, sent = Scheduler(app=app), []
    monkeypatch.setattr(beat, "apply_async", lambda entry, **_: sent.append(entry.task.rpartition(".")[2]))

    for second in range(1, 12):
        told, passed = told - timedelta(hours=1), float(second)
        while beat.tick() <= 0:
            pass
    assert sorted(sent) == sorted(["fire_timers", "sign_histories", "sweep"] * 2)
