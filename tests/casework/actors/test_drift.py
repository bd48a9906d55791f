"""Is it said when machines answer otherwise than they did?"""

from __future__ import annotations

import pytest

from casework.actors.ledger.drift import DRIFTED, MOVED, STEADY, TOO_FEW, Window, drift, stability


def window(refund: int, card: int, sure: float = 0.9, judged: int = 40, overridden: int = 4) -> Window:
    count = refund + card
    return Window({"refund": refund, "card": card}, sure * count, count, judged, overridden)


USUAL = window(200, 200)


@pytest.mark.parametrize(
    ("lately", "sign"),
    [
        (window(52, 48), STEADY),
        (window(68, 32), MOVED),
        (window(85, 15), DRIFTED),
        (window(50, 50, sure=0.83), MOVED),
        (window(50, 50, sure=0.75), DRIFTED),
        (window(50, 50, overridden=11), MOVED),
        (window(50, 50, overridden=20), DRIFTED),
        (window(10, 30, judged=10), TOO_FEW),
    ],
)
def test_the_sign_is_the_worst_of_labels_confidence_and_overrides(lately: Window, sign: str) -> None:
    assert drift("intent", USUAL, lately).sign == sign


def test_the_label_that_moved_most_is_named_where_it_may_be() -> None:
    lately = window(85, 15)
    label = drift("intent", USUAL, lately).label
    assert label is not None and (label.before, abs(label.lately - label.before)) == (0.5, pytest.approx(0.35))
    hidden = drift("intent", USUAL, lately, shows_labels=False).label
    assert hidden is not None and not hidden.name


def test_the_same_shares_of_any_number_are_no_drift() -> None:
    assert stability({"a": 10, "b": 30}, {"a": 1000, "b": 3000}) < 0.01


def test_answers_without_labels_are_held_against_each_other_by_the_rest() -> None:
    before, lately = Window({"": 100}, 90.0, 100), Window({"": 100}, 70.0, 100)
    found = drift("drafter", before, lately)
    assert found.index is None and found.sign == DRIFTED
