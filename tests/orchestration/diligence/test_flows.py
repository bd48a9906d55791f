"""Circles and fan-in are found in the transfers around an account, and what only looks alike is not."""

from __future__ import annotations

import pytest

from orchestration.diligence.flows import BadStatement, Limits, Transfer, cycles, fan_in, read_statement, signs

CIRCLE = "2026-10-01 A -> B: 900; 2026-10-04 B -> C: 880.50; 2026-10-09 C -> A: 860"
MANY = "; ".join(f"2026-10-0{day} S{day} -> A: 500" for day in range(1, 6))


def found(text: str, limits: Limits = Limits()) -> tuple[int, int]:
    """How many circles, and from how many senders."""
    transfers = read_statement(text)
    into = fan_in(transfers, "A", limits)
    return len(cycles(transfers, "A", limits)), len(into.senders) if into else 0


def test_money_that_comes_back_is_a_circle() -> None:
    assert found(CIRCLE) == (1, 0)
    (said,) = signs(None, cycles(read_statement(CIRCLE), "A"))
    assert said == "900.00 went in a circle and came back as 860.00: A to B to C to A."


@pytest.mark.parametrize(
    "text",
    [
        "2026-10-01 A -> B: 900; 2026-10-04 B -> A: 900",
        "2026-10-09 A -> B: 900; 2026-10-04 B -> C: 880; 2026-10-01 C -> A: 860",
        "2026-10-01 A -> B: 900; 2026-10-04 B -> C: 880; 2026-12-09 C -> A: 860",
        "2026-10-01 A -> B: 900; 2026-10-04 B -> C: 880; 2026-10-09 C -> A: 20",
        "2026-10-01 A -> B: 900; 2026-10-04 B -> C: 880; 2026-10-09 C -> A: 4000",
    ],
    ids=["paid back", "backwards in time", "long after", "little of it", "more than was sent"],
)  # fmt: skip
def test_what_only_looks_like_a_circle_is_none(text: str) -> None:
    assert found(text) == (0, 0)


def test_many_senders_within_a_few_days_are_a_fan_in() -> None:
    assert found(MANY) == (0, 5)
    assert found(MANY, Limits(senders=6)) == (0, 0)
    assert found(MANY, Limits(days=1)) == (0, 0)
    (said,) = signs(fan_in(read_statement(MANY), "A"), ())
    assert said == "5 accounts paid 2,500.00 into A from 2026-10-01 to 2026-10-05."


def test_one_sender_who_pays_often_is_no_fan_in() -> None:
    assert found("; ".join(f"2026-10-0{day} S -> A: 500" for day in range(1, 9))) == (0, 0)


def test_a_search_in_a_thicket_ends() -> None:
    names = [f"N{number}" for number in range(12)]
    thicket = [Transfer(one, two, 100, read_statement(CIRCLE)[0].day) for one in names for two in names if one != two]
    assert cycles(thicket, "elsewhere") == () and len(cycles(thicket, "N0")) == 5


@pytest.mark.parametrize("line", ["nonsense", "2026-13-01 A -> B: 9", "2026-10-01 A -> B", "2026-10-01 A -> B: -5"])
def test_a_line_that_is_no_transfer_is_named(line: str) -> None:
    with pytest.raises(BadStatement, match="Transfer 2 is not written as"):
        read_statement(f"2026-10-01 A -> B: 9; {line}")
