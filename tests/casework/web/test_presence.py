"""Who hears of whom while several people have the same case open?"""

from __future__ import annotations

import json

import pytest

from casework.web.live_hub import Viewer
from casework.web.presence import LASTS, WRITES_FOR, Presence, Sign

ANNA, BEN = (1, "Anna Adler"), (2, "Ben Bauer")
CASE = 7


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Processes:
    """Web processes that hear all that one of them says."""

    def __init__(self, count: int) -> None:
        self.clock, self.said = Clock(), 0
        self.all = [Presence(self._say, self.clock) for _ in range(count)]

    def _say(self, sign: Sign) -> None:
        self.said += 1
        heard = Sign.read(sign.said)
        assert heard == sign
        for each in self.all:
            each.heard(sign)


def page(who: tuple[int, str], case: int = CASE) -> Viewer:
    return Viewer(None, case, who[0], "session", "1", name=who[1])  # type: ignore[arg-type]  # no source is asked here


def company(viewer: Viewer) -> list[tuple[str, bool]]:
    return [(one["name"], one["writes"]) for one in json.loads(viewer.company)]


def test_two_at_one_case_hear_of_one_another_and_nobody_of_themselves() -> None:
    here, there = (processes := Processes(2)).all
    anna, ben, elsewhere = page(ANNA), page(BEN), page((3, "Clara Conti"), case=8)
    for process, viewer in ((here, anna), (there, ben), (here, elsewhere), (there, page(ANNA))):
        process.came(viewer)
    assert company(anna) == [("Ben Bauer", False)] and company(ben) == [("Anna Adler", False)]
    assert company(elsewhere) == [] and processes.said == 4


def test_it_ends_when_the_last_page_of_theirs_is_closed() -> None:
    (process,) = Processes(1).all
    anna, first, second = page(ANNA), page(BEN), page(BEN)
    for viewer in (anna, first, second):
        process.came(viewer)
    process.went(first)
    assert company(anna) == [("Ben Bauer", False)]
    process.went(second)
    assert company(anna) == []


def test_who_writes_is_said_to_write_until_a_while_after_the_last_word() -> None:
    here, there = (processes := Processes(2)).all
    anna = page(ANNA)
    here.came(anna)
    there.came(page(BEN))
    there.writes(CASE, BEN[0])
    assert company(anna) == [("Ben Bauer", True)]
    processes.clock.now += WRITES_FOR + 1
    here.forget()
    assert company(anna) == [("Ben Bauer", False)]


def test_somebody_who_types_on_and_on_is_told_of_seldom() -> None:
    (process,) = (processes := Processes(1)).all
    for _ in range(40):
        process.writes(CASE, BEN[0])
        processes.clock.now += 0.1
    assert processes.said <= 2


def test_who_writes_without_a_page_open_is_not_there() -> None:
    (process,) = Processes(1).all
    anna = page(ANNA)
    process.came(anna)
    process.writes(CASE, BEN[0])
    assert company(anna) == []


def test_a_process_that_died_is_forgotten_and_one_that_speaks_is_not() -> None:
    here, there = (processes := Processes(2)).all
    anna = page(ANNA)
    here.came(anna)
    there.came(page(BEN))
    processes.clock.now += LASTS - 1
    there.again()
    processes.clock.now += 2
    here.forget()
    assert company(anna) == [("Ben Bauer", False)]
    processes.clock.now += LASTS
    here.forget()
    assert company(anna) == []


def test_a_page_without_a_name_is_nobodys_company() -> None:
    (process,) = (processes := Processes(1)).all
    anna = page(ANNA)
    process.came(anna)
    process.came(page((2, "")))
    assert company(anna) == [] and processes.said == 1


@pytest.mark.parametrize("said", ["", "nonsense", "{}", "[1, 2]", "null", '["p", "x", 1, "n", "looks"]'])
def test_what_no_process_said_is_passed_over(said: str) -> None:
    assert Sign.read(said) is None


def test_a_page_is_told_of_a_change_once() -> None:
    (process,) = Processes(1).all
    anna = page(ANNA)
    process.came(anna)
    assert anna.new_company() is None
    process.came(page(BEN))
    assert json.loads(anna.new_company() or "") == [{"name": "Ben Bauer", "writes": False}]
    assert anna.new_company() is None
