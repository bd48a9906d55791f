"""What a part of the organisation asks for beside the rules only ever adds to an approval chain."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from orchestration.engine.approval_chains import Beside, ChainRule, tightened

RULE = ChainRule("chain", "amount", "way", "levels", "needed")
NAMES = st.sampled_from(["Analysts", "Seniors", "Payments", "Board"])
ROWS = st.lists(NAMES, unique=True).map(lambda names: [{"group": name, "level": name} for name in names])
AMOUNTS = st.one_of(st.none(), st.integers(-5, 200), st.floats(0, 200), st.text(max_size=3), st.booleans())


@given(st.dictionaries(NAMES, st.integers(0, 100)), AMOUNTS, st.one_of(st.none(), ROWS), st.integers(0, 5))
def test_the_chain_has_all_of_before_in_its_order_and_whoever_was_added_has_to_approve(
    asks: dict[str, float], amount: Any, rows: list[dict[str, Any]] | None, needed: int
) -> None:
    beside = Beside(RULE, "north", "North", asks)
    found = tightened(beside, "chain", {"amount": amount}, rows)
    before, chain = rows or [], (rows or []) if found is None else found.output
    assert chain[: len(before)] == before
    is_number = isinstance(amount, int | float) and not isinstance(amount, bool)
    reached = {group for group, least in asks.items() if not is_number or amount >= least}
    there = [row["group"] for row in chain]
    assert set(there) == {row["group"] for row in before} | reached and len(there) == len(set(there))
    way = tightened(Beside(RULE), "way", {"levels": chain}, {"order": "side by side", "needed": needed})
    asked = needed if way is None else way.output["needed"]
    # more than the rules ask for, and with nobody added just as many
    assert asked >= needed if len(chain) > len(before) else asked == needed
    assert len(chain) == len(before) or asked >= len(chain)
    assert tightened(beside, "another", {"amount": amount}, rows) is None
    assert tightened(beside, "chain", {"amount": amount}, chain) is None  # the same twice adds nothing
