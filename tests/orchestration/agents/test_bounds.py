"""Does an agent stop before a thought that could pass a limit?"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from orchestration.agents.bounds import Limits, Most, Spent, exhausted

LIMITS = Limits(calls=3, tokens=1000, cost=Decimal("1.00"), time=timedelta(hours=1), idle=2, runs=5)


@pytest.mark.parametrize(
    ("spent", "most", "said"),
    [
        (Spent(calls=3), Most(), "3 thoughts"),
        (Spent(tokens=900), Most(tokens=101), "1000 tokens"),
        (Spent(cost=Decimal("0.95")), Most(cost=Decimal("0.06")), "budget of 1.00"),
        (Spent(), Most(cost=None), "budget of 1.00"),
        (Spent(time=timedelta(hours=1)), Most(), "time of 1:00:00"),
        (Spent(idle=2), Most(), "Nothing came of its last 2"),
        (Spent(runs=6), Most(), "5 times"),
    ],
)
def test_each_limit_stops_it(spent: Spent, most: Most, said: str) -> None:
    assert said in exhausted(LIMITS, spent, most)


def test_up_to_its_limits_it_goes_on() -> None:
    spent = Spent(calls=2, tokens=900, cost=Decimal("0.95"), idle=1, runs=5)
    assert not exhausted(LIMITS, spent, Most(tokens=100, cost=Decimal("0.05")))


def test_where_no_limit_of_money_is_set_a_price_that_nobody_knows_does_not_stop_it() -> None:
    assert not exhausted(Limits(), Spent(), Most(cost=None))
