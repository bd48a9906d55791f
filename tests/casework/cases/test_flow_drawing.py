"""Transfers are drawn as accounts and lines, and what is masked or missing is drawn without breaking."""

from __future__ import annotations

from casework.cases.read.flow_drawing import MOST, drawing


def edge(source: str, target: str, amount: object = 100, pattern: str = "") -> dict[str, object]:
    return {"source": source, "target": target, "amount": amount, "pattern": pattern}


def test_all_that_goes_one_way_is_one_line_and_what_comes_back_another() -> None:
    drawn = drawing([edge("A", "B"), edge("A", "B", 300, "circle"), edge("B", "A", 40)])
    assert [account.name for account in drawn.accounts] == ["A", "B"]
    there, back = drawn.lines
    assert there.width > back.width and (there.pattern, back.pattern) == ("circle", "")
    assert (there.x1, there.y1) != (back.x2, back.y2)


def test_what_is_masked_weighs_nothing_and_what_names_nobody_is_left_out() -> None:
    drawn = drawing([edge("A", "B", "•••"), edge("", "C"), {"amount": 3}])
    assert len(drawn.accounts) == 2 and len(drawn.lines) == 1


def test_of_very_many_accounts_those_that_most_touch_are_drawn() -> None:
    drawn = drawing([edge("hub", f"S{number}") for number in range(MOST + 10)])
    assert len(drawn.accounts) == MOST and drawn.accounts[0].name == "hub" and drawn.left_out == 11
