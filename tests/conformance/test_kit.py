"""The decision engine passes as much of the standard's conformance kit as it ever did."""

import pytest

from tests.conformance import kit


@pytest.mark.conformance
@pytest.mark.slow
def test_the_floor_of_the_decision_kit_holds():
    module = kit.runner(kit.DEFAULT)
    if module is None:
        pytest.skip("the conformance kit is not beside the checkout (../shared/conformance)")
    rows = list(kit.outcomes(module, kit.DEFAULT))
    assert kit.below_the_floor(module, rows) == []


def test_a_missing_kit_is_said_in_a_line(tmp_path, capsys):
    assert kit.main([str(tmp_path)]) == 0
    assert "no conformance kit" in capsys.readouterr().out
