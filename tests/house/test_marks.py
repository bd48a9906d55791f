"""The slow tests are found without importing the others and begun by their length, and none of them is missed."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.marks import is_unwanted, longest_first, unnamed


@pytest.mark.parametrize(
    ("expression", "leaves_out"),
    [("slow or browser", True), ("slow", True), ("long", False), ("slow or long", False), ("not long", False),
     ("conformance", False), ("slow and browser", False), ("", False)],
)  # fmt: skip
def test_a_module_that_names_no_mark_that_is_asked_for_is_left_out(tmp_path, expression, leaves_out):
    module = tmp_path / "test_it.py"
    module.write_text("@pytest.mark.long\ndef test_it(): ...\n")
    assert is_unwanted(module, expression) is leaves_out


def test_folders_and_what_holds_no_tests_are_looked_into(tmp_path):
    (tmp_path / "conftest.py").write_text("")
    assert not is_unwanted(tmp_path, "slow") and not is_unwanted(tmp_path / "conftest.py", "slow")


def test_a_mark_that_the_module_does_not_name_is_told_rather_than_missed(tmp_path):
    module = tmp_path / "test_it.py"
    module.write_text("from elsewhere import marks as pytestmark\n")
    test = SimpleNamespace(nodeid="test_it.py::test_it", path=module, get_closest_marker={"slow": 1}.get)
    assert unnamed([test]) == ["test_it.py::test_it is marked slow, and its module does not say so"]
    module.write_text("pytestmark = pytest.mark.slow\n")
    assert not unnamed([test])


@given(st.lists(st.booleans(), max_size=40), st.integers(1, 4))
def test_each_worker_begins_with_its_share_of_the_longest_and_no_order_is_changed_else(lengths, workers):
    tests = [SimpleNamespace(number=at, get_closest_marker={"longest": long}.get) for at, long in enumerate(lengths)]
    ordered: list[Any] = list(longest_first(tests, workers))
    assert sorted(test.number for test in ordered) == list(range(len(tests)))
    others = [test.number for test in ordered if not lengths[test.number]]
    assert others == sorted(others)
    if sum(lengths) and len(tests) >= workers * sum(lengths):
        begun = {len(tests) * worker // workers for worker in range(min(workers, sum(lengths)))}
        assert all(lengths[ordered[at].number] for at in begun)
