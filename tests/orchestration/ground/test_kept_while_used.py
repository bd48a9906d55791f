"""Is what is large there when it is asked for, and gone when nobody has asked for a while?"""

from __future__ import annotations

import threading

import pytest

from orchestration.ground import kept_while_used
from orchestration.ground.kept_while_used import KeptWhileUsed


class Clock:
    """A clock that stands, and the looks that were asked for: each with its time."""

    now = 0.0

    def __init__(self) -> None:
        self.looks: list[tuple[float, object]] = []

    def timer(self, seconds: float, look: object) -> threading.Thread:
        self.looks.append((self.now + seconds, look))
        return threading.Thread()

    def goes_to_the_next_look(self) -> None:
        self.now, look = self.looks.pop(0)
        look()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(kept_while_used, "monotonic", lambda: found.now)
    monkeypatch.setattr(kept_while_used, "Timer", found.timer)
    monkeypatch.setattr(threading.Thread, "start", lambda thread: None)
    return found


def test_it_is_made_once_and_goes_when_it_was_quiet_for_as_long_as_was_said(clock: Clock) -> None:
    made: list[object] = []
    thing = KeptWhileUsed(lambda: made.append(object()) or made[-1], quiet=180)
    assert not thing.is_held and not clock.looks
    assert thing() is thing() is made[0]
    clock.now = 100
    thing()  # within the first look's time
    clock.goes_to_the_next_look()
    assert thing.is_held and clock.now == 180
    clock.goes_to_the_next_look()
    assert not thing.is_held and clock.now == 280 and not clock.looks
    assert thing() is made[1] and len(made) == 2 and len(clock.looks) == 1


def test_what_processes_have_in_common_is_never_let_go(clock: Clock) -> None:
    thing = KeptWhileUsed(object, quiet=180)
    first = thing()
    thing.keep()
    clock.goes_to_the_next_look()
    assert thing() is first and not clock.looks
