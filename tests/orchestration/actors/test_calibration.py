"""Are intervals, calibration and thresholds what the books say, and honest about small numbers?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.actors.agreement import wilson
from orchestration.actors.calibration import Judged, Share, above, calibration, threshold

JUDGED = st.lists(st.builds(Judged, st.floats(0, 1), st.booleans()), max_size=60)


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1.0), (81, 263, 0.2553, 0.3662)],
)
def test_wilsons_interval_is_that_of_the_tables(hits, n, low, high):
    assert wilson(hits, n) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


def test_of_nothing_everything_is_possible():
    assert (Share(0, 0).value, Share(0, 0).low, Share(0, 0).high) == (None, 0, 1)
    assert calibration([]) is None and threshold([], 1) is None


def test_a_model_as_sure_as_it_is_right_has_no_calibration_error():
    found = calibration([Judged(0.75, number % 4 != 0) for number in range(400)])
    assert found.error == pytest.approx(0) and found.low <= found.error + 0.06
    (only,) = found.bins
    assert (only.lower, only.right.n, only.right.value) == (0.7, 400, 0.75)


def test_a_model_that_is_too_sure_has_the_error_of_the_difference():
    found = calibration([Judged(0.95, number % 2 == 0) for number in range(200)])
    assert found.error == pytest.approx(0.45)
    assert found.low < 0.45 < found.high


def test_the_threshold_is_the_lowest_from_which_the_wished_error_is_certain_enough():
    sure = [Judged(0.9, True)] * 200
    unsure = [Judged(0.6, False)] * 20
    assert threshold(sure + unsure, 0.05).at == 0.61
    assert threshold([Judged(0.9, True)] * 10, 0.05) is None
    assert threshold(unsure, 0.5) is None


@given(JUDGED, st.floats(0.01, 1))
def test_no_proposal_promises_more_than_what_was_judged_allows(judged, wished):
    found = threshold(judged, wished)
    if found is not None:
        assert found.wrong.high <= wished
        assert all(
            above(judged, at / 100).wrong.high > wished or not above(judged, at / 100).wrong.n
            for at in range(round(found.at * 100))
        )


@given(JUDGED)
def test_errors_and_shares_lie_between_nothing_and_all(judged):
    found = calibration(judged)
    if found is not None:
        assert 0 <= found.low <= found.high <= 1 and 0 <= found.error <= 1
        assert sum(one.right.n for one in found.bins) == len(judged) == found.n
        assert all(one.right.low <= one.right.value <= one.right.high for one in found.bins)
