"""Whose message is it?"""

from __future__ import annotations

import pytest

from orchestration.engine import commands as c
from orchestration.engine.keys import LONGEST, key_text, same
from tests.engine.bpmn.test_work import Run, line

AWAIT = line('<intermediateCatchEvent id="x"><messageEventDefinition messageRef="m" /></intermediateCatchEvent>')
MESSAGE = '<message id="m" name="paid" cw:correlation="=number" />'


def keys(**variables):
    run = Run(AWAIT, head=MESSAGE, **variables)
    return [wait.key for wait in run.state.waits.values() if wait.kind == "message"]


def test_a_key_of_one_text_is_that_text_and_its_parts_are_told_apart():
    assert key_text(["A1"]) == "A1"
    assert key_text([True]) != key_text(["true"])
    assert key_text(["a", "b"]) != key_text(["a,b"])


@pytest.mark.parametrize(
    ("one", "other"), [([12], ["12"]), ([12.0], ["12"]), ([12.5], ["12.5"]), ([-3], ["-3"]), ([7, "x"], ["7", "x"])]
)
def test_a_number_and_its_text_are_one_key(one, other):
    assert key_text(one) == key_text(other)


@pytest.mark.parametrize("other", ["012", "12.0", " 12", "+12", "1e1", "12a"])
def test_a_text_that_only_looks_like_the_number_is_another_key(other):
    assert not same(key_text([12]), key_text([other]))


@pytest.mark.parametrize("before", ["[12]", '[12,"x"]', '["12",7]'])
def test_a_key_that_a_version_before_wrote_is_still_found(before):
    parts = {"[12]": ["12"], '[12,"x"]': [12, "x"], '["12",7]': ["12", 7]}[before]
    assert same(before, key_text(parts)) and not same(before, key_text(["13", *parts[1:]]))


def test_a_message_with_the_number_as_text_reaches_who_waits_for_the_number():
    for waiting, sent in ((12, "12"), ("12", 12), (12, 12.0)):
        run = Run(AWAIT, head=MESSAGE, number=waiting)
        run.do(c.ReceiveMessage("paid", correlation=key_text([sent])))
        assert run.state.root.state == "completed"


def test_a_key_with_a_part_missing_is_none():
    assert key_text(["A1", None]) is None
    assert key_text([]) is None


def test_a_long_key_is_kept_short_and_still_tells_apart():
    one, other = key_text(["x" * 1000]), key_text(["x" * 1001])
    assert one != other
    assert len(one) <= LONGEST


def test_an_expression_on_the_message_is_read_from_the_data_of_the_process():
    assert keys(number="A1") == ["A1"]


def test_while_the_data_is_missing_no_keyed_message_fits():
    assert keys() == [""]
