"""Which pieces does an answer rest on? Only what can be the number of one is asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from orchestration.actors.capability import undeclared
from orchestration.actors.contract import Answer
from orchestration.knowledge.uses import CITED, GIVEN, noted
from orchestration.models import Job

GIVEN_AND_CITED = replace(
    undeclared("draft-reply"), input={"properties": {GIVEN: {}}}, output={"properties": {CITED: {}}}
)
ANSWER = Answer({"sources": [3]}, None)
JOB = Job(pk=1, attempts=2, input=b'{"passages": [{"id": 3}, {"id": true}, {"id": "4"}, {"id": -5}, {}, 6, {"id": 7}]}')


@pytest.mark.parametrize(
    ("output", "cited"),
    [
        ({"sources": [3, True, "7", 2**63, 0, None, 2**40]}, [3, 2**40]),
        ({"sources": "3"}, []),
        ({}, []),
    ],
)
def test_what_an_answer_names_that_can_be_no_piece_is_left_out(output: Any, cited: list[int]) -> None:
    part = noted(JOB, GIVEN_AND_CITED, Answer(output, None))
    assert part is not None
    assert (part[1]["use_given"], part[1]["use_cited"], part[1]["use_attempt"]) == ([3, 7], cited, 2)


def test_an_answer_that_is_given_no_passages_or_names_none_is_not_noted() -> None:
    assert noted(JOB, undeclared("intent"), ANSWER) is None
    assert noted(JOB, replace(GIVEN_AND_CITED, output=None), ANSWER) is None
