"""Whose message is it?"""

from __future__ import annotations

from orchestration.engine.bpmn.correlation import LONGEST, key_text
from tests.engine.bpmn.test_work import Run, line

AWAIT = line('<intermediateCatchEvent id="x"><messageEventDefinition messageRef="m" /></intermediateCatchEvent>')
MESSAGE = '<message id="m" name="paid" cw:correlation="=number" />'


def keys(**variables):
    run = Run(AWAIT, head=MESSAGE, **variables)
    return [wait.key for wait in run.state.waits.values() if wait.kind == "message"]


def test_a_key_of_one_text_is_that_text_and_others_are_told_apart_by_type():
    assert key_text(["A1"]) == "A1"
    assert key_text([1]) != key_text(["1"])
    assert key_text(["a", "b"]) != key_text(["a,b"])


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
